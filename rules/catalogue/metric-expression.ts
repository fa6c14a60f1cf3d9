/** The expression under which a metric is recorded: its sources, one after the other. */
import type { CatalogueMetric } from './catalogue-metric.ts';
import { expandMacros } from './expand-macros.ts';

/**
 * Sources are joined object by object: a fallback counts for objects of which no source before it
 * has a row, so nothing is counted twice where several are scraped.
 */
export function metricExpression(metric: CatalogueMetric, windowMs: number): string {
  const own = [...metric.identity, ...(metric.labels ?? [])];
  const fallbacks = metric.fallbacks ?? [];
  if (fallbacks.length === 0) return expandMacros(metric.expr, windowMs);
  const joined = fallbacks.map(({ on = own, expr }) => `or on (${on.join(',')}) (${expr})`);
  return expandMacros(`(${metric.expr}) ${joined.join(' ')}`, windowMs);
}
