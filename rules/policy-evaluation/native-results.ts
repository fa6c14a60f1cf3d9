/** Rules of policies with the evaluators that give them their results. */
import type { NativeResults } from '../evaluation/alerting-rule.ts';
import type { RuleConfig } from '../file/rule-file.ts';
import type { NativePlan } from '../policy/native-plan.ts';
import { PolicyEvaluator, type PolicyQuery } from './policy-evaluator.ts';

/** One evaluator for all rules of a policy; the first of them writes the states. */
export function nativeResults(
  rules: readonly RuleConfig[],
  query: PolicyQuery | undefined,
): ReadonlyMap<RuleConfig, NativeResults> {
  const evaluators = new Map<NativePlan, PolicyEvaluator>();
  const results = new Map<RuleConfig, NativeResults>();
  for (const rule of rules) {
    if (rule.native === undefined || query === undefined) continue;
    const { plan, output } = rule.native;
    const known = evaluators.get(plan);
    const evaluator = known ?? new PolicyEvaluator(plan, query);
    evaluators.set(plan, evaluator);
    const place = plan.outputs.indexOf(output);
    results.set(rule, {
      evaluate: async (timeMs, signal) => {
        const { outputs, states } = await evaluator.evaluate(timeMs, signal);
        return { samples: outputs[place] ?? [], states: known === undefined ? states : [] };
      },
    });
  }
  return results;
}
