/** What a rule asks and what it gets: an instant vector, each sample by itself. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';
import type { Engine } from '../../promql/engine/engine.ts';
import { executionError } from '../../promql/engine/query-error.ts';

export interface RuleSample {
  readonly labels: Labels;
  /** 0 when there is a histogram. */
  readonly value: number;
  readonly histogram?: FloatHistogram;
}

/** @throws QueryError and what the store throws; the rule's evaluation has then failed */
export type RuleQuery = (
  expr: string | Expr,
  timeMs: number,
  signal: AbortSignal,
) => Promise<readonly RuleSample[]>;

/** Queries as rules make them: a scalar is one sample without labels. */
export function engineQuery(engine: Engine): RuleQuery {
  return async (expr, timeMs, signal) => {
    const { value } = await engine.instant({ expr, timeMs }, signal);
    if (value.kind === 'scalar') return [{ labels: Labels.EMPTY, value: value.value }];
    if (value.kind !== 'vector') throw executionError('rule result is not a vector or scalar');
    const { labels, values, histograms } = value;
    return labels.map((one, index) => {
      const histogram = histograms?.[index];
      return histogram === undefined
        ? { labels: one, value: values[index] as number }
        : { labels: one, value: 0, histogram };
    });
  };
}
