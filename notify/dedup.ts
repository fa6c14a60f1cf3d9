/** Has a receiver to be told of a group, seeing what it was told last? */
import type { RepeatPlan } from '../config/alertmanager/types.ts';
import { formatDurationMs } from '../model/duration.ts';
import type { LogEntry } from './notification-log.ts';
import type { NotificationReason } from './notifier.ts';
import { isPlannedRepeatDue } from './repeat-plan.ts';

export interface DedupOptions {
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
  readonly groupIntervalMs: number;
  /** In place of the repeat interval. */
  readonly repeat: RepeatPlan | undefined;
  /** When the oldest alert that fires began. */
  readonly firingSinceMs: number;
}

const SLACK_MS_MAX = 1000;
const SLACK_SHARE = 1 / 100;

/**
 * @param firing fingerprints; so is `resolved`
 * @param nowMs the flush
 * @returns why, or undefined for no
 */
export function reasonToNotify(
  entry: LogEntry | undefined,
  firing: readonly string[],
  resolved: readonly string[],
  options: DedupOptions,
  nowMs: number,
): NotificationReason | undefined {
  if (entry === undefined) return firing.length > 0 ? 'first notification' : undefined;
  if (!isSubset(firing, entry.firing)) {
    return entry.firing.length === 0 ? 'first notification' : 'new alerts added';
  }
  if (firing.length === 0) {
    // Even where resolved alerts are not sent: the log must learn that none fires any more.
    return entry.firing.length > 0 ? 'all alerts resolved' : undefined;
  }
  if (options.sendResolved && !isSubset(resolved, entry.resolved)) return 'some alerts resolved';
  return isRepeatDue(entry, options, nowMs) ? 'repeat interval elapsed' : undefined;
}

/** In words, why `reasonToNotify` has none. */
export function reasonNotToNotify(
  entry: LogEntry | undefined,
  firing: readonly string[],
  { repeat, repeatIntervalMs }: Pick<DedupOptions, 'repeat' | 'repeatIntervalMs'>,
): string {
  if (entry === undefined) return 'it was resolved before anybody was told of it';
  const told = `(told at ${new Date(entry.tickMs).toISOString()})`;
  if (firing.length === 0) return `the receiver knows that all is resolved ${told}`;
  if (repeat !== undefined) return `the plan of its policy has no repeat yet ${told}`;
  const interval = formatDurationMs(repeatIntervalMs);
  return `the repeat interval of ${interval} has not elapsed ${told}`;
}

/**
 * Alertmanager compares with the end of the last sending, which is a little after its flush, so
 * that a repeat interval that is a multiple of the group interval takes one group interval more
 * than its documentation promises (alertmanager issues 676, 2601, 2647). We compare with the flush.
 */
function isRepeatDue(entry: LogEntry, options: DedupOptions, nowMs: number): boolean {
  const slackMs = Math.min(SLACK_MS_MAX, options.groupIntervalMs * SLACK_SHARE);
  const { repeat, firingSinceMs, repeatIntervalMs } = options;
  if (repeat === undefined) return nowMs - entry.tickMs >= repeatIntervalMs - slackMs;
  return isPlannedRepeatDue(repeat, firingSinceMs, entry.tickMs, nowMs + slackMs);
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  if (part.length > whole.length) return false;
  const set = new Set(whole);
  return part.every((item) => set.has(item));
}
