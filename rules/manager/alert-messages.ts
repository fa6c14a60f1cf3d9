/** Alerts of rules as others are told of them. */
import type { Alert } from '../../model/alert.ts';
import type { Labels } from '../../model/labels.ts';
import type { ActiveAlert } from '../evaluation/active-alert.ts';

export interface MessageOptions {
  /** Added where an alert has no label of that name. */
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  /** `alert_relabel_configs`; undefined: the alert is not told. */
  readonly relabel: (labels: Labels) => Labels | undefined;
}

/** @param exprText the rule's expression in its canonical form */
export function alertMessages(
  alerts: readonly Readonly<ActiveAlert>[],
  exprText: string,
  nowMs: number,
  { externalLabels, externalUrl, relabel }: MessageOptions,
): readonly Alert[] {
  const generatorUrl = externalUrl + tableLink(exprText);
  return alerts.flatMap((alert) => {
    const labels = sentLabels(alert.labels, { externalLabels, relabel });
    if (labels === undefined) return [];
    const { annotations, firedAtMs, activeAtMs, resolvedAtMs, validUntilMs } = alert;
    return [
      {
        labels,
        annotations,
        startsAtMs: firedAtMs ?? activeAtMs,
        endsAtMs: resolvedAtMs ?? validUntilMs ?? nowMs,
        generatorUrl,
        updatedAtMs: nowMs,
        timesOut: false,
      },
    ];
  });
}

/** What receivers know the alert by; undefined: they are not told of it. */
export function sentLabels(
  labels: Labels,
  { externalLabels, relabel }: Pick<MessageOptions, 'externalLabels' | 'relabel'>,
): Labels | undefined {
  return relabel(withDefaults(labels, externalLabels));
}

function withDefaults(labels: Labels, defaults: Labels): Labels {
  let out = labels;
  for (const [name, value] of defaults.entries()) {
    if (!labels.has(name)) out = out.with(name, value);
  }
  return out;
}

/** The page that shows the expression's result as a table, as Prometheus links to it. */
export function tableLink(exprText: string): string {
  return `/graph?g0.expr=${escapeQuery(exprText)}&g0.tab=1`;
}

/** Go's `url.QueryEscape`. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
