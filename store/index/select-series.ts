import type { Matcher } from '../../model/matcher.ts';
import type { LabelPairs } from './label-pairs.ts';
import { MatchedValues } from './matched-values.ts';
import type { Postings } from './postings.ts';
import { bitmapOf, filterByBitmap, unionOf } from './ref-sets.ts';
import type { SeriesTable } from './series-table.ts';

/** Looking through one series' labels costs about as much as walking this many postings. */
const LABEL_SCAN_POSTINGS = 8;

/** What a matcher asks of a series: that it carries one of the labels, or none of them. */
interface Condition {
  readonly pairs: readonly number[];
  readonly isExcluding: boolean;
  /** Series that carry one of the labels. */
  readonly seriesCount: number;
}

/**
 * Matchers to series. A matcher that matches '' asks that none of the values it does not match is
 * there (so a series without the label passes), any other that one of its values is there. The
 * smallest list of the latter kind is walked; the other conditions are tested against the labels
 * of what is left, or against a bitmap where that is cheaper.
 */
export class SeriesSelector {
  readonly #pairs: LabelPairs;
  readonly #postings: Postings;
  readonly #table: SeriesTable;
  readonly #matched: MatchedValues;
  /** By pair, all 0 between calls. */
  #marks = new Uint8Array(1024);

  constructor(pairs: LabelPairs, postings: Postings, table: SeriesTable) {
    this.#pairs = pairs;
    this.#postings = postings;
    this.#table = table;
    this.#matched = new MatchedValues(pairs);
  }

  /** @returns ascending references, the caller's own */
  select(matchers: readonly Matcher[]): Uint32Array {
    const conditions: Condition[] = [];
    for (const matcher of matchers) {
      const condition = this.#condition(matcher);
      if (condition.isExcluding) {
        if (condition.seriesCount > 0) conditions.push(condition);
      } else if (condition.seriesCount === 0) {
        return new Uint32Array(0);
      } else {
        conditions.push(condition);
      }
    }
    conditions.sort(bySelectivity);
    const first = conditions[0];
    const end = this.#table.end;
    if (first === undefined) return this.all();
    const walked = first.isExcluding ? -1 : 0;
    let refs =
      walked === -1 ? this.all() : unionOf(this.#postings, first.pairs, first.seriesCount, end);
    for (const condition of conditions.slice(walked + 1)) {
      if (refs.length === 0) break;
      refs = this.#filter(refs, condition);
    }
    return refs.byteLength === refs.buffer.byteLength ? refs : refs.slice();
  }

  /** Every live series. */
  all(): Uint32Array {
    const refs = new Uint32Array(this.#table.count);
    const lengths = this.#table.setLength;
    let at = 0;
    for (let ref = 1; ref < this.#table.end; ref++) {
      if (lengths[ref] !== 0) refs[at++] = ref;
    }
    return refs;
  }

  #condition(matcher: Matcher): Condition {
    const isExcluding = matcher.matchesEmpty;
    const name = this.#pairs.findName(matcher.name);
    if (name === undefined) return { pairs: [], isExcluding, seriesCount: 0 };
    const named = this.#namedPairs(matcher);
    let pairs: readonly number[];
    if (named !== undefined) {
      pairs = named;
    } else if (isExcluding) {
      const matched = new Set(this.#matched.get(name, matcher));
      pairs = matched.size === 0 ? name.pairs : name.pairs.filter((pair) => !matched.has(pair));
    } else {
      pairs = this.#matched.get(name, matcher);
    }
    let seriesCount = 0;
    for (const pair of pairs) seriesCount += this.#postings.count(pair);
    return { pairs, isExcluding, seriesCount };
  }

  /** The labels of a condition whose values the matcher spells out, without testing any value. */
  #namedPairs(matcher: Matcher): readonly number[] | undefined {
    const { name, type, value } = matcher;
    if (type === '!=') return value === '' ? undefined : this.#present(name, [value]);
    const alternatives = matcher.alternatives;
    if (alternatives === undefined || matcher.matchesEmpty) return undefined;
    return this.#present(name, alternatives);
  }

  #present(name: string, values: readonly string[]): readonly number[] {
    const found = new Set<number>();
    for (const value of values) found.add(this.#pairs.find(name, value));
    found.delete(0);
    return [...found];
  }

  #filter(refs: Uint32Array, condition: Condition): Uint32Array {
    const { pairs, isExcluding, seriesCount } = condition;
    if (seriesCount + (this.#table.end >>> 5) < refs.length * LABEL_SCAN_POSTINGS) {
      const bits = bitmapOf(this.#postings, pairs, this.#table.end);
      return filterByBitmap(refs, bits, !isExcluding);
    }
    if (this.#marks.length < this.#pairs.end) {
      this.#marks = new Uint8Array(Math.ceil(this.#pairs.end * 1.5));
    }
    for (const pair of pairs) this.#marks[pair] = 1;
    const kept = filterByMarks(refs, this.#marks, this.#table, !isExcluding);
    for (const pair of pairs) this.#marks[pair] = 0;
    return kept;
  }
}

/** Keeps in place the series that carry (`wanted` true) or do not carry a marked label. */
function filterByMarks(
  refs: Uint32Array,
  marks: Uint8Array,
  table: SeriesTable,
  wanted: boolean,
): Uint32Array {
  const { setStart, setLength, sets } = table;
  let kept = 0;
  for (let at = 0; at < refs.length; at++) {
    const ref = refs[at] as number;
    const start = setStart[ref] as number;
    const page = sets.pageOf(start);
    const index = sets.indexOf(start);
    const end = index + (setLength[ref] as number);
    let isMarked = false;
    for (let word = index; word < end; word++) {
      if (marks[page[word] as number] === 1) {
        isMarked = true;
        break;
      }
    }
    if (isMarked === wanted) refs[kept++] = ref;
  }
  return refs.subarray(0, kept);
}

/** Including conditions first, fewest series first; then excluding ones, most series first. */
function bySelectivity(a: Condition, b: Condition): number {
  if (a.isExcluding !== b.isExcluding) return a.isExcluding ? 1 : -1;
  return a.isExcluding ? b.seriesCount - a.seriesCount : a.seriesCount - b.seriesCount;
}
