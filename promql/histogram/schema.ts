/** Which bucket layouts there are, and how indexes move between them. */
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';

export function usesCustomBuckets(h: FloatHistogram): boolean {
  return h.schema === CUSTOM_BUCKETS_SCHEMA;
}

/** The bucket of the coarser `targetSchema` that holds bucket `index` of `schema`. */
export function coarserIndex(index: number, schema: number, targetSchema: number): number {
  return ((index - 1) >> (schema - targetSchema)) + 1;
}

/** Two histograms of which only one has custom buckets: nothing can be computed from the pair. */
export class IncompatibleSchemaError extends Error {
  override readonly name = 'IncompatibleSchemaError';

  constructor() {
    super(
      'cannot apply this operation on histograms with a mix of exponential and custom bucket schemas',
    );
  }
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}
