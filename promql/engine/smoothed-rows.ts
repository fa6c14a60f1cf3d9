/** `smoothed` instant selectors: values on the line between the samples around each step. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import { interpolate } from '../functions/extended-rate.ts';
import { interpolateHistograms } from '../functions/interpolate-histograms.ts';
import type { HistogramSamples, RangeSeries } from '../functions/range-function.ts';
import { IncompatibleSchemaError, usesCustomBuckets } from '../histogram/schema.ts';
import {
  mismatchedCustomBucketsInfo,
  mixedExponentialCustomHistogramsWarning,
  mixedFloatsHistogramsWarning,
} from './annotation-texts.ts';
import type { EvalContext } from './eval-context.ts';
import { firstAfter } from './loaded-columns.ts';
import type { SelectorNode } from './plan.ts';
import type { RangeSource } from './range-source.ts';
import { type Row, RowBuffer, type RowSource } from './rows.ts';

export class SmoothedRows implements RowSource {
  readonly labels: readonly Labels[];
  readonly dropsName: Uint8Array;
  readonly isUnique = true;
  readonly commonName: string | undefined;
  readonly steps: number;
  readonly #node: SelectorNode;
  readonly #source: RangeSource;
  readonly #context: EvalContext;
  readonly #out: RowBuffer;

  constructor(node: SelectorNode, source: RangeSource, context: EvalContext) {
    this.labels = source.labels;
    this.dropsName = source.dropsName;
    this.commonName = source.commonName;
    this.steps = node.grid.steps;
    this.#node = node;
    this.#source = source;
    this.#context = context;
    this.#out = new RowBuffer(this.steps);
  }

  get fullLabels(): readonly Labels[] {
    return this.labels;
  }

  read(index: number): Row {
    this.#out.clear();
    const { grid, offsetMs, atMs, lookbackMs } = this.#node;
    const series = this.#source.read(index);
    const metricName = this.labels[index]?.get(METRIC_NAME) ?? '';
    const { histograms } = series;
    const histogramTimes = Float64Array.from(histograms?.timestampsMs ?? []);
    for (let step = 0; step < this.steps; step++) {
      const timeMs = (atMs ?? grid.startMs + step * grid.stepMs) - offsetMs;
      const { timestampsMs, from, to } = series;
      const floats = nearby(timestampsMs, from, to, timeMs, lookbackMs);
      const ofHistograms = nearby(histogramTimes, 0, histogramTimes.length, timeMs, lookbackMs);
      if (floats !== undefined && ofHistograms !== undefined) {
        this.#context.annotate(mixedFloatsHistogramsWarning(metricName, this.#node.pos));
      } else if (floats !== undefined) {
        const value = floatAt(series, floats, timeMs);
        if (value !== undefined) this.#out.setFloat(step, value);
      } else if (ofHistograms !== undefined && histograms !== undefined) {
        const value = this.#histogramAt(histograms, ofHistograms, timeMs, metricName);
        if (value !== undefined) this.#out.setHistogram(step, value);
      }
    }
    return this.#out;
  }

  #histogramAt(
    samples: HistogramSamples,
    { from, to, at }: Nearby,
    timeMs: number,
    metricName: string,
  ): FloatHistogram | undefined {
    const { pos } = this.#node;
    if (at < to && samples.timestampsMs[at] === timeMs) return samples.histograms[at];
    if (at === from) return undefined;
    const before = samples.histograms[at - 1] as FloatHistogram;
    // The hint tells of the sample before it, not of this time.
    if (at === to) return { ...before, counterResetHint: 'unknown' };
    const after = samples.histograms[at] as FloatHistogram;
    const areGauges = before.counterResetHint === 'gauge' && after.counterResetHint === 'gauge';
    const line = {
      beforeMs: samples.timestampsMs[at - 1] as number,
      before,
      afterMs: samples.timestampsMs[at] as number,
      after,
      timeMs,
      isCounter: !areGauges,
    };
    try {
      if (usesCustomBuckets(before) !== usesCustomBuckets(after)) {
        throw new IncompatibleSchemaError();
      }
      return interpolateHistograms(line, (outcome, operation) => {
        if (!outcome.boundsReconciled) return;
        this.#context.annotate(mismatchedCustomBucketsInfo(pos, operation));
      });
    } catch (error) {
      if (!(error instanceof IncompatibleSchemaError)) throw error;
      this.#context.annotate(mixedExponentialCustomHistogramsWarning(metricName, pos));
      return undefined;
    }
  }
}

/** Samples less than the lookback away: from `from` up to but not including `to`. */
interface Nearby {
  readonly from: number;
  readonly to: number;
  /** The first of them at or after the time; `to` when there is none. */
  readonly at: number;
}

function nearby(
  timestampsMs: Float64Array,
  start: number,
  end: number,
  timeMs: number,
  lookbackMs: number,
): Nearby | undefined {
  const from = firstAfter(timestampsMs, start, end, timeMs - lookbackMs);
  const to = firstAfter(timestampsMs, from, end, timeMs + lookbackMs);
  if (from === to) return undefined;
  const after = firstAfter(timestampsMs, from, to, timeMs);
  const isExact = after > from && timestampsMs[after - 1] === timeMs;
  return { from, to, at: isExact ? after - 1 : after };
}

function floatAt(
  { timestampsMs, values }: RangeSeries,
  { from, to, at }: Nearby,
  timeMs: number,
): number | undefined {
  if (at < to && timestampsMs[at] === timeMs) return values[at];
  if (at === from) return undefined;
  const before = values[at - 1] as number;
  if (at === to) return before;
  const beforeMs = timestampsMs[at - 1] as number;
  return interpolate(
    beforeMs,
    before,
    timestampsMs[at] as number,
    values[at] as number,
    timeMs,
    false,
  );
}
