/** Alerts and silences as the API shows them; fields in the original's order. */
import type { Alert } from '../../model/alert.ts';
import type { Labels } from '../../model/labels.ts';
import type { Acknowledgement } from '../../notify/acknowledgements.ts';
import type { AlertSilencers } from '../../notify/notification-engine.ts';
import { type Silence, silenceState } from '../../notify/silence.ts';

/** To the millisecond, zeros included. */
export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export function labelsJson(labels: Labels): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.entries());
}

export interface ShownAlert {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly silencers: AlertSilencers;
  readonly receivers: readonly string[];
  /** Names of the intervals that keep its group silent. */
  readonly mutedBy: readonly string[];
  readonly acknowledgement: Acknowledgement | undefined;
}

export function alertJson(shown: ShownAlert) {
  const { fingerprint, alert, silencers, receivers, mutedBy, acknowledgement } = shown;
  const { silencedBy, inhibitedBy } = silencers;
  const isSuppressed = silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
  return {
    annotations: labelsJson(alert.annotations),
    endsAt: timeText(alert.endsAtMs),
    fingerprint,
    receivers: receivers.map((name) => ({ name })),
    startsAt: timeText(alert.startsAtMs),
    status: {
      inhibitedBy,
      mutedBy,
      silencedBy,
      state: isSuppressed ? 'suppressed' : 'active',
    },
    updatedAt: timeText(alert.updatedAtMs),
    generatorURL: alert.generatorUrl === '' ? undefined : alert.generatorUrl,
    labels: labelsJson(alert.labels),
    // Ours; left out where there is none.
    acknowledgement: acknowledgement && acknowledgementJson(acknowledgement),
  };
}

/** As it is shown beside an alert. */
export function acknowledgementJson({ atMs, expiresAtMs, createdBy, comment }: Acknowledgement) {
  return {
    at: timeText(atMs),
    expiresAt: expiresAtMs === undefined ? undefined : timeText(expiresAtMs),
    createdBy,
    comment,
  };
}

export function silenceJson(silence: Silence, nowMs: number) {
  const { annotations } = silence;
  return {
    id: silence.id,
    status: { state: silenceState(silence, nowMs) },
    updatedAt: timeText(silence.updatedAtMs),
    annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
    comment: silence.comment,
    createdBy: silence.createdBy,
    endsAt: timeText(silence.endsAtMs),
    matchers: silence.matchers.map(({ type, name, value }) => ({
      isEqual: type === '=' || type === '=~',
      isRegex: type === '=~' || type === '!~',
      name,
      value,
    })),
    startsAt: timeText(silence.startsAtMs),
  };
}
