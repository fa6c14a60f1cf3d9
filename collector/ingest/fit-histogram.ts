/** Native histograms brought within a target's limits, by coarser buckets. */
import {
  EXPONENTIAL_SCHEMA_MAX,
  EXPONENTIAL_SCHEMA_MIN,
  type FloatHistogram,
} from '../../model/histogram.ts';
import { reduceResolution } from '../../model/histogram-buckets.ts';
import type { IngestLimits } from './ingest-options.ts';

/** @returns undefined when even the coarsest buckets are too many */
export function fitHistogram(h: FloatHistogram, limits: IngestLimits): FloatHistogram | undefined {
  const { bucketLimit, minBucketFactor } = limits;
  let fitting = h;
  if (isExponential(h)) {
    const schemaMax = finestSchema(minBucketFactor);
    if (h.schema > schemaMax) fitting = reduceResolution(h, schemaMax);
  }
  if (bucketLimit === 0) return fitting;
  while (fitting.positiveBuckets.length + fitting.negativeBuckets.length > bucketLimit) {
    if (!isExponential(fitting) || fitting.schema <= EXPONENTIAL_SCHEMA_MIN) return undefined;
    fitting = reduceResolution(fitting, fitting.schema - 1);
  }
  return fitting;
}

/** The finest schema whose buckets grow by `factor` or more: Prometheus' `pickSchema`. */
function finestSchema(factor: number): number {
  if (factor <= 1) return EXPONENTIAL_SCHEMA_MAX;
  const schema = Math.floor(-Math.log2(Math.log2(factor)));
  return Math.max(EXPONENTIAL_SCHEMA_MIN, Math.min(EXPONENTIAL_SCHEMA_MAX, schema));
}

function isExponential(h: FloatHistogram): boolean {
  return h.schema >= EXPONENTIAL_SCHEMA_MIN && h.schema <= EXPONENTIAL_SCHEMA_MAX;
}
