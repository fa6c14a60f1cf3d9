/** The seam between those who find alerts (rules, the API) and those who tell people (notify). */
import type { Labels } from './labels.ts';

/** One alert at one time. Its identity is its labels. Immutable. */
export interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** The alert is resolved from this time on, whether or not anything arrives: `endsAtMs <= now`. */
  readonly endsAtMs: number;
  /** Where the alert comes from, as a link; '' when unknown. */
  readonly generatorUrl: string;
  /** When its source last spoke of it; of two versions of an alert the younger one counts. */
  readonly updatedAtMs: number;
  /** `endsAtMs` was not given by the source: it is when we take the alert for resolved if nothing more comes. */
  readonly timesOut: boolean;
}

/** Takes alerts. Each call brings some alerts, not all there are; an alert is repeated while it lasts. */
export interface AlertSink {
  send(alerts: readonly Alert[]): void;
}

export function isResolvedAt(alert: Pick<Alert, 'endsAtMs'>, nowMs: number): boolean {
  return alert.endsAtMs <= nowMs;
}
