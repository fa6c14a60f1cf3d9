/** All functions over range vectors, by name. */
import { changes, resets } from './changes.ts';
import {
  madOverTime,
  maxOverTime,
  minOverTime,
  quantileOverTime,
  stddevOverTime,
  stdvarOverTime,
  tsOfMaxOverTime,
  tsOfMinOverTime,
} from './float-over-time.ts';
import { instantRateFunction } from './instant-rate.ts';
import type { RangeFunction } from './range-function.ts';
import { rateFunction } from './rate.ts';
import { deriv, doubleExponentialSmoothing, predictLinear } from './regression.ts';
import {
  countOverTime,
  firstOverTime,
  lastOverTime,
  presentOverTime,
  tsOfFirstOverTime,
  tsOfLastOverTime,
} from './sample-over-time.ts';
import { avgOverTime, sumOverTime } from './sum-over-time.ts';

export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map([
  ['absent_over_time', presentOverTime],
  ['avg_over_time', avgOverTime],
  ['changes', changes],
  ['count_over_time', countOverTime],
  ['delta', rateFunction({ isCounter: false, isPerSecond: false })],
  ['deriv', deriv],
  ['double_exponential_smoothing', doubleExponentialSmoothing],
  ['first_over_time', firstOverTime],
  ['idelta', instantRateFunction(false)],
  ['increase', rateFunction({ isCounter: true, isPerSecond: false })],
  ['irate', instantRateFunction(true)],
  ['last_over_time', lastOverTime],
  ['mad_over_time', madOverTime],
  ['max_over_time', maxOverTime],
  ['min_over_time', minOverTime],
  ['predict_linear', predictLinear],
  ['present_over_time', presentOverTime],
  ['quantile_over_time', quantileOverTime],
  ['rate', rateFunction({ isCounter: true, isPerSecond: true })],
  ['resets', resets],
  ['stddev_over_time', stddevOverTime],
  ['stdvar_over_time', stdvarOverTime],
  ['sum_over_time', sumOverTime],
  ['ts_of_first_over_time', tsOfFirstOverTime],
  ['ts_of_last_over_time', tsOfLastOverTime],
  ['ts_of_max_over_time', tsOfMaxOverTime],
  ['ts_of_min_over_time', tsOfMinOverTime],
]);

/** The functions that understand samples outside of the range. */
export const ANCHORED_FUNCTIONS: readonly string[] = [
  'changes',
  'delta',
  'increase',
  'rate',
  'resets',
];
export const SMOOTHED_FUNCTIONS: readonly string[] = ['delta', 'increase', 'rate'];

/** The functions whose result is a sample of the range, so that it keeps its name. */
export const NAME_KEEPING_FUNCTIONS: ReadonlySet<string> = new Set([
  'first_over_time',
  'last_over_time',
]);
