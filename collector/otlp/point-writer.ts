/** From points to rows of a batch. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { validateHistogram, validateObservationCount } from '../../model/histogram-validation.ts';
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { NO_SERIES, type SeriesRef } from '../../model/sink.ts';
import { setStaleAt } from '../../model/value-bits.ts';
import type { WriteBatch } from '../remote-write/write-batch.ts';
import type { OtlpExemplar } from './otlp-metrics.ts';
import type { LabelMap } from './series-labels.ts';

/** Labels of an exemplar are left out, but for the ids, when they are longer (OpenMetrics 1.0). */
const EXEMPLAR_RUNES_MAX = 128;

export class PointWriter {
  /** Samples of series that no limit lets in, and samples too far in the future. */
  refusedSamples = 0;
  readonly #batch: WriteBatch;

  constructor(batch: WriteBatch) {
    this.#batch = batch;
  }

  /**
   * @param extra one more label: `le` or `quantile` and its value
   * @returns the series, NO_SERIES when it was refused
   */
  sample(
    name: string,
    labels: LabelMap,
    extra: readonly [string, string] | undefined,
    timestampMs: number,
    value: number,
    isStale: boolean,
  ): SeriesRef {
    const batch = this.#batch;
    const full = labelsOf(name, labels, extra);
    const ref = batch.resolve(full);
    if (ref === NO_SERIES) {
      this.refusedSamples++;
      return ref;
    }
    const row = batch.addRow();
    batch.timestampsMs[row] = timestampMs;
    if (isStale) setStaleAt(batch.column.words, row);
    else batch.column.values[row] = value;
    batch.assign(row, ref, () => full.toString());
    if (batch.count > row) return ref;
    this.refusedSamples++;
    return NO_SERIES;
  }

  /** @throws InvalidHistogramError */
  histogram(
    name: string,
    labels: LabelMap,
    timestampMs: number,
    histogram: FloatHistogram,
  ): SeriesRef {
    const batch = this.#batch;
    if (!histogram.isStale) {
      validateHistogram(histogram);
      validateObservationCount(histogram);
    }
    const full = labelsOf(name, labels, undefined);
    if (batch.isTooNew(timestampMs)) {
      batch.problem(
        `out of bounds: timestamp is too far in the future for series ${full.toString()}`,
      );
      this.refusedSamples++;
      return NO_SERIES;
    }
    const ref = batch.resolve(full);
    if (ref === NO_SERIES) this.refusedSamples++;
    else batch.histograms.push({ ref, timestampMs, histogram });
    return ref;
  }

  exemplars(ref: SeriesRef, exemplars: readonly OtlpExemplar[], pointMs: number): void {
    if (ref === NO_SERIES) return;
    for (const exemplar of exemplars) {
      this.#batch.exemplars.push({
        ref,
        labels: exemplarLabels(exemplar),
        value: exemplar.value,
        timestampMs: exemplar.timestampMs === 0 ? pointMs : exemplar.timestampMs,
      });
    }
  }
}

function labelsOf(
  name: string,
  labels: LabelMap,
  extra: readonly [string, string] | undefined,
): Labels {
  const full = new Map(labels);
  if (extra !== undefined) full.set(extra[0], extra[1]);
  full.set(METRIC_NAME, name);
  return Labels.fromEntries(full);
}

function exemplarLabels({ attributes, traceId, spanId }: OtlpExemplar): Labels {
  const ids: string[] = [];
  if (traceId !== '') ids.push('trace_id', traceId);
  if (spanId !== '') ids.push('span_id', spanId);
  let runes = 0;
  for (const text of [...ids, ...attributes]) runes += Array.from(text).length;
  return Labels.fromPairs(runes <= EXEMPLAR_RUNES_MAX ? [...attributes, ...ids] : ids);
}
