import { compareUtf8 } from '../../model/labels.ts';
import type { LabelPairs } from './label-pairs.ts';
import type { SeriesTable } from './series-table.ts';

/** Ranks cost a column over all labels: only where there are not many times more than series. */
const RANKED_PAIRS_PER_SERIES_MAX = 16;

/** Puts series into the order of `Labels.compare`, in place. */
export function sortByLabels(refs: Uint32Array, table: SeriesTable, pairs: LabelPairs): void {
  if (refs.length * RANKED_PAIRS_PER_SERIES_MAX < pairs.end) {
    refs.sort((a, b) => compareSets(a, b, table, (x, y) => comparePairs(x, y, pairs)));
    return;
  }
  const ranks = rankPairs(refs, table, pairs);
  refs.sort((a, b) =>
    compareSets(a, b, table, (x, y) => (ranks[x] as number) - (ranks[y] as number)),
  );
}

function comparePairs(a: number, b: number, pairs: LabelPairs): number {
  return pairs.nameId[a] === pairs.nameId[b]
    ? compareUtf8(pairs.value(a), pairs.value(b))
    : compareUtf8(pairs.getName(a).name, pairs.getName(b).name);
}

/**
 * A rank for every label of the series, so that label sets compare as arrays of numbers: name
 * by name, within a name value by value.
 */
function rankPairs(refs: Uint32Array, table: SeriesTable, pairs: LabelPairs): Uint32Array {
  const ranks = new Uint32Array(pairs.end);
  const byName = new Map<number, number[]>();
  for (const ref of refs) {
    const start = table.setStart[ref] as number;
    const page = table.sets.pageOf(start);
    const index = table.sets.indexOf(start);
    for (let at = index; at < index + (table.setLength[ref] as number); at++) {
      const pair = page[at] as number;
      if (ranks[pair] !== 0) continue;
      ranks[pair] = 1;
      const nameId = pairs.nameId[pair] as number;
      const list = byName.get(nameId);
      if (list === undefined) byName.set(nameId, [pair]);
      else list.push(pair);
    }
  }
  const names = [...byName.values()].sort((a, b) =>
    compareUtf8(pairs.getName(a[0] as number).name, pairs.getName(b[0] as number).name),
  );
  let rank = 0;
  for (const list of names) {
    list.sort((a, b) => compareUtf8(pairs.value(a), pairs.value(b)));
    for (const pair of list) ranks[pair] = ++rank;
  }
  return ranks;
}

function compareSets(
  a: number,
  b: number,
  table: SeriesTable,
  compare: (pairA: number, pairB: number) => number,
): number {
  const startA = table.setStart[a] as number;
  const startB = table.setStart[b] as number;
  const pageA = table.sets.pageOf(startA);
  const pageB = table.sets.pageOf(startB);
  const indexA = table.sets.indexOf(startA);
  const indexB = table.sets.indexOf(startB);
  const lengthA = table.setLength[a] as number;
  const lengthB = table.setLength[b] as number;
  const length = Math.min(lengthA, lengthB);
  for (let at = 0; at < length; at++) {
    const left = pageA[indexA + at] as number;
    const right = pageB[indexB + at] as number;
    if (left !== right) return compare(left, right);
  }
  return lengthA - lengthB;
}
