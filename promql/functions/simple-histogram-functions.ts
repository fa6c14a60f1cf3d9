/** Functions of one native histogram that give a number; floats give nothing. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { histogramAverage, histogramVariance } from './native-histogram.ts';

export const HISTOGRAM_FUNCTIONS: ReadonlyMap<string, (h: FloatHistogram) => number> = new Map([
  ['histogram_avg', histogramAverage],
  ['histogram_count', (h: FloatHistogram) => h.count],
  ['histogram_stddev', (h: FloatHistogram) => Math.sqrt(histogramVariance(h))],
  ['histogram_stdvar', histogramVariance],
  ['histogram_sum', (h: FloatHistogram) => h.sum],
]);
