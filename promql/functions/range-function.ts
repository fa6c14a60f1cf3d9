/** What a function over a range vector is given and gives. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { PositionRange } from '../ast.ts';
import type { Annotation } from '../engine/annotations.ts';
import type { RowBuffer } from '../engine/rows.ts';

/** Histogram samples of one series, times ascending, stale ones left out. */
export interface HistogramSamples {
  readonly count: number;
  readonly timestampsMs: ArrayLike<number>;
  readonly histograms: readonly FloatHistogram[];
  readonly startTimestampsMs: ArrayLike<number> | undefined;
}

/** The samples of one series, times ascending, stale ones left out. Valid until the next series. */
export interface RangeSeries {
  /** Floats are the entries from `from` up to but not including `to`. */
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly startTimestampsMs: Float64Array | undefined;
  readonly histograms: HistogramSamples | undefined;
  /** Known to have no NaN and no value below the one before, as most counters. */
  readonly isRising: boolean;
}

/** What is the same for all series of a call. */
export interface RangeCall {
  readonly name: string;
  readonly rangeMs: number;
  readonly anchored: boolean;
  readonly smoothed: boolean;
  /** The other arguments, one value per step. */
  readonly scalars: readonly Float64Array[];
  /** Of the first argument, whatever it is. */
  readonly firstArgPos: PositionRange;
  /** Of the range vector. */
  readonly rangePos: PositionRange;
  readonly usesStartTimestamps: boolean;
  /** Of the series at hand, '' when it has none. */
  metricName(): string;
  annotate(annotation: Annotation): void;
}

/** The samples that one step sees. Floats and histograms are apart, each in order of time. */
export interface SampleWindow {
  readonly step: number;
  /** Evaluation time of the step. */
  readonly timeMs: number;
  /** The range, open at the left; anchored and smoothed windows hold samples outside of it. */
  readonly startMs: number;
  readonly endMs: number;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly startTimestampsMs: Float64Array | undefined;
  readonly histograms: HistogramSamples | undefined;
  readonly histogramFrom: number;
  readonly histogramTo: number;
}

/** The windows of all steps over a series of floats only. */
export interface FloatWindows {
  readonly steps: number;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  /** The first entry of the series. */
  readonly start: number;
  /**
   * The samples of step k are the entries from `start + from[k]` up to but not including
   * `start + to[k]`.
   */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The arrays are those of all series with these timestamps; else they change with the series. */
  readonly areShared: boolean;
  /** Known to have no NaN and no value below the one before, as most counters. */
  readonly isRising: boolean;
  /** End of the range of each step; its start is `rangeMs` before. */
  readonly endsMs: Float64Array;
}

/**
 * All steps of a series that holds only floats, when windows need no extension; a step whose
 * window is empty gives nothing.
 */
export type FloatRowFunction = (windows: FloatWindows, call: RangeCall, out: RowBuffer) => void;

export interface RangeFunction {
  /** Where it is missing, `window` is called for each step. */
  readonly floats?: FloatRowFunction;
  /** In place of `floats`: made anew for each call, to keep something from series to series. */
  readonly startFloats?: () => FloatRowFunction;
  /** One step, whose window is not empty. */
  readonly window: (window: SampleWindow, call: RangeCall, out: RowBuffer) => void;
}

export function floatCount(window: SampleWindow): number {
  return window.to - window.from;
}

export function histogramCount(window: SampleWindow): number {
  return window.histogramTo - window.histogramFrom;
}

export function histogramSample(window: SampleWindow, index: number): FloatHistogram {
  const histogram = window.histograms?.histograms[index];
  if (histogram === undefined) throw new Error('no histogram at this place of the window');
  return histogram;
}
