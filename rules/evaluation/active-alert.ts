/** One alert of a rule and where it is in its life. */
import type { Labels } from '../../model/labels.ts';

export type AlertState = 'inactive' | 'pending' | 'firing';
/** `unknown` before the first evaluation. */
export type RuleState = AlertState | 'unknown';

/** Times are slots, undefined while they have not come. */
export interface ActiveAlert {
  state: AlertState;
  /** Its identity; with `alertname`, without the metric's name. */
  readonly labels: Labels;
  /** Those of the last evaluation that gave the alert, as is the value. */
  annotations: Labels;
  value: number;
  activeAtMs: number;
  firedAtMs: number | undefined;
  resolvedAtMs: number | undefined;
  lastSentAtMs: number | undefined;
  /** Receivers may take the alert for resolved after this time. */
  validUntilMs: number | undefined;
  /** Since when it fires only because of `keep_firing_for`. */
  keepFiringSinceMs: number | undefined;
}

/** A resolved alert is kept, and told again and again, for so long. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

/** Times a receiver may miss us before it takes an alert for resolved. */
const VALID_INTERVALS = 4;

/** What may happen to an alert that the expression gives no more. */
export type Absence = 'drop' | 'resolved' | 'keeps-firing';

/** Moves an alert on that the expression does not give at this slot. */
export function passAbsence(
  alert: ActiveAlert,
  timestampMs: number,
  keepFiringForMs: number,
): Absence {
  if (alert.state === 'firing' && keepFiringForMs > 0) {
    alert.keepFiringSinceMs ??= timestampMs;
    if (timestampMs - alert.keepFiringSinceMs < keepFiringForMs) return 'keeps-firing';
  }
  const { resolvedAtMs } = alert;
  const isForgotten =
    resolvedAtMs !== undefined && timestampMs - resolvedAtMs > RESOLVED_RETENTION_MS;
  if (alert.state === 'pending' || isForgotten) return 'drop';
  if (alert.state !== 'inactive') {
    alert.state = 'inactive';
    alert.resolvedAtMs = timestampMs;
  }
  return 'resolved';
}

/** Pending alerts whose time has come fire; firing ones wait again when `for` was raised. */
export function passFor(alert: ActiveAlert, timestampMs: number, forMs: number): void {
  const heldMs = timestampMs - alert.activeAtMs;
  if (alert.state === 'pending' && heldMs >= forMs) {
    alert.state = 'firing';
    alert.firedAtMs = timestampMs;
  }
  if (alert.state === 'firing' && heldMs < forMs) {
    alert.state = 'pending';
    alert.firedAtMs = undefined;
    alert.lastSentAtMs = undefined;
    alert.keepFiringSinceMs = undefined;
  }
}

function needsSending(alert: ActiveAlert, timestampMs: number, resendDelayMs: number): boolean {
  if (alert.state === 'pending') return false;
  const lastSentMs = alert.lastSentAtMs ?? Number.NEGATIVE_INFINITY;
  if ((alert.resolvedAtMs ?? Number.NEGATIVE_INFINITY) > lastSentMs) return true;
  return lastSentMs + resendDelayMs < timestampMs;
}

/** @returns whether the alert is to be told at this slot; it then counts as told */
export function markSent(
  alert: ActiveAlert,
  timestampMs: number,
  resendDelayMs: number,
  intervalMs: number,
): boolean {
  if (!needsSending(alert, timestampMs, resendDelayMs)) return false;
  alert.lastSentAtMs = timestampMs;
  alert.validUntilMs = timestampMs + VALID_INTERVALS * Math.max(intervalMs, resendDelayMs);
  return true;
}
