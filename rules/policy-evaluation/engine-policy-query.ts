/** What the evaluator of policies asks, of the PromQL engine. */
import { Labels } from '../../model/labels.ts';
import type { Engine } from '../../promql/engine/engine.ts';
import { executionError } from '../../promql/engine/query-error.ts';
import type { PolicyQuery } from './policy-evaluator.ts';

export function enginePolicyQuery(engine: Engine): PolicyQuery {
  return {
    async range(expr, startMs, endMs, stepMs, signal) {
      const { value } = await engine.range({ expr, startMs, endMs, stepMs }, signal);
      return value.kind === 'matrix' ? value.series : [];
    },
    async instant(expr, timeMs, lookbackMs, signal) {
      const lookback = lookbackMs === undefined ? {} : { lookbackMs };
      const { value } = await engine.instant({ expr, timeMs, ...lookback }, signal);
      if (value.kind === 'scalar') return [{ labels: Labels.EMPTY, value: value.value }];
      if (value.kind !== 'vector') throw executionError('a policy asks for vectors');
      return value.labels.map((labels, at) => ({ labels, value: value.values[at] as number }));
    },
  };
}
