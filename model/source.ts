/** The seam out of the store: how PromQL and the API read samples and labels. */
import type { FloatHistogram } from './histogram.ts';
import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';
import type { Exemplar, MetricMetadata } from './sink.ts';

/** Both ends included, Unix milliseconds. */
export interface TimeRangeMs {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Selection extends TimeRangeMs {
  /** All must match. */
  readonly matchers: readonly Matcher[];
  /** @see TooManySamplesError */
  readonly samplesMax: number;
}

/**
 * Sorted columns of the selected series. The samples of series i are the entries from
 * `offsets[i]` up to but not including `offsets[i + 1]`, times strictly ascending. Series come in
 * the order of `Labels.compare`; a series without samples in the range is left out.
 * The reader may keep and change the arrays.
 */
export interface SeriesColumns {
  readonly labels: readonly Labels[];
  readonly offsets: Uint32Array;
  readonly timestampsMs: Float64Array;
  /** Stale markers included (value-bits.ts). Meaningless where `histograms` has an entry. */
  readonly values: Float64Array;
  /** As long as `values`, or undefined when the selection holds no native histogram. */
  readonly histograms: readonly (FloatHistogram | undefined)[] | undefined;
  /** Start ("created") timestamps, 0 where there is none; undefined when there are none at all. */
  readonly startTimestampsMs: Float64Array | undefined;
}

/** More samples than `samplesMax`; the text is the one of Prometheus' engine. */
export class TooManySamplesError extends Error {
  override readonly name = 'TooManySamplesError';
}

export interface SelectionEstimate {
  readonly seriesCount: number;
  /** May be above the true count, not far below it. */
  readonly sampleCount: number;
}

export interface SampleSource {
  /** @throws TooManySamplesError, StoreUnavailableError, the signal's reason */
  select(selection: Selection, signal: AbortSignal): Promise<SeriesColumns>;
  estimate(selection: Selection, signal: AbortSignal): Promise<SelectionEstimate>;
}

/** Label look-ups: a series counts when any one of the matcher lists selects it (none: all). */
export interface LabelSelection extends TimeRangeMs {
  readonly matcherSets: readonly (readonly Matcher[])[];
  /** 0: no limit. */
  readonly limit: number;
}

export interface SeriesExemplars {
  readonly seriesLabels: Labels;
  readonly exemplars: readonly Exemplar[];
}

export interface LabelSource {
  series(selection: LabelSelection, signal: AbortSignal): Promise<readonly Labels[]>;
  labelNames(selection: LabelSelection, signal: AbortSignal): Promise<readonly string[]>;
  labelValues(
    name: string,
    selection: LabelSelection,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  exemplars(selection: LabelSelection, signal: AbortSignal): Promise<readonly SeriesExemplars[]>;
  /** Metadata by metric name; at most `limit` names (0: all). */
  metadata(
    metricName: string | undefined,
    limit: number,
  ): ReadonlyMap<string, readonly MetricMetadata[]>;
}
