/** What a read of the source brought. */
import { METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { SeriesColumns } from '../../model/source.ts';
import { wordsOf } from '../../model/value-bits.ts';

export interface LoadedColumns {
  readonly columns: SeriesColumns;
  /** The values seen as words, to tell stale markers. */
  readonly words: Uint32Array;
}

export function loadedColumns(columns: SeriesColumns): LoadedColumns {
  return { columns, words: wordsOf(columns.values) };
}

export const NO_COLUMNS: LoadedColumns = loadedColumns({
  labels: [],
  offsets: new Uint32Array(1),
  timestampsMs: new Float64Array(0),
  values: new Float64Array(0),
  histograms: undefined,
  startTimestampsMs: undefined,
});

/** The metric name that the matchers allow, undefined when they may allow several. */
export function nameOf(matchers: readonly Matcher[]): string | undefined {
  return matchers.find(({ name, type }) => name === METRIC_NAME && type === '=')?.value;
}

/**
 * The first index from `from` on, below `to`, whose timestamp is after `timeMs`; `to` when there
 * is none.
 */
export function firstAfter(
  timestampsMs: Float64Array,
  from: number,
  to: number,
  timeMs: number,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timestampsMs[middle] as number) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
