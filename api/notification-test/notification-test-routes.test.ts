import { describe, expect, onTestFinished, test } from 'vitest';
import { messageSink } from '../../test/message-sink.ts';
import { NotifyRig, notificationConfig } from '../../test/notify-rig.ts';
import { loadTestReceivers } from '../../test/receiver-rig.ts';
import { errorResponse } from '../prometheus/envelope.ts';
import { notificationTestRoutes } from './notification-test-routes.ts';

async function rig() {
  const sink = await messageSink(({ path }) =>
    path === '/slack' ? { body: 'invalid_token' } : { status: 202, body: 'taken' },
  );
  const text = `
route:
  receiver: both
  group_by: [cluster]
  routes:
  - {receiver: hook, matchers: [alertname="DiskFull"], continue: true}
  - {receiver: night, matchers: [alertname="DiskFull"], mute_time_intervals: [always]}
receivers:
- name: both
  webhook_configs: [{url: "${sink.url}/hook"}]
  slack_configs: [{api_url: "${sink.url}/slack", channel: c}]
- name: hook
  webhook_configs: [{url: "${sink.url}/hook2"}]
- name: night
  webhook_configs: [{url: "${sink.url}/night"}]
inhibit_rules:
- {source_matchers: [alertname="source"], target_matchers: [alertname="target"]}
time_intervals:
- {name: always, time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]}
`;
  const config = notificationConfig(text);
  const notify = await new NotifyRig().start(text);
  const receivers = await loadTestReceivers(config);
  onTestFinished(() => receivers.close());
  const { integrations, templates } = receivers;
  const { engine, clock } = notify;
  const source = { engine, config, integrations, templates, externalUrl: 'http://w' };
  const app = notificationTestRoutes({ source, now: clock.nowMs });
  app.onError((error, c) => errorResponse(c, error, () => undefined));
  const post = async (path: string, body: unknown = '') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.request(path, { method: 'POST', body: text });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { post, sink, notify };
}

describe('POST receivers/:name/test', () => {
  test('tries each integration once and says what was answered', async () => {
    const { post, sink, notify } = await rig();
    const { status, body } = await post('/receivers/both/test');
    expect(status).toBe(200);
    expect(body['data']).toEqual({
      receiver: 'both',
      integrations: [
        {
          integration: 'webhook[0]',
          status: 'sent',
          durationMs: expect.any(Number) as number,
          answers: [{ status: 202, text: 'taken' }],
        },
        {
          integration: 'slack[0]',
          status: 'failed',
          durationMs: expect.any(Number) as number,
          message: 'channel "c": received an error response from Slack: invalid_token',
          answers: [{ status: 200, text: 'invalid_token' }],
        },
      ],
    });
    const hook = sink.received.find(({ path }) => path === '/hook');
    expect(hook?.json).toMatchObject({
      receiver: 'both',
      groupKey: '{}:{test="TEST"}',
      commonLabels: { alertname: 'TEST', test: 'TEST' },
      commonAnnotations: {
        summary: 'TEST: somebody tries whether messages arrive, nothing is wrong',
      },
    });
    expect([...notify.engine.alerts()]).toEqual([]);
  });

  test('over, too: a receiver that does not want to know is left alone', async () => {
    const { post, sink } = await rig();
    const { body } = await post('/receivers/both/test', { status: 'resolved' });
    expect(body['data']).toMatchObject({
      integrations: [{ status: 'sent' }, { integration: 'slack[0]', status: 'skipped' }],
    });
    expect(sink.received.map(({ path, json }) => [path, json['status']])).toEqual([
      ['/hook', 'resolved'],
    ]);
  });

  test.each([
    ['/receivers/nope/test', '', 404, 'there is no receiver "nope"'],
    ['/receivers/both/test', '[]', 400, 'the body is no JSON object'],
    ['/receivers/both/test', { labels: { a: 1 } }, 400, 'labels.a: a text'],
    ['/receivers/both/test', { labels: [] }, 400, 'labels: an object of texts'],
    ['/receivers/both/test', { label: {} }, 400, 'label: there is no such field'],
    ['/receivers/both/test', { status: 'x' }, 400, 'status: firing or resolved'],
    ['/alerts/test', '', 400, 'labels: an alert has at least one'],
  ])('%s %j is refused', async (path, body, status, error) => {
    const { post, sink } = await rig();
    expect(await post(path, body)).toMatchObject({ status, body: { error } });
    expect(sink.received).toEqual([]);
  });
});

describe('POST alerts/test', () => {
  test("goes the alert's own way, marked, and says where it was kept back", async () => {
    const { post, sink } = await rig();
    const labels = { alertname: 'DiskFull', cluster: 'c' };
    const { body } = await post('/alerts/test', { labels, annotations: { summary: 'full' } });
    expect(body['data']).toMatchObject({
      silencedBy: [],
      inhibitedBy: [],
      routes: [
        {
          receiver: 'hook',
          route: '{}/{alertname="DiskFull"}',
          groupKey: '{}/{alertname="DiskFull"}:{cluster="c", test="TEST"}',
          mutedBy: [],
          integrations: [{ integration: 'webhook[0]', status: 'sent' }],
        },
        { receiver: 'night', mutedBy: ['always'], integrations: [] },
      ],
    });
    expect(sink.received.map(({ path }) => path)).toEqual(['/hook2']);
    expect(sink.received[0]?.json).toMatchObject({
      commonLabels: { alertname: 'TEST: DiskFull', cluster: 'c', test: 'TEST' },
      commonAnnotations: { summary: 'TEST: full' },
    });
  });

  test('a silence keeps it back', async () => {
    const { post, sink, notify } = await rig();
    const nowMs = notify.clock.nowMs();
    const { id } = notify.engine.silences.set({
      id: '',
      matchers: [{ type: '=', name: 'alertname', value: 'DiskFull' }],
      startsAtMs: nowMs,
      endsAtMs: nowMs + 60_000,
      createdBy: 'me',
      comment: 'c',
    });
    const { body } = await post('/alerts/test', { labels: { alertname: 'DiskFull' } });
    expect(body['data']).toMatchObject({ silencedBy: [id] });
    expect(sink.received).toEqual([]);
  });
});
