import type { CounterResetHint, FloatHistogram, Span } from '../../model/histogram.ts';
import type { SeriesRef } from '../../model/sink.ts';
import { isStaleAt, wordsOf } from '../../model/value-bits.ts';
import type { Engine, LaneName } from '../clickhouse/engine.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import {
  arrayColumn,
  type FixedColumn,
  fixedColumn,
  floatsOf,
  int32Of,
  integersOf,
  type NativeBlock,
  NativeFormatError,
  uint32Of,
  wordsOf64,
} from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { HINTS } from '../spool/histogram-hints.ts';
import { type StoredRange, whereStored } from './stored-samples.ts';

export interface StoredHistogram {
  readonly timestampMs: number;
  readonly histogram: FloatHistogram;
}

/** Histograms by series, times ascending; a time may come twice. */
export async function readStoredHistograms(
  engine: Engine,
  index: SeriesIndex,
  range: StoredRange,
  rowsMax: number,
  lane: LaneName,
  signal: AbortSignal,
): Promise<ReadonlyMap<SeriesRef, StoredHistogram[]>> {
  const where = whereStored(range);
  const bytes = await engine.read(
    {
      sql: `SELECT series_id, ts, counter_reset_hint, schema, zero_threshold, zero_count, count, sum,
          positive_offsets, positive_lengths, positive_buckets,
          negative_offsets, negative_lengths, negative_buckets, custom_values
        FROM histograms WHERE ${where.sql}
        ORDER BY series_id, ts LIMIT {rowsMax:UInt64}`,
      params: { ...where.params, rowsMax },
    },
    { lane, signal },
  );
  const byRef = new Map<SeriesRef, StoredHistogram[]>();
  for (const block of readNative(bytes)) {
    const ids = wordsOf64(fixedColumn(block, 0));
    const times = integersOf(fixedColumn(block, 1));
    const histograms = decodeHistograms(block);
    for (let row = 0; row < block.rowCount; row++) {
      const ref = index.findId(ids[2 * row + 1] as number, ids[2 * row] as number);
      const list = byRef.get(ref) ?? [];
      list.push({
        timestampMs: times[row] as number,
        histogram: histograms[row] as FloatHistogram,
      });
      byRef.set(ref, list);
    }
  }
  return byRef;
}

function decodeHistograms(block: NativeBlock): FloatHistogram[] {
  const hints = fixedColumn(block, 2).bytes;
  const schemas = new Int8Array(fixedColumn(block, 3).bytes);
  const zeroThresholds = floatsOf(fixedColumn(block, 4));
  const zeroCounts = floatsOf(fixedColumn(block, 5));
  const counts = floatsOf(fixedColumn(block, 6));
  const sums = floatsOf(fixedColumn(block, 7));
  const sumWords = wordsOf(sums);
  const positiveSpans = spansOf(block, 8);
  const positiveBuckets = rowsOf(block, 10, floatsOf);
  const negativeSpans = spansOf(block, 11);
  const negativeBuckets = rowsOf(block, 13, floatsOf);
  const customValues = rowsOf(block, 14, floatsOf);
  return Array.from({ length: block.rowCount }, (_, row) => ({
    counterResetHint: HINTS[hints[row] as number] as CounterResetHint,
    schema: schemas[row] as number,
    zeroThreshold: zeroThresholds[row] as number,
    zeroCount: zeroCounts[row] as number,
    count: counts[row] as number,
    sum: sums[row] as number,
    positiveSpans: positiveSpans[row] as Span[],
    negativeSpans: negativeSpans[row] as Span[],
    positiveBuckets: positiveBuckets[row] as number[],
    negativeBuckets: negativeBuckets[row] as number[],
    customValues: customValues[row] as number[],
    isStale: isStaleAt(sumWords, row),
  }));
}

function spansOf(block: NativeBlock, index: number): Span[][] {
  const offsets = rowsOf(block, index, int32Of);
  const lengths = rowsOf(block, index + 1, uint32Of);
  return offsets.map((row, at) =>
    row.map((offset, span) => ({ offset, length: lengths[at]?.[span] as number })),
  );
}

function rowsOf(
  block: NativeBlock,
  index: number,
  read: (column: FixedColumn) => ArrayLike<number>,
): number[][] {
  const { ends, elements } = arrayColumn(block, index);
  if (elements.kind !== 'fixed') throw new NativeFormatError(`column ${index} is not of numbers`);
  const all = Array.from(read(elements));
  let start = 0;
  return Array.from(ends, (end) => {
    const row = all.slice(start, end);
    start = end;
    return row;
  });
}
