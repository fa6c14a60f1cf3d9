import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { addHistograms } from './arithmetic.ts';
import { detectReset } from './detect-reset.ts';
import { customHistograms, exponentialHistograms, histogram } from './test-histogram.ts';

describe('detectReset', () => {
  const f = (
    current: Partial<FloatHistogram>,
    previous: Partial<FloatHistogram>,
    want: boolean,
  ): void => expect(detectReset(histogram(current), histogram(previous))).toBe(want);

  test('the hint decides when it says anything', () => {
    f({ count: 5, counterResetHint: 'reset' }, { count: 1 }, true);
    f({ count: 1, counterResetHint: 'not_reset' }, { count: 5 }, false);
    f({ count: 1, counterResetHint: 'gauge' }, { count: 5 }, true);
  });

  test('a count that falls is a reset, in whichever bucket', () => {
    f({ count: 3 }, { count: 4 }, true);
    f({ count: 4 }, { count: 4 }, false);
    f({ count: 9, positiveBuckets: [1, 8] }, { count: 8, positiveBuckets: [2, 6] }, true);
    f({ count: 9, negativeBuckets: [1, 8] }, { count: 8, negativeBuckets: [2, 6] }, true);
    f({ count: 9, zeroCount: 1 }, { count: 8, zeroCount: 2 }, true);
    f({ count: 9, positiveBuckets: [2, 7] }, { count: 8, positiveBuckets: [2, 6] }, false);
  });

  test('a bucket may vanish only when it was empty', () => {
    f({ count: 9, positiveBuckets: [9] }, { count: 8, positiveBuckets: [2, 6] }, true);
    f({ count: 9, positiveBuckets: [9] }, { count: 8, positiveBuckets: [8, 0] }, false);
    f({ count: 9 }, { count: 8, positiveBuckets: [8] }, true);
  });

  test('a finer schema and a narrower zero bucket are resets, the other ways are not', () => {
    f({ schema: 1 }, { schema: 0 }, true);
    f({ schema: 0, positiveBuckets: [3, 3] }, { schema: 1, positiveBuckets: [3, 1, 2] }, false);
    f({ schema: 0, positiveBuckets: [3, 3] }, { schema: 1, positiveBuckets: [3, 2, 2] }, true);
    f({ zeroThreshold: 1 }, { zeroThreshold: 2 }, true);
    f(
      { zeroThreshold: 1, zeroCount: 5 },
      { zeroThreshold: 0.5, zeroCount: 2, positiveBuckets: [3] },
      false,
    );
    f(
      { zeroThreshold: 1, zeroCount: 5 },
      { zeroThreshold: 0.5, zeroCount: 3, positiveBuckets: [3] },
      true,
    );
    f({ zeroThreshold: 0.75, zeroCount: 9 }, { zeroThreshold: 0.5, positiveBuckets: [3] }, true);
  });

  test('custom bounds that differ are compared at the bounds both have', () => {
    const custom = (customValues: number[], positiveBuckets: number[]) =>
      ({ schema: CUSTOM_BUCKETS_SCHEMA, customValues, positiveBuckets, count: 10 }) as const;
    f(custom([1, 2, 3], [1, 2, 3, 4]), custom([2], [3, 7]), false);
    f(custom([1, 2, 3], [1, 2, 3, 4]), custom([2], [4, 6]), true);
    f(custom([], [10]), { count: 10 }, true);
    f({ count: 10 }, custom([], [10]), true);
  });

  test.each([
    ['exponential', exponentialHistograms],
    ['custom', customHistograms],
  ])('%s: growing is no reset, and the way back is one', (_, histograms) => {
    fc.assert(
      fc.property(histograms, histograms, (h, other) => {
        fc.pre(h.count > 0);
        const layout = { schema: h.schema, zeroThreshold: h.zeroThreshold };
        const isSame = h.customValues.join() === other.customValues.join();
        const more = isSame ? { ...other, ...layout } : h;
        const grown = addHistograms(addHistograms(h, more).histogram, h).histogram;
        expect(detectReset(grown, h)).toBe(false);
        expect(detectReset(h, grown)).toBe(true);
      }),
    );
  });
});
