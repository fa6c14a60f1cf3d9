/** Bounds of buckets. */
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';

/**
 * Prometheus and its client libraries share a table of the bounds 2^(i/256)/2. It was computed
 * with small rounding errors, and bounds are printed and compared exactly, so we reproduce it:
 * digit i here says by how many units in the last place (2^-53) entry i lies below the correctly
 * rounded value, plus one.
 */
const TABLE_ULPS_BELOW_PLUS_ONE =
  '1111112111211111112311222222222211211121122211221122102211221122' +
  '1111112222332132112111211112111111121011213311221222112121332222' +
  '2121223322322122222222323233323311221121223321332233212232332232' +
  '2243223233433343333333444455435422322333324422333243223333543344';
const TABLE_SCHEMA = 8;
const TABLE_LENGTH = 2 ** TABLE_SCHEMA;
const TABLE_ULP = 2 ** -53;

/** Mantissas in [0.5, 1) of the bounds of schema 8; every 2^(8-s)-th is one of schema s. */
const MANTISSAS = Float64Array.from({ length: TABLE_LENGTH }, (_, index) => {
  const below = Number(TABLE_ULPS_BELOW_PLUS_ONE[index]) - 1;
  return 2 ** (index / TABLE_LENGTH) / 2 - below * TABLE_ULP;
});

/**
 * Upper bound of bucket `index` of an exponential schema. The bucket that would end at 2^1024
 * ends at the largest double instead: the next one holds observations of infinity.
 */
export function exponentialBound(index: number, schema: number): number {
  if (schema < 0) {
    const exponent = index * 2 ** -schema;
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
  }
  const perPowerOfTwo = 2 ** schema;
  const exponent = Math.floor(index / perPowerOfTwo);
  const position = index - exponent * perPowerOfTwo;
  if (exponent === 1024 && position === 0) return Number.MAX_VALUE;
  const mantissa = MANTISSAS[position * (TABLE_LENGTH / perPowerOfTwo)] as number;
  return mantissa * 2 * 2 ** exponent;
}

/** Upper bound of bucket `index` of a histogram with custom bounds; -1 gives -Inf. */
export function customBound(index: number, customValues: readonly number[]): number {
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return customValues[index] ?? Number.POSITIVE_INFINITY;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Bounds of a bucket, whatever the zero bucket covers of it. */
export function bucketInterval(
  h: FloatHistogram,
  side: 'positive' | 'negative',
  index: number,
): Interval {
  if (h.schema === CUSTOM_BUCKETS_SCHEMA) {
    return {
      lower: customBound(index - 1, h.customValues),
      upper: customBound(index, h.customValues),
    };
  }
  const inner = exponentialBound(index - 1, h.schema);
  const outer = exponentialBound(index, h.schema);
  return side === 'positive' ? { lower: inner, upper: outer } : { lower: -outer, upper: -inner };
}
