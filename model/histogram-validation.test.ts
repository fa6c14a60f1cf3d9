import { expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from './histogram.ts';
import { InvalidHistogramError, validateHistogram } from './histogram-validation.ts';
import { fromIntegerHistogram } from './integer-histogram.ts';

const EMPTY: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: [],
  negativeBuckets: [],
  customValues: [],
  isStale: false,
};
const CUSTOM: FloatHistogram = { ...EMPTY, schema: CUSTOM_BUCKETS_SCHEMA, customValues: [1, 2] };

test('histograms that can be pass', () => {
  const f = (h: FloatHistogram): void => expect(() => validateHistogram(h)).not.toThrow();
  f(EMPTY);
  f(CUSTOM);
  f({ ...EMPTY, positiveSpans: [{ offset: -5, length: 2 }], positiveBuckets: [1, 2] });
  f({ ...CUSTOM, positiveSpans: [{ offset: 1, length: 2 }], positiveBuckets: [1, 2] });
});

test('others are refused, saying why', () => {
  const f = (h: FloatHistogram, want: RegExp): void => {
    expect(() => validateHistogram(h)).toThrow(InvalidHistogramError);
    expect(() => validateHistogram(h)).toThrow(want);
  };
  const one = [{ offset: 0, length: 1 }];
  f({ ...EMPTY, schema: 9 }, /invalid schema.*got schema 9/);
  f({ ...EMPTY, count: -1 }, /observation count is negative/);
  f({ ...EMPTY, zeroCount: -1 }, /zero bucket has observation count of -1/);
  f({ ...EMPTY, customValues: [1] }, /must not have custom bounds/);
  f({ ...EMPTY, positiveSpans: one }, /positive side: spans need 1 buckets, have 0/);
  f({ ...EMPTY, negativeSpans: one, negativeBuckets: [-1] }, /negative side: bucket number 1/);
  f(
    { ...EMPTY, positiveSpans: [...one, { offset: -1, length: 0 }], positiveBuckets: [1] },
    /span number 2 with offset -1/,
  );
  f(
    { ...CUSTOM, positiveSpans: [{ offset: -1, length: 1 }], positiveBuckets: [1] },
    /offset is negative/,
  );
  f(
    { ...CUSTOM, positiveSpans: [{ offset: 3, length: 1 }], positiveBuckets: [1] },
    /bounds are too few/,
  );
  f({ ...CUSTOM, customValues: [2, 1] }, /strictly increasing/);
  f({ ...CUSTOM, customValues: [Number.NaN] }, /must not be NaN/);
  f({ ...CUSTOM, customValues: [1, Number.POSITIVE_INFINITY] }, /must be finite/);
  f({ ...CUSTOM, zeroCount: 1 }, /zero count of 0/);
  f({ ...CUSTOM, zeroThreshold: 1 }, /zero threshold of 0/);
  f({ ...CUSTOM, negativeSpans: one, negativeBuckets: [1] }, /not have negative spans/);
});

test('the differences of integer histograms are summed up', () => {
  const { positiveBuckets, negativeBuckets, ...rest } = EMPTY;
  const got = fromIntegerHistogram({
    ...rest,
    positiveDeltas: [3, -1, 4],
    negativeDeltas: [2],
  });
  expect(got).toEqual({ ...EMPTY, positiveBuckets: [3, 2, 6], negativeBuckets: [2] });
  expect([positiveBuckets, negativeBuckets]).toEqual([[], []]);
});
