import { afterEach, describe, expect, test } from 'vitest';
import { noNotifications } from '../../config/alertmanager/no-notifications.ts';
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { monitor, OperatorRig } from '../../test/operator-rig.ts';
import { mergeNotifications } from './read-notification-object.ts';

const rigs: OperatorRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.objects.close();
});

async function rigOf(object: KubernetesObject, secrets: object = {}): Promise<OperatorRig> {
  const rig = new OperatorRig([object]);
  rigs.push(rig);
  rig.serve({ v1beta1: ['alertmanagerconfigs'] });
  const data = Object.fromEntries(
    Object.entries(secrets).map(([key, value]) => [
      key,
      Buffer.from(value as string).toString('base64'),
    ]),
  );
  rig.cluster.answers.set('/api/v1/namespaces/mon/secrets/s', { data });
  return rig.settle();
}

const secret = (key: string): object => ({ name: 's', key });
const RECEIVERS = [
  {
    name: 'all',
    webhookConfigs: [
      { urlSecret: secret('url'), sendResolved: false, maxAlerts: 3 },
      { url: 'http://h.test', httpConfig: { authorization: { credentials: secret('token') } } },
    ],
    slackConfigs: [
      {
        apiURL: secret('url'),
        channel: '#c',
        iconURL: 'http://i.test',
        fields: [{ title: 'a', value: 'b', short: true }],
        actions: [{ type: 'button', text: 't', name: 'n', confirm: { text: 'x', okText: 'y' } }],
      },
    ],
    pagerdutyConfigs: [
      {
        routingKey: secret('token'),
        clientURL: 'http://c.test',
        details: [{ key: 'k', value: 'v' }],
        pagerDutyLinkConfigs: [{ href: 'http://l.test', alt: 'text' }],
      },
    ],
    emailConfigs: [
      {
        to: 'a@b.test',
        from: 'c@d.test',
        smarthost: 'm.test:25',
        authPassword: secret('token'),
        requireTLS: false,
        headers: [{ key: 'Subject', value: 's' }],
      },
    ],
    telegramConfigs: [{ botToken: secret('token'), chatID: 5, message: 'm', parseMode: 'HTML' }],
    opsgenieConfigs: [{ apiKey: secret('token'), responders: [{ name: 'x', type: 'team' }] }],
    pushoverConfigs: [{ userKey: secret('token'), token: secret('token'), urlTitle: 't' }],
    msteamsv2Configs: [{ webhookURL: secret('url') }],
    discordConfigs: [{ apiURL: secret('url'), avatarURL: 'http://a.test' }],
    victoropsConfigs: [{ apiKey: secret('token'), routingKey: 'r' }],
    wechatConfigs: [{ apiSecret: secret('token'), corpID: 'c', agentID: '1' }],
    snsConfigs: [{ topicARN: 'arn:aws:sns:us-east-2:1:t', sigv4: { region: 'us-east-2' } }],
  },
];
const SECRETS = { url: 'https://hooks.test/x', token: 'hidden' };

describe('AlertmanagerConfig', () => {
  const spec = {
    route: {
      receiver: 'all',
      groupBy: ['job'],
      groupWait: '10s',
      matchers: [{ name: 'team', value: 'a|b', matchType: '=~' }],
      routes: [
        { receiver: 'all', muteTimeIntervals: ['night'], matchers: [{ name: 'x', value: 'y"' }] },
      ],
    },
    receivers: RECEIVERS,
    inhibitRules: [
      {
        sourceMatch: [{ name: 'a', value: '1' }],
        targetMatch: [{ name: 'b', value: '2' }],
        equal: ['c'],
      },
    ],
    timeIntervals: [
      {
        name: 'night',
        timeIntervals: [
          {
            times: [{ startTime: '22:00', endTime: '24:00' }],
            weekdays: ['Monday:Friday', 'Sunday'],
            daysOfMonth: [{ start: 1, end: 5 }, { start: 9 }],
            months: ['January:March'],
            years: ['2030'],
          },
        ],
      },
    ],
  };

  test('is kept to its cluster and namespace, its names to itself', async () => {
    const rig = await rigOf(monitor('AlertmanagerConfig', spec), SECRETS);
    expect(rig.status()).toEqual({ 'AlertmanagerConfig mon/app': [] });
    const [config] = rig.objects.notifications();
    const name = 'prod/mon/app/all';
    const [route] = config?.route.routes ?? [];
    expect(route).toMatchObject({
      receiver: name,
      continue: true,
      groupBy: ['job'],
      groupWaitMs: 10_000,
      routes: [{ receiver: name, muteTimeIntervals: ['prod/mon/app/night'] }],
    });
    expect(route?.matchers.map(String)).toEqual([
      'cluster="prod"',
      'namespace="mon"',
      'team=~"a|b"',
    ]);
    expect(config?.receivers.map((one) => [one.name, one.integrations.length])).toEqual([
      [name, 13],
    ]);
    const [rule] = config?.inhibitRules ?? [];
    expect([
      rule?.sourceMatchers.map(String),
      rule?.targetMatchers.map(String),
      rule?.equal,
    ]).toEqual([
      ['a="1"', 'cluster="prod"', 'namespace="mon"'],
      ['b="2"', 'cluster="prod"', 'namespace="mon"'],
      ['c'],
    ]);
    expect(config?.timeIntervals).toMatchObject([
      {
        name: 'prod/mon/app/night',
        intervals: [
          {
            times: [{ startMinute: 1320, endMinute: 1440 }],
            weekdays: [
              { begin: 1, end: 5 },
              { begin: 0, end: 0 },
            ],
            daysOfMonth: [
              { begin: 1, end: 5 },
              { begin: 9, end: 9 },
            ],
          },
        ],
      },
    ]);
    expect(JSON.stringify(rig.objects.status('prod'))).not.toContain('hidden');
    expect(config?.original).not.toContain('hidden');
  });

  test('joins what the configuration says', async () => {
    const rig = await rigOf(monitor('AlertmanagerConfig', spec), SECRETS);
    const base: NotificationConfig = noNotifications();
    const merged = mergeNotifications(base, rig.objects.notifications());
    expect(merged.route.receiver).toBe(base.route.receiver);
    expect(merged.route.routes).toHaveLength(base.route.routes.length + 1);
    expect(merged.receivers).toHaveLength(base.receivers.length + 1);
    expect(mergeNotifications(base, [])).toBe(base);
  });

  test.each([
    [{ route: { receiver: 'none' }, receivers: [{ name: 'all' }] }, /undefined receiver/],
    [
      { route: { receiver: 'all' }, receivers: [{ name: 'all', slackConfigs: [{ colour: 'x' }] }] },
      /colour|slack/,
    ],
    [{ route: { receiver: 'all' }, receivers: 'x' }, /receivers is no list/],
    [
      {
        route: { receiver: 'all' },
        receivers: [{ name: 'all', telegramConfigs: [{ botTokenFile: '/t', chatID: 1 }] }],
      },
      /bot_token_file: this cluster's objects may name no files/,
    ],
    [
      {
        route: { receiver: 'all' },
        receivers: [{ name: 'all', webhookConfigs: [{ urlSecret: secret('no') }] }],
      },
      /Secret mon\/s has no key no/,
    ],
  ])('%j is told', async (wrong, error) => {
    const rig = await rigOf(monitor('AlertmanagerConfig', wrong));
    expect(rig.objects.notifications()).toEqual([]);
    expect(rig.status()['AlertmanagerConfig mon/app']?.join('\n')).toMatch(error);
  });
});
