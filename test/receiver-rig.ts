/** What a receiver needs to be tested over real HTTP. */
import { HttpClient } from '../collector/http/http-client.ts';
import { readTlsOptions } from '../collector/http/tls-options.ts';
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import { Labels } from '../model/labels.ts';
import type { MessageExtrasSource } from '../notify/extras/message-extras.ts';
import type { Notification, NotifiedAlert, Notifier } from '../notify/notifier.ts';
import { type LoadedReceivers, loadReceivers } from '../notify/receivers/load-receivers.ts';
import { notificationConfig } from './notify-rig.ts';

const BODY_BYTES_MAX = 1024 * 1024;
export const FIRED_AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/**
 * The first integration of the first receiver.
 * @param text an alertmanager.yml
 */
export async function firstNotifier(text: string, extras?: MessageExtrasSource): Promise<Notifier> {
  return notifierOf(notificationConfig(text), extras);
}

/** @param section the entry of `webhook_configs` or the like, as YAML in one line */
export async function notifierOfSection(
  name: string,
  section: string,
  extras?: MessageExtrasSource,
): Promise<Notifier> {
  return firstNotifier(
    `route: {receiver: r}\nreceivers:\n- name: r\n  ${name}:\n  - ${section.replaceAll('\n', '\n    ')}\n`,
    extras,
  );
}

async function notifierOf(
  config: NotificationConfig,
  extras?: MessageExtrasSource,
): Promise<Notifier> {
  const { integrations } = await loadTestReceivers(config, extras);
  const [first] = integrations.values().next().value ?? [];
  if (first === undefined) throw new Error('no integration');
  return first.notifier;
}

/** As the program makes them, over real HTTP. */
export function loadTestReceivers(
  config: NotificationConfig,
  extras?: MessageExtrasSource,
): Promise<LoadedReceivers> {
  return loadReceivers('alertmanager.yml', config, {
    externalUrl: 'http://watchkeeper.example:9393',
    nowMs: Date.now,
    readTls: readTlsOptions,
    extras: extras && ((notification) => extras.of(notification)),
    createHttp: (http) => {
      const client = new HttpClient(http);
      return {
        request: (request) => client.request({ ...request, bodyBytesMax: BODY_BYTES_MAX }),
        close: () => client.close(),
      };
    },
  });
}

export function notifiedAlert(
  labels: Readonly<Record<string, string>>,
  more: Partial<NotifiedAlert> = {},
): NotifiedAlert {
  return {
    status: 'firing',
    labels: Labels.fromRecord(labels),
    annotations: Labels.EMPTY,
    startsAtMs: FIRED_AT_MS,
    endsAtMs: undefined,
    generatorUrl: 'http://prometheus.example/graph?g0.expr=up&g0.tab=1',
    fingerprint: '0123456789abcdef',
    ...more,
  };
}

export function notificationOf(
  alerts: readonly NotifiedAlert[],
  more: Partial<Notification> = {},
): Notification {
  return {
    receiver: 'team.x',
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    reason: 'first notification',
    groupLabels: Labels.fromRecord({ alertname: 'A' }),
    routeLabels: Labels.EMPTY,
    groupKey: '{}:{alertname="A"}',
    nowMs: FIRED_AT_MS + 30_000,
    id: 'message-1',
    data: {},
    ...more,
  };
}
