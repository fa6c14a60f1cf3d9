import type { Matcher } from '../../model/matcher.ts';
import type { LabelName, LabelPairs } from './label-pairs.ts';

/** Patterns remembered per label name; the one unused longest goes first. */
const PATTERNS_PER_NAME_MAX = 64;
/** With fewer values than this the test is as fast as the look-up. */
const CACHED_VALUES_MIN = 16;

interface Evaluated {
  /** Of `LabelName.pairs`, those evaluated so far. */
  count: number;
  epoch: number;
  /** Pairs whose value the matcher matches. */
  matched: number[];
}

/**
 * The values a matcher matches, by label name and pattern. Each value is tested once: a new value
 * is tested when the pattern is next asked for, the values before it are not tested again.
 */
export class MatchedValues {
  readonly #pairs: LabelPairs;
  readonly #byName = new Map<number, Map<string, Evaluated>>();

  constructor(pairs: LabelPairs) {
    this.#pairs = pairs;
  }

  /** Not to be written to; valid until the next new label. */
  get(name: LabelName, matcher: Matcher): readonly number[] {
    if (name.pairs.length < CACHED_VALUES_MIN) {
      return name.pairs.filter((pair) => matcher.matches(this.#pairs.value(pair)));
    }
    const entry = this.#entry(name, `${matcher.type}${matcher.value}`);
    for (; entry.count < name.pairs.length; entry.count++) {
      const pair = name.pairs[entry.count] as number;
      if (matcher.matches(this.#pairs.value(pair))) entry.matched.push(pair);
    }
    return entry.matched;
  }

  #entry(name: LabelName, key: string): Evaluated {
    let byPattern = this.#byName.get(name.id);
    if (byPattern === undefined) {
      byPattern = new Map();
      this.#byName.set(name.id, byPattern);
    }
    const known = byPattern.get(key);
    byPattern.delete(key);
    const entry =
      known !== undefined && known.epoch === name.epoch
        ? known
        : { count: 0, epoch: name.epoch, matched: [] };
    byPattern.set(key, entry);
    for (const oldest of byPattern.keys()) {
      if (byPattern.size <= PATTERNS_PER_NAME_MAX) break;
      byPattern.delete(oldest);
    }
    return entry;
  }
}
