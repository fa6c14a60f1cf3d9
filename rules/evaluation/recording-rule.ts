/** A recording rule: the result of its expression under a name of its own. */
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import { BaseRule, RuleError, type RuleEvaluation } from './rule.ts';
import type { RuleSample } from './rule-query.ts';

export class RecordingRule extends BaseRule {
  readonly kind = 'recording';

  async evaluate(evaluation: RuleEvaluation): Promise<readonly RuleSample[]> {
    const { timestampMs, queryOffsetMs, limit, query, signal } = evaluation;
    const result = await query(this.expr, timestampMs - queryOffsetMs, signal);
    const seen = new Set<string>();
    const samples = result.map((sample) => {
      const labels = this.#labelsOf(sample.labels);
      seen.add(labels.key);
      return { ...sample, labels };
    });
    if (seen.size < samples.length) {
      throw new RuleError(
        'vector contains metrics with the same labelset after applying rule labels',
      );
    }
    if (limit > 0 && samples.length > limit) {
      throw new RuleError(`exceeded limit of ${limit} with ${samples.length} series`);
    }
    return samples;
  }

  #labelsOf(labels: Labels): Labels {
    let out = labels.with(METRIC_NAME, this.name);
    for (const [name, value] of this.labels) out = out.with(name, value);
    return out;
  }
}
