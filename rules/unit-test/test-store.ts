/** Where a test of rules keeps its samples: in memory, with what is still to come kept back. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { AppendResult, HistogramSample, SampleBatch, SeriesRef } from '../../model/sink.ts';
import type { SampleSource, Selection } from '../../model/source.ts';
import { isStaleAt, wordsOf } from '../../model/value-bits.ts';
import { MemoryStorage } from '../../promql/promqltest/memory-source.ts';
import type { ScriptSample, ScriptSeries } from '../../promql/promqltest/script.ts';
import type { SequencePoint } from '../../promql/promqltest/series-notation.ts';
import { storedHint } from '../../promql/promqltest/stored-hint.ts';
import type { RuleSink } from '../evaluation/sample-writer.ts';

interface Tally extends AppendResult {
  appended: number;
  tooOld: number;
  tooNew: number;
  duplicates: number;
}

interface StoredSeries {
  readonly labels: Labels;
  lastTimestampMs: number;
  /** The last sample when it is a histogram. */
  lastHistogram: FloatHistogram | undefined;
}

interface PendingSeries {
  readonly series: ScriptSeries;
  next: number;
}

export class TestStore implements SampleSource, RuleSink {
  readonly #storage = new MemoryStorage();
  readonly #refs = new Map<string, SeriesRef>();
  /** By reference; entry 0 stays unused. */
  readonly #series: StoredSeries[] = [];
  readonly #pending: readonly PendingSeries[];

  /** @param input samples that `reveal` brings in as time goes on */
  constructor(input: readonly ScriptSeries[]) {
    this.#pending = input.map((series) => ({ series, next: 0 }));
  }

  /** Brings in the input up to and at the time. */
  reveal(timeMs: number): void {
    for (const pending of this.#pending) {
      const { labels, samples } = pending.series;
      const ref = this.resolve(labels);
      let sample = samples[pending.next];
      while (sample !== undefined && sample.timestampMs <= timeMs) {
        this.#append(ref, sample);
        pending.next++;
        sample = samples[pending.next];
      }
    }
  }

  resolve(labels: Labels): SeriesRef {
    const known = this.#refs.get(labels.key);
    if (known !== undefined) return known;
    const ref = this.#series.length + 1;
    this.#refs.set(labels.key, ref);
    this.#series.push({
      labels,
      lastTimestampMs: Number.NEGATIVE_INFINITY,
      lastHistogram: undefined,
    });
    return ref;
  }

  append({ count, refs, timestampsMs, values }: SampleBatch): AppendResult {
    const tally: Tally = { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };
    const words = wordsOf(values);
    for (let index = 0; index < count; index++) {
      const point: SequencePoint = isStaleAt(words, index)
        ? { kind: 'stale' }
        : { kind: 'float', value: values[index] as number };
      this.#add(refs[index] as number, timestampsMs[index] as number, point, tally);
    }
    return tally;
  }

  appendHistograms(samples: readonly HistogramSample[]): AppendResult {
    const tally: Tally = { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };
    for (const { ref, timestampMs, histogram } of samples) {
      this.#add(ref, timestampMs, { kind: 'histogram', histogram, isHintSet: true }, tally);
    }
    return tally;
  }

  select(selection: Selection): ReturnType<MemoryStorage['select']> {
    return this.#storage.select(selection);
  }

  estimate(selection: Selection): ReturnType<MemoryStorage['estimate']> {
    return this.#storage.estimate(selection);
  }

  #add(ref: SeriesRef, timestampMs: number, point: SequencePoint, tally: Tally): void {
    const { lastTimestampMs } = this.#series[ref - 1] as StoredSeries;
    if (timestampMs < lastTimestampMs) tally.tooOld++;
    else if (timestampMs === lastTimestampMs) tally.duplicates++;
    else {
      this.#append(ref, { timestampMs, startTimestampMs: 0, point });
      tally.appended++;
    }
  }

  #append(ref: SeriesRef, sample: ScriptSample): void {
    const stored = this.#series[ref - 1] as StoredSeries;
    const point = withStoredHint(sample.point, stored.lastHistogram);
    stored.lastTimestampMs = sample.timestampMs;
    stored.lastHistogram = point.kind === 'histogram' ? point.histogram : undefined;
    // In memory: done when the call returns.
    void this.#storage.append([{ labels: stored.labels, samples: [{ ...sample, point }] }]);
  }
}

/** What comes back is what Prometheus' storage would give. */
function withStoredHint(point: SequencePoint, previous: FloatHistogram | undefined): SequencePoint {
  if (point.kind !== 'histogram') return point;
  const counterResetHint = storedHint(point.histogram, previous);
  return { ...point, histogram: { ...point.histogram, counterResetHint } };
}
