import type { FloatHistogram, Span } from '../../model/histogram.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { ExemplarSample, HistogramSample, MetricMetadata } from '../../model/sink.ts';
import { setStaleAt } from '../../model/value-bits.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import {
  arrayBytes,
  bytesOf,
  int64Bytes,
  stringBytes,
  writeNativeBlock,
} from '../native/write-native.ts';
import { TABLES, type TableName } from '../schema/table-columns.ts';
import { HINTS } from './histogram-hints.ts';
import type { SpoolBlock } from './spool-file.ts';

/** Rows of our tables as `Native` blocks. */

const DAY_MS = 86_400_000;

/** Sample columns in the layout of the format, as the head drains them. */
export interface SampleColumns {
  readonly count: number;
  readonly seriesIds: Uint32Array;
  readonly timestamps: Uint32Array;
  readonly values: Float64Array;
  /** NaN when there is none. */
  readonly startMs: number;
  readonly release?: () => void;
}

export function samplesBlock(samples: SampleColumns): SpoolBlock {
  const data = [
    [bytesOf(samples.seriesIds)],
    [bytesOf(samples.timestamps)],
    [bytesOf(samples.values)],
  ];
  const made = block('samples', samples.count, data, samples.startMs);
  return samples.release === undefined ? made : { ...made, release: samples.release };
}

/** @param days number of the day since 1970, for each reference; its month is what is written */
export function seriesBlock(
  index: SeriesIndex,
  refs: ArrayLike<number>,
  days: ArrayLike<number>,
): SpoolBlock {
  const count = refs.length;
  const labelSets: Labels[] = [];
  for (let at = 0; at < count; at++) labelSets.push(index.labels(refs[at] as number));
  const months = firstDaysOfMonths(days);
  const names = labelSets.map((labels) => labels.get(METRIC_NAME));
  return block('series', count, [
    [bytesOf(months)],
    [bytesOf(idWords(index, refs))],
    [stringBytes(names)],
    labelMaps(labelSets),
  ]);
}

/** @param days number of the day since 1970, for each reference */
export function seriesDaysBlock(
  index: SeriesIndex,
  refs: ArrayLike<number>,
  days: ArrayLike<number>,
): SpoolBlock {
  const data = [[bytesOf(Uint16Array.from(days))], [bytesOf(idWords(index, refs))]];
  return block('series_days', refs.length, data);
}

export function exemplarsBlock(index: SeriesIndex, samples: readonly ExemplarSample[]): SpoolBlock {
  const refs = samples.map((sample) => sample.ref);
  return block('exemplars', samples.length, [
    [bytesOf(idWords(index, refs))],
    [int64Bytes(samples.map((sample) => sample.timestampMs))],
    [bytesOf(Float64Array.from(samples, (sample) => sample.value))],
    labelMaps(samples.map((sample) => sample.labels)),
  ]);
}

export function metadataBlock(entries: readonly MetricMetadata[], nowMs: number): SpoolBlock {
  return block('metadata', entries.length, [
    [stringBytes(entries.map((entry) => entry.metricName))],
    [stringBytes(entries.map((entry) => entry.type))],
    [stringBytes(entries.map((entry) => entry.help))],
    [stringBytes(entries.map((entry) => entry.unit))],
    [int64Bytes(entries.map(() => nowMs))],
  ]);
}

