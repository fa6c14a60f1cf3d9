/** A group as a file has it becomes one that can be evaluated. */
import type { Labels } from '../../model/labels.ts';
import type { RuleGroupConfig } from '../file/rule-file.ts';
import { nativeResults } from '../policy-evaluation/native-results.ts';
import { type AlertingContext, AlertingRule } from './alerting-rule.ts';
import { RecordingRule } from './recording-rule.ts';
import { type GroupContext, groupKey, type Rule, RuleGroup } from './rule-group.ts';
import { ruleWarnings } from './rule-warnings.ts';

export interface BuildOptions {
  readonly file: string;
  readonly defaultIntervalMs: number;
  readonly externalLabels: Labels;
  /** '' or without a slash at its end. */
  readonly externalUrl: string;
  /** True: the alerts have no past that is to be looked up. */
  readonly isRestored: boolean;
}

export function buildGroup(
  config: RuleGroupConfig,
  options: BuildOptions,
  context: GroupContext,
): RuleGroup {
  const { file, externalLabels, externalUrl, isRestored } = options;
  const { name, limit, queryOffsetMs } = config;
  const intervalMs = config.intervalMs === 0 ? options.defaultIntervalMs : config.intervalMs;
  const logger = context.logger.with({ file, group: name });
  const { templateExpansions, templateFailures } = context.metrics.all;
  const alerting: AlertingContext = {
    externalLabels,
    externalUrl,
    groupKey: groupKey(file, name),
    intervalMs,
    onExpansion: () => templateExpansions.inc(),
    onTemplateError: (alert, error) => {
      templateFailures.inc();
      logger.warn('expanding an alert template failed', { alert, error: error.message });
    },
    onChanges: (rule, changes) => context.onChanges?.(rule, groupKey(file, name), changes),
  };
  const native = nativeResults(config.rules, context.policyQuery);
  const rules = config.rules.map(
    (rule): Rule =>
      rule.alert === ''
        ? new RecordingRule(rule)
        : new AlertingRule(rule, alerting, isRestored, native.get(rule)),
  );
  for (const [index, warnings] of ruleWarnings(rules).entries()) {
    const rule = rules[index];
    if (rule !== undefined) rule.warnings = warnings;
  }
  const environment = JSON.stringify([externalLabels.pairs, externalUrl]);
  return new RuleGroup(
    { file, name, intervalMs, queryOffsetMs, limit, rules, environment },
    { ...context, logger },
  );
}
