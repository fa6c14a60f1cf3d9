/** Which sample names a metric family has, by its type (OpenMetrics 1.0). */
import type { MetricType } from '../../model/sink.ts';

const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
};

/** What follows the family's name in its sample names. */
export function suffixesOf(type: MetricType): readonly string[] {
  return SUFFIXES[type];
}
