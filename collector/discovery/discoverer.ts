/** Where targets come from. */
import { Labels } from '../../model/labels.ts';

/** Targets that came from one place and share labels. */
export interface TargetGroup {
  /** Names the place within its discoverer; a group replaces the one before of the same source. */
  readonly source: string;
  /** One label set per target; an address in `__address__`, what is known in `__meta_…`. */
  readonly targets: readonly Labels[];
  /** Put on every target that does not have them. */
  readonly labels: Labels;
}

/**
 * Takes new groups: those given replace the ones of their sources, all others stay. A group
 * without targets takes its source away.
 * @param isUrgent targets went away that would only be scraped in vain: not to wait for others
 */
export type OnGroups = (groups: readonly TargetGroup[], isUrgent?: boolean) => void;

export interface Discoverer {
  /**
   * Reports groups until the signal is aborted, and resolves then. Failures are logged and
   * counted, and leave the groups as they were.
   */
  run(signal: AbortSignal, onGroups: OnGroups): Promise<void>;
}

/** Takes a source away. */
export function emptyGroup(source: string): TargetGroup {
  return { source, targets: [], labels: Labels.EMPTY };
}
