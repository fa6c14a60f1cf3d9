/** Changes in the lives of alerts as decisions to be kept. */
import type { AlertDecision } from '../../model/alert-decisions.ts';
import { alertFingerprint } from '../../model/alert-fingerprint.ts';
import { formatDurationMs } from '../../model/duration.ts';
import type { AlertChange, AlertingRule } from '../evaluation/alerting-rule.ts';
import { type MessageOptions, sentLabels } from './alert-messages.ts';

type LabelOptions = Pick<MessageOptions, 'externalLabels' | 'relabel'>;

/** @param ruleGroup key of the rule's group */
export function alertDecisions(
  rule: AlertingRule,
  ruleGroup: string,
  changes: readonly AlertChange[],
  options: LabelOptions,
): readonly AlertDecision[] {
  return changes.flatMap((change) => {
    const { kind, alert, atMs } = change;
    const sent = sentLabels(alert.labels, options);
    const labels = sent ?? alert.labels;
    const decision: AlertDecision = {
      atMs,
      fingerprint: alertFingerprint(labels),
      labels,
      kind,
      reason: reasonOf(change, rule),
      value: alert.value,
      ruleGroup,
      receiver: '',
      integration: '',
      groupKey: '',
      by: [],
      attemptCount: 0,
    };
    if (sent !== undefined || kind !== 'firing') return [decision];
    const reason = 'alert_relabel_configs drop it';
    return [decision, { ...decision, kind: 'not_sent', reason }];
  });
}

function reasonOf({ kind, alert }: AlertChange, rule: AlertingRule): string {
  const forText = formatDurationMs(rule.forMs);
  const since = `since ${new Date(alert.activeAtMs).toISOString()}`;
  switch (kind) {
    case 'pending':
      return `the expression gives it; it fires when that has lasted for ${forText}`;
    case 'firing':
      return rule.forMs === 0 ? 'the expression gives it' : `the expression gives it ${since}`;
    case 'kept_firing':
      return `the expression gives it no more; it goes on for ${formatDurationMs(rule.keepFiringForMs)}`;
    case 'firing_again':
      return 'the expression gives it again';
    case 'resolved':
      return 'the expression gives it no more';
    case 'cleared':
      return `the expression gives it no more, and had not given it for ${forText}`;
    case 'over_limit':
      return "its rule has more alerts than the group's limit: all of them end";
  }
}
