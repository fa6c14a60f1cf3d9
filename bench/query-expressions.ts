/** The expressions of `query`, over the pages of `bench/target-pages.ts`. */

export const RANGE_EXPRESSIONS: readonly string[] = [
  'x{instance="t3",pod="pod-3-7"}',
  'rate(x{job="j3"}[1m])',
  'sum by (namespace) (rate(x[1m]))',
  'sum by (namespace) (x)',
  'topk(10, sum by (pod) (rate(x[1m])))',
  'histogram_quantile(0.99, sum by (le) (rate(b_bucket[1m])))',
  'sum by (pod) (x{namespace=~"ns-1.*"})',
  'sum by (namespace) (rate(x[1m])) / on (namespace) sum by (namespace) (y)',
  'max by (namespace) (max_over_time(x[1m]))',
  'count({__name__=~".+"})',
];
