/** The alerts of a rule as text that outlives the process, and back. */
import { Labels } from '../../model/labels.ts';
import type { ActiveAlert } from './active-alert.ts';

/** Pairs of labels, and a value as text: JSON has no NaN. */
interface AlertJson extends Omit<ActiveAlert, 'labels' | 'annotations' | 'value'> {
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  readonly value: string;
}

interface StateJson {
  readonly savedAtMs: number;
  readonly alerts: readonly AlertJson[];
}

export interface SavedAlerts {
  /** The slot of the evaluation after which it was saved. */
  readonly savedAtMs: number;
  readonly alerts: readonly ActiveAlert[];
}

export function encodeAlerts(alerts: Iterable<ActiveAlert>, savedAtMs: number): string {
  const json: StateJson = {
    savedAtMs,
    alerts: Array.from(alerts, (alert) => ({
      ...alert,
      labels: alert.labels.pairs,
      annotations: alert.annotations.pairs,
      value: String(alert.value),
    })),
  };
  return JSON.stringify(json);
}

/** @returns undefined for what cannot be read: it counts as absent */
export function decodeAlerts(text: string): SavedAlerts | undefined {
  try {
    const { savedAtMs, alerts } = JSON.parse(text) as StateJson;
    if (typeof savedAtMs !== 'number') return undefined;
    return { savedAtMs, alerts: alerts.map(decodeAlert) };
  } catch {
    return undefined;
  }
}

function decodeAlert(json: AlertJson): ActiveAlert {
  return {
    state: json.state,
    labels: Labels.fromPairs(json.labels),
    annotations: Labels.fromPairs(json.annotations),
    value: Number(json.value),
    activeAtMs: json.activeAtMs,
    // What is undefined is left out of JSON.
    firedAtMs: json.firedAtMs,
    resolvedAtMs: json.resolvedAtMs,
    lastSentAtMs: json.lastSentAtMs,
    validUntilMs: json.validUntilMs,
    keepFiringSinceMs: json.keepFiringSinceMs,
  };
}

/** Equal for alerts whose lives are at the same point, whatever their values are. */
export function lifeText(alerts: Iterable<ActiveAlert>): string {
  const parts: string[] = [];
  for (const alert of alerts) {
    const { labels, state, activeAtMs, resolvedAtMs, lastSentAtMs, keepFiringSinceMs } = alert;
    parts.push(
      `${labels.key} ${state} ${activeAtMs} ${resolvedAtMs} ${lastSentAtMs} ${keepFiringSinceMs}`,
    );
  }
  return parts.join('\n');
}
