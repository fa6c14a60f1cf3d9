/** Alerts as others send them, made complete and checked. */
import type { Alert } from '../model/alert.ts';
import { Labels, quoteGo } from '../model/labels.ts';

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number | undefined;
  readonly endsAtMs: number | undefined;
  readonly generatorUrl: string;
}

export interface AcceptedAlerts {
  readonly alerts: readonly Alert[];
  /** What is wrong with the others, in Alertmanager's words. */
  readonly problems: readonly string[];
}

/** @param resolveTimeoutMs what counts as its validity when a sender says nothing */
export function acceptAlerts(
  posted: readonly PostedAlert[],
  nowMs: number,
  resolveTimeoutMs: number,
): AcceptedAlerts {
  const alerts: Alert[] = [];
  const problems: string[] = [];
  for (const each of posted) {
    const alert = complete(each, nowMs, resolveTimeoutMs);
    const problem = problemOf(each, alert);
    if (problem === undefined) alerts.push(alert);
    else problems.push(problem);
  }
  return { alerts, problems };
}

function complete(posted: PostedAlert, nowMs: number, resolveTimeoutMs: number): Alert {
  const { startsAtMs, endsAtMs } = posted;
  return {
    labels: Labels.fromRecord(posted.labels),
    annotations: Labels.fromRecord(posted.annotations),
    startsAtMs: startsAtMs ?? endsAtMs ?? nowMs,
    endsAtMs: endsAtMs ?? nowMs + resolveTimeoutMs,
    generatorUrl: posted.generatorUrl,
    updatedAtMs: nowMs,
    timesOut: endsAtMs === undefined,
  };
}

function problemOf(posted: PostedAlert, alert: Alert): string | undefined {
  if (alert.endsAtMs < alert.startsAtMs) return 'start time must be before end time';
  if (alert.labels.size === 0) return 'at least one label pair required';
  const labels = labelProblem(Object.entries(posted.labels));
  if (labels !== undefined) return `invalid label set: ${labels}`;
  const annotations = labelProblem(Object.entries(posted.annotations));
  return annotations === undefined ? undefined : `invalid annotations: ${annotations}`;
}

function labelProblem(entries: readonly (readonly [string, string])[]): string | undefined {
  for (const [name, value] of entries) {
    if (name === '' || !name.isWellFormed()) return `invalid name ${quoteGo(name)}`;
    if (!value.isWellFormed()) return `invalid value ${quoteGo(value)}`;
  }
  return undefined;
}
