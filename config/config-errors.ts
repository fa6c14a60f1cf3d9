/** Everything that is wrong with a configuration, collected before anything is said. */
import { type Place, PlaceError } from '../model/place-error.ts';

/** More is no help to a reader; the rest is only counted. */
const PROBLEMS_SHOWN_MAX = 100;

/**
 * A configuration that was refused. The first line is Prometheus' own text; each further line is
 * one problem with its place.
 */
export class ConfigErrors extends Error {
  override readonly name = 'ConfigErrors';
  readonly problems: readonly PlaceError[];

  /** @param problems at least one, in the order in which they were found */
  constructor(path: string, problems: readonly PlaceError[], unshownCount = 0) {
    const lines = problems.map((problem) => problem.message);
    if (unshownCount > 0) lines.push(`and ${unshownCount} more`);
    super([`parsing YAML file ${path}: ${problems[0]?.problem ?? ''}`, ...lines].join('\n'));
    this.problems = problems;
  }
}

/** Gathers problems, so that one run tells them all. */
export class Problems {
  readonly #found: PlaceError[] = [];
  readonly #seen = new Set<string>();
  #unshownCount = 0;

  /** A problem said twice of one place (through an alias) counts once. */
  add(place: Place, problem: string, fix = '', options?: ErrorOptions): void {
    const error = new PlaceError(place, problem, fix, options);
    if (this.#seen.has(error.message)) return;
    if (this.#found.length >= PROBLEMS_SHOWN_MAX) {
      this.#unshownCount++;
      return;
    }
    this.#seen.add(error.message);
    this.#found.push(error);
  }

  get count(): number {
    return this.#found.length;
  }

  /** In the order in which they were found, those beyond the limit left out. */
  get all(): readonly PlaceError[] {
    return this.#found;
  }

  /** @throws ConfigErrors when there are problems */
  throwIfAny(path: string): void {
    if (this.#found.length > 0) throw new ConfigErrors(path, this.#found, this.#unshownCount);
  }
}
