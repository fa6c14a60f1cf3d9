/** Alarm policies as the API shows them. */
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import { printExpr } from '../../promql/parser/print.ts';
import type { RuleGroup } from '../../rules/evaluation/rule-group.ts';
import { missingReceivers } from '../../rules/policy/compile-notifications.ts';
import type { CompiledPolicy } from '../../rules/policy/compile-policy.ts';
import { policyFileName } from '../../rules/policy/compile-policy.ts';
import type { KnownPolicy } from '../../rules/policy/policy-registry.ts';
import { writePolicy } from '../../rules/policy/write-policy.ts';

/** What runs of a policy. */
export interface PolicySurroundings {
  readonly groups: readonly RuleGroup[];
  readonly config: NotificationConfig;
  readonly eventFiringCount: number;
}

/** The tree that `PUT` takes back, with what the program says of it under `status`. */
export function policyJson(
  { policy, revision, updatedMs }: KnownPolicy,
  { groups, config, eventFiringCount }: PolicySurroundings,
): Readonly<Record<string, unknown>> {
  const tree = writePolicy(policy);
  const group = groups.find(({ file }) => file === policyFileName(policy.id));
  const rules = group?.alertingRules ?? [];
  const alerts = rules.flatMap(({ activeAlerts }) => activeAlerts);
  const firing = eventFiringCount + alerts.filter(({ state }) => state === 'firing').length;
  const lastError = rules.find((rule) => rule.lastError !== '')?.lastError;
  const missing = missingReceivers(policy, config);
  return {
    ...tree,
    metadata: { ...(tree['metadata'] as object), revision },
    status: {
      ...(updatedMs === 0 ? {} : { updatedAt: new Date(updatedMs).toISOString() }),
      ruleGroup: group?.name,
      state: firing > 0 ? 'firing' : policy.enabled ? 'ok' : 'disabled',
      pending: alerts.filter(({ state }) => state === 'pending').length,
      firing,
      ...(lastError === undefined ? {} : { lastError }),
      ...(missing.length === 0
        ? {}
        : { warnings: missing.map((name) => `there is no receiver ${JSON.stringify(name)}`) }),
    },
  };
}

/** What a policy is compiled to. */
export function compiledJson({ file, isNative }: CompiledPolicy): unknown {
  return {
    evaluatedBy: isNative ? 'datapoints' : 'promql',
    rules: file.groups.flatMap(({ rules }) =>
      rules.map((rule) => ({
        alert: rule.alert,
        expr: printExpr(rule.expr),
        labels: Object.fromEntries(rule.labels),
        annotations: Object.fromEntries(rule.annotations),
      })),
    ),
  };
}
