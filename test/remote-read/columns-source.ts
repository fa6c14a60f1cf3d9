/** A SampleSource over series given one by one, native histograms among them. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels } from '../../model/labels.ts';
import { matchesAll } from '../../model/matcher.ts';
import { type SampleSource, type SeriesColumns, TooManySamplesError } from '../../model/source.ts';

export interface SourceSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [timestampMs: number, value: number | FloatHistogram])[];
}

export function columnsSource(series: readonly SourceSeries[]): SampleSource {
  const select: SampleSource['select'] = async (selection) => {
    const labels: Labels[] = [];
    const offsets = [0];
    const timestamps: number[] = [];
    const values: number[] = [];
    const histograms: (FloatHistogram | undefined)[] = [];
    for (const one of series) {
      const all = Labels.fromRecord(one.labels);
      if (!matchesAll(selection.matchers, all)) continue;
      for (const [timestampMs, value] of one.samples) {
        if (timestampMs < selection.startMs || timestampMs > selection.endMs) continue;
        timestamps.push(timestampMs);
        values.push(typeof value === 'number' ? value : 0);
        histograms.push(typeof value === 'number' ? undefined : value);
      }
      if (values.length === offsets.at(-1)) continue;
      labels.push(all);
      offsets.push(values.length);
    }
    if (values.length > selection.samplesMax) throw new TooManySamplesError('too many samples');
    const columns: SeriesColumns = {
      labels,
      offsets: Uint32Array.from(offsets),
      timestampsMs: Float64Array.from(timestamps),
      values: Float64Array.from(values),
      histograms: histograms.some((one) => one !== undefined) ? histograms : undefined,
      startTimestampsMs: undefined,
    };
    return columns;
  };
  return {
    select,
    estimate: async (selection, signal) => {
      const columns = await select(selection, signal);
      return { seriesCount: columns.labels.length, sampleCount: columns.values.length };
    },
  };
}

export const SOME_HISTOGRAM: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 1,
  zeroThreshold: 0.001,
  zeroCount: 2,
  count: 12,
  sum: 18.5,
  positiveSpans: [
    { offset: 0, length: 2 },
    { offset: 3, length: 1 },
  ],
  negativeSpans: [],
  positiveBuckets: [3, 4, 3],
  negativeBuckets: [],
  customValues: [],
  isStale: false,
};
