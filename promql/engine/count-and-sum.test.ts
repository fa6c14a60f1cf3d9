import { expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { histogram } from '../histogram/test-histogram.ts';
import { parseExpr } from '../parser/parser.ts';
import { SCRIPT_PARSER_OPTIONS } from '../promqltest/script-engine.ts';
import { buildPlan } from './build-plan.ts';
import { withoutBuckets } from './count-and-sum.ts';

test('buckets are read unless only count, sum or average are asked for', () => {
  const f = (query: string, want: readonly boolean[]): void => {
    const plan = buildPlan(parseExpr(query, SCRIPT_PARSER_OPTIONS), {
      startMs: 0,
      endMs: 0,
      stepMs: 0,
      lookbackMs: 300_000,
      defaultSubqueryStepMs: () => 60_000,
    });
    expect(plan.loads.map((load) => load.countAndSumOnly)).toEqual(want);
  };

  f('x', [false]);
  f('sum(histogram_count(rate(x[5m])))', [true]);
  f('histogram_sum(x) + x', [true, false]);
  f('histogram_count(x) / histogram_sum(x)', [true]);
  f('histogram_avg(sum_over_time(x[5m:1m]))', [false]);
  f('max_over_time(histogram_count(x)[5m:1m])', [false]);
  f('histogram_count(x >/ 2)', [false]);
  f('histogram_quantile(0.5, x)', [false]);
});

test('without buckets each histogram says whether its counter was reset before it', () => {
  const steps = [
    histogram({ positiveBuckets: [1, 2], sum: 3 }),
    histogram({ positiveBuckets: [2, 2], sum: 4 }),
    histogram({ positiveBuckets: [4, 1], sum: 5 }),
    histogram({ isStale: true, sum: Number.NaN }),
    histogram({ positiveBuckets: [4, 2], sum: 6 }),
    histogram({ counterResetHint: 'gauge', positiveBuckets: [1], sum: 6 }),
  ];
  const { histograms } = withoutBuckets({
    labels: [Labels.EMPTY],
    offsets: Uint32Array.of(0, steps.length),
    timestampsMs: Float64Array.from(steps, (_, index) => index),
    values: new Float64Array(steps.length),
    histograms: steps,
    startTimestampsMs: undefined,
  });
  expect(
    histograms?.map((h) => [h?.counterResetHint, h?.count, h?.positiveBuckets.length]),
  ).toEqual([
    ['unknown', 3, 0],
    ['not_reset', 4, 0],
    ['reset', 5, 0],
    ['unknown', 0, 0],
    ['not_reset', 6, 0],
    ['gauge', 1, 0],
  ]);
});
