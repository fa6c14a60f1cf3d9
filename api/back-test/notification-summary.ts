/** How often whom: the messages of a back-test, counted. */

import { WallClocks } from '../../model/wall-time.ts';
import type { SimulatedNotification, Simulation } from '../../notify/simulate-notifications.ts';
import type { BackTestRequest } from './back-test-request.ts';

export interface ReceiverCount {
  readonly receiver: string;
  readonly integration: string;
  readonly count: number;
  /** Of them. */
  readonly atNight: number;
}

export interface NotificationSummary {
  /** `14 mails to team-a, 3 at night`, one per receiver. */
  readonly text: readonly string[];
  readonly receivers: readonly ReceiverCount[];
  readonly suppressed: Simulation['suppressed'];
  /** The first of them, in order of time. */
  readonly list: readonly unknown[];
  readonly isCut: boolean;
}

const LIST_MAX = 500;
const ALERTS_SHOWN_MAX = 20;

type Night = Pick<BackTestRequest, 'timezone' | 'nightStartMinute' | 'nightEndMinute'>;

export function notificationSummary(simulation: Simulation, night: Night): NotificationSummary {
  const { notifications, suppressed, isCut } = simulation;
  const isAtNight = nightTest(night);
  const groups = Map.groupBy(notifications, ({ receiver, integration }) =>
    JSON.stringify([receiver, integration]),
  );
  const receivers = [...groups.values()].map((sent): ReceiverCount => {
    const { receiver = '', integration = '' } = sent[0] ?? {};
    const atNight = sent.filter(({ atMs }) => isAtNight(atMs)).length;
    return { receiver, integration, count: sent.length, atNight };
  });
  receivers.sort((a, b) => b.count - a.count);
  return {
    text: receivers.map(countText),
    receivers,
    suppressed,
    list: notifications.slice(0, LIST_MAX).map(notificationJson),
    isCut,
  };
}

export function nightTest({
  timezone,
  nightStartMinute,
  nightEndMinute,
}: Night): (atMs: number) => boolean {
  const clocks = new WallClocks();
  return (atMs) => {
    const { minuteOfDay } = clocks.at(atMs, timezone);
    return nightStartMinute <= nightEndMinute
      ? minuteOfDay >= nightStartMinute && minuteOfDay < nightEndMinute
      : minuteOfDay >= nightStartMinute || minuteOfDay < nightEndMinute;
  };
}

function countText({ receiver, integration, count, atNight }: ReceiverCount): string {
  const one = integration === 'email' ? 'mail' : `${integration} message`;
  return `${count} ${one}${count === 1 ? '' : 's'} to ${receiver}, ${atNight} at night`;
}

function notificationJson(one: SimulatedNotification): unknown {
  return {
    at: new Date(one.atMs).toISOString(),
    receiver: one.receiver,
    integration: one.integration,
    reason: one.reason,
    groupLabels: Object.fromEntries(one.groupLabels.entries()),
    firing: one.firingCount,
    resolved: one.resolvedCount,
    alerts: one.alerts
      .slice(0, ALERTS_SHOWN_MAX)
      .map((labels) => Object.fromEntries(labels.entries())),
  };
}
