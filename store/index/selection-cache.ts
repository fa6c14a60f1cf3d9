import { type Matcher } from '../../model/matcher.ts';
import type { LabelPairs } from './label-pairs.ts';
import type { Postings } from './postings.ts';

const SELECTIONS_MAX = 1024;
const REFS_MAX = 4_000_000;

/** In place of a label: none is asked for, or one that no series has. */
const NO_ANCHOR = -1;
const UNKNOWN = 0;

interface Cached {
  readonly pair: number;
  readonly version: number;
  readonly refs: Uint32Array;
}

/**
 * Selections as dashboards and rules repeat them: sorted results, valid while the list of one
 * label that the matchers ask for with `=` (the metric, as a rule) has not changed; without such a
 * matcher, while no series has come or gone.
 */
export class SelectionCache {
  readonly #pairs: LabelPairs;
  readonly #postings: Postings;
  readonly #entries = new Map<string, Cached>();
  readonly #seriesVersion: () => number;
  #refCount = 0;

  /** @param seriesVersion another number after each series that has come or gone */
  constructor(pairs: LabelPairs, postings: Postings, seriesVersion: () => number) {
    this.#pairs = pairs;
    this.#postings = postings;
    this.#seriesVersion = seriesVersion;
  }

  /** @returns not to be written to */
  get(matchers: readonly Matcher[], make: () => Uint32Array): Uint32Array {
    const pair = this.#anchor(matchers);
    if (pair === UNKNOWN) return make();
    const key = matchers
      .map((matcher) => `${matcher.name}\0${matcher.type}${matcher.value}`)
      .join('\0\0');
    const known = this.#entries.get(key);
    if (known !== undefined) this.#remove(key, known);
    const version = pair === NO_ANCHOR ? this.#seriesVersion() : this.#postings.version(pair);
    const isValid = known !== undefined && known.pair === pair && known.version === version;
    const refs = isValid ? known.refs : make();
    this.#entries.set(key, { pair, version, refs });
    this.#refCount += refs.length;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= SELECTIONS_MAX && this.#refCount <= REFS_MAX) break;
      this.#remove(oldest, entry);
    }
    return refs;
  }

  #remove(key: string, entry: Cached): void {
    this.#entries.delete(key);
    this.#refCount -= entry.refs.length;
  }

  /** The rarest label asked for with `=`. */
  #anchor(matchers: readonly Matcher[]): number {
    let best = NO_ANCHOR;
    for (const matcher of matchers) {
      if (matcher.type !== '=' || matcher.value === '') continue;
      const pair = this.#pairs.find(matcher.name, matcher.value);
      if (pair === UNKNOWN) return UNKNOWN;
      if (best === NO_ANCHOR || this.#postings.count(pair) < this.#postings.count(best))
        best = pair;
    }
    return best;
  }
}