export function histogramsBlock(
  index: SeriesIndex,
  samples: readonly HistogramSample[],
): SpoolBlock {
  const histograms = samples.map((sample) => sample.histogram);
  const floats = (of: (histogram: FloatHistogram) => number) => [
    bytesOf(Float64Array.from(histograms, of)),
  ];
  const spans = (of: (histogram: FloatHistogram) => readonly Span[]) => [
    arrays(
      histograms.map((h) => of(h).map((span) => span.offset)),
      Int32Array,
    ),
    arrays(
      histograms.map((h) => of(h).map((span) => span.length)),
      Uint32Array,
    ),
  ];
  const doubles = (of: (histogram: FloatHistogram) => readonly number[]) =>
    arrays(histograms.map(of), Float64Array);
  const startMs = samples.reduce(
    (min, s) => Math.min(min, s.timestampMs),
    Number.POSITIVE_INFINITY,
  );
  const data = [
    [
      bytesOf(
        idWords(
          index,
          samples.map((sample) => sample.ref),
        ),
      ),
    ],
    [int64Bytes(samples.map((sample) => sample.timestampMs))],
    [Uint8Array.from(histograms, (h) => HINTS.indexOf(h.counterResetHint))],
    [bytesOf(Int8Array.from(histograms, (h) => h.schema))],
    floats((h) => h.zeroThreshold),
    floats((h) => h.zeroCount),
    floats((h) => h.count),
    [sumBytes(histograms)],
    ...spans((h) => h.positiveSpans),
    doubles((h) => h.positiveBuckets),
    ...spans((h) => h.negativeSpans),
    doubles((h) => h.negativeBuckets),
    doubles((h) => h.customValues),
  ];
  return block('histograms', samples.length, data, startMs);
}

/** A stale histogram is one whose sum has the stale bits, whatever NaN stands in `sum`. */
function sumBytes(histograms: readonly FloatHistogram[]): Uint8Array {
  const sums = Float64Array.from(histograms, (histogram) => histogram.sum);
  const words = new Uint32Array(sums.buffer);
  histograms.forEach((histogram, at) => {
    if (histogram.isStale) setStaleAt(words, at);
  });
  return bytesOf(sums);
}

/** @param data bytes of each column, in the order of `TABLES` */
export function block(
  table: TableName,
  rowCount: number,
  data: readonly (readonly Uint8Array[])[],
  startMs: number = Number.POSITIVE_INFINITY,
): SpoolBlock {
  const { columns } = TABLES[table];
  const pieces = writeNativeBlock(
    rowCount,
    columns.map((column, at) => ({ ...column, data: data[at] ?? [] })),
  );
  const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { table, rowCount, pieces, byteLength, startMs };
}

function idWords(index: SeriesIndex, refs: ArrayLike<number>): Uint32Array {
  const { idLow, idHigh } = index;
  const words = new Uint32Array(refs.length * 2);
  for (let at = 0; at < refs.length; at++) {
    words[2 * at] = idLow[refs[at] as number] as number;
    words[2 * at + 1] = idHigh[refs[at] as number] as number;
  }
  return words;
}

/** A column of maps, from names to values. */
export function labelMaps(labelSets: readonly Labels[]): Uint8Array[] {
  const names = new ByteWriter();
  const values = new ByteWriter();
  const ends = new Float64Array(labelSets.length);
  let end = 0;
  labelSets.forEach(({ pairs }, at) => {
    for (let pair = 0; pair < pairs.length; pair += 2) {
      names.text(pairs[pair] as string);
      values.text(pairs[pair + 1] as string);
    }
    end += pairs.length / 2;
    ends[at] = end;
  });
  return [...arrayBytes(ends, names.bytes), values.bytes];
}

type NumberArray = { from(values: readonly number[]): ArrayBufferView };

function arrays(rows: readonly (readonly number[])[], type: NumberArray): Uint8Array[] {
  let end = 0;
  const ends = rows.map((row) => (end += row.length));
  return arrayBytes(ends, bytesOf(type.from(rows.flat())));
}

/** Of days that repeat, as those of series do. */
function firstDaysOfMonths(days: ArrayLike<number>): Uint16Array {
  const months = new Uint16Array(days.length);
  let day = Number.NaN;
  let month = 0;
  for (let at = 0; at < days.length; at++) {
    if (days[at] !== day) {
      day = days[at] as number;
      const date = new Date(day * DAY_MS);
      month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY_MS;
    }
    months[at] = month;
  }
  return months;
}
