import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { compactHistogram } from '../../model/histogram-buckets.ts';
import { parseSequence } from '../promqltest/series-notation.ts';
import { customHistograms, exponentialHistograms, histogram } from './test-histogram.ts';
import { formatHistogram, formatHistogramNotation, histogramToJson } from './text.ts';

const BOTH_SIDES: Partial<FloatHistogram> = {
  sum: 2.5,
  zeroThreshold: 0.001,
  zeroCount: 4,
  negativeBuckets: [1, 0, 2],
  positiveBuckets: [3],
};
const CUSTOM: Partial<FloatHistogram> = {
  schema: CUSTOM_BUCKETS_SCHEMA,
  customValues: [1, 1e7],
  positiveBuckets: [1, 2, 3],
};

test('the text form lists populated buckets by their bounds', () => {
  const f = (h: Partial<FloatHistogram>, want: string): void =>
    expect(formatHistogram(histogram(h))).toBe(want);

  f({}, '{count:0, sum:0}');
  f(BOTH_SIDES, '{count:10, sum:2.5, [-4,-2):2, [-1,-0.5):1, [-0.001,0.001]:4, (0.5,1]:3}');
  f(CUSTOM, '{count:6, sum:0, [-Inf,1]:1, (1,1e+07]:2, (1e+07,+Inf]:3}');
  f({ zeroThreshold: 0.5, zeroCount: -2, sum: Number.NaN }, '{count:-2, sum:NaN, [-0.5,0.5]:-2}');
});

test('the JSON form has a rule of which bounds are included', () => {
  const f = (h: Partial<FloatHistogram>, want: unknown): void =>
    expect(histogramToJson(histogram(h))).toEqual(want);

  f({ sum: Number.NEGATIVE_INFINITY }, { count: '0', sum: '-Inf' });
  f(BOTH_SIDES, {
    count: '10',
    sum: '2.5',
    buckets: [
      [1, '-4', '-2', '2'],
      [1, '-1', '-0.5', '1'],
      [3, '-0.001', '0.001', '4'],
      [0, '0.5', '1', '3'],
    ],
  });
  f(CUSTOM, {
    count: '6',
    sum: '0',
    buckets: [
      [3, '-Inf', '1', '1'],
      [0, '1', '10000000', '2'],
      [0, '10000000', '+Inf', '3'],
    ],
  });
});

test('JSON bounds do not reach into the zero bucket', () => {
  const { buckets } = histogramToJson(
    histogram({ zeroThreshold: 0.75, negativeBuckets: [1], positiveBuckets: [1] }),
  );
  expect(buckets).toEqual([
    [1, '-1', '-0.75', '1'],
    [0, '0.75', '1', '1'],
  ]);
});

describe('formatHistogramNotation', () => {
  test.each([
    ['exponential', exponentialHistograms],
    ['custom', customHistograms],
  ])('%s: reads back as the same histogram', (_, histograms) => {
    fc.assert(
      fc.property(histograms, (h) => {
        const text = formatHistogramNotation(h);
        const [point] = parseSequence(`x ${text}`).points;
        if (point?.kind !== 'histogram') throw new Error('no histogram');
        expect(compactHistogram(point.histogram)).toEqual(compactHistogram(h));
      }),
    );
  });
});
