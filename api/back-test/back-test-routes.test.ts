import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { TestStore } from '../../rules/unit-test/test-store.ts';
import { notificationConfig } from '../../test/notify-rig.ts';
import { ruleFile } from '../../test/rule-rig.ts';
import { errorResponse } from '../prometheus/envelope.ts';
import { backTestRoutes } from './back-test-routes.ts';

const END_MS = Date.UTC(2026, 0, 2);
const MINUTE_MS = 60_000;

/** High from 20:00 to 20:30, and from 23:00 to 23:20. */
function source(): TestStore {
  const samples = Array.from({ length: 24 * 60 }, (_, minute) => {
    const isHigh = (minute >= 1200 && minute < 1230) || (minute >= 1380 && minute < 1400);
    return {
      timestampMs: END_MS - 86_400_000 + minute * MINUTE_MS,
      startTimestampMs: 0,
      point: { kind: 'float', value: isHigh ? 5 : 1 } as const,
    };
  });
  const alert = samples
    .slice(1200, 1230)
    .map((one) => ({ ...one, point: { kind: 'float', value: 1 } as const }));
  const labels = { alertname: 'A', alertstate: 'firing', team: 'b' };
  const store = new TestStore([
    { labels: Labels.fromRecord({ __name__: 'm', team: 'a' }), samples },
    { labels: Labels.fromRecord({ __name__: 'ALERTS', ...labels }), samples: alert },
  ]);
  store.reveal(END_MS);
  return store;
}

const CONFIG = `
route: {receiver: team-a, group_wait: 30s, group_interval: 5m, repeat_interval: 4h}
receivers: [{name: team-a, webhook_configs: [{url: 'http://here/', send_resolved: true}]}]
`;

function app(): Hono {
  const api = new Hono();
  api.onError((error, c) =>
    errorResponse(c, error, (bug) => {
      throw bug;
    }),
  );
  return api.route(
    '/',
    backTestRoutes({
      source: source(),
      engine: ENGINE_DEFAULTS,
      settings: () => ({
        evaluationIntervalMs: MINUTE_MS,
        queryOffsetMs: 0,
        externalLabels: Labels.EMPTY,
        externalUrl: 'http://here',
        relabelAlert: (labels) => labels,
      }),
      resendDelayMs: MINUTE_MS,
      notifications: () => ({ config: notificationConfig(CONFIG), silences: [] }),
      known: {
        options: {
          parser: ENGINE_DEFAULTS.parser,
          nameValidation: 'utf8',
          ignoreUnknownFields: false,
        },
        files: () => [
          ruleFile('groups: [{name: g, rules: [{alert: Runs, expr: m > 4}]}]', 'r.yml'),
        ],
        compile: () => ruleFile('groups: [{name: p, rules: [{alert: Policy, expr: m > 4}]}]'),
      },
      now: () => END_MS,
    }),
  );
}

interface Answer {
  readonly code: number;
  readonly error?: string;
  readonly data: {
    readonly id: string;
    readonly result: {
      readonly rules: readonly {
        readonly alerts: readonly { readonly intervals: readonly { readonly firedAt: string }[] }[];
      }[];
      readonly notifications: { readonly text: readonly string[] };
      readonly notificationsNow: { readonly text: readonly string[] };
    };
  };
}

async function post(body: unknown, api = app(), path = '/backtest?wait=30'): Promise<Answer> {
  const response = await api.request(path, { method: 'POST', body: JSON.stringify(body) });
  return { ...((await response.json()) as Omit<Answer, 'code'>), code: response.status };
}

const RULES = 'groups: [{name: g, rules: [{alert: High, expr: m > 4, for: 5m}]}]';

describe('POST /backtest', () => {
  test('a file of rules: when alerts were firing, and who would have been told', async () => {
    const { data } = await post({ rules: RULES });
    expect(data).toMatchObject({ state: 'done', progress: 1 });
    const [rule] = data.result.rules;
    expect(rule).toMatchObject({ rule: 'High', fired: 2, pendingOnly: 0 });
    expect(rule?.alerts).toMatchObject([{ labels: { alertname: 'High', team: 'a' } }]);
    expect(rule?.alerts[0]?.intervals[0]?.firedAt).toMatch(/^2026-01-01T20:0[56]:/);
    // Firing and resolved, twice; the second time at night.
    expect(data.result.notifications.text).toEqual(['4 webhook messages to team-a, 2 at night']);
  });

  test('night is where people are', async () => {
    const { data } = await post({
      rules: RULES,
      notifications: { timezone: 'America/Los_Angeles' },
    });
    expect(data.result.notifications.text).toEqual(['4 webhook messages to team-a, 0 at night']);
  });

  test('another routing beside that in force', async () => {
    const config = CONFIG.replaceAll('team-a', 'nobody')
      .replace('webhook_configs: [{', 'webhook_configs: [{send_resolved: false, ')
      .replace(', send_resolved: true', '');
    const { data } = await post({ rules: RULES, notifications: { config } });
    expect(data.result.notifications.text).toEqual(['2 webhook messages to nobody, 1 at night']);
    expect(data.result.notificationsNow.text).toEqual(['4 webhook messages to team-a, 2 at night']);
  });

  test('a silence over the alerts that were found', async () => {
    const silences = [{ matchers: [{ name: 'team', value: 'b' }] }];
    const { data } = await post({ alerts: 'stored', notifications: { silences } });
    expect(data.result.rules).toMatchObject([{ rule: 'A', fired: 1 }]);
    expect(data.result.notifications).toMatchObject({
      text: [],
      suppressed: { silence: expect.any(Number) as number },
    });
    expect(data.result.notificationsNow.text).toEqual(['2 webhook messages to team-a, 0 at night']);
  });

  test('a rule that runs, and a policy', async () => {
    const running = await post({ file: 'r.yml', group: 'g', rule: 'Runs' });
    expect(running.data.result.rules).toMatchObject([{ rule: 'Runs', fired: 2 }]);
    const policy = await post({ policy: { spec: {} } });
    expect(policy.data.result.rules).toMatchObject([{ rule: 'Policy', fired: 2 }]);
  });

  test.each([
    [{}, '(root): has no subject'],
    [{ rules: 'a: b' }, 'rules: rules: yaml: unmarshal errors'],
    [{ rules: RULES, since: '1s' }, 'since: is not 1m to 90d before the end'],
    [{ file: 'none.yml' }, 'file: has no such alerting rule'],
    [{ rules: RULES, notifications: { config: 'route: {}' } }, 'notifications.config: '],
    [
      { rules: RULES, notifications: { timezone: 'Mars' } },
      'notifications.timezone: "Mars" is not known',
    ],
    [
      { rules: RULES, notifications: { silences: [{}] } },
      'notifications.silences[0].matchers: is empty',
    ],
  ])('refuses %j', async (body, text) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ code: 400, errorType: 'bad_data' });
    expect(answer.error).toContain(text);
  });

  test('goes on without the caller, who may ask and give up', async () => {
    const api = app();
    const started = await post({ rules: RULES }, api, '/backtest');
    expect(started).toMatchObject({ code: 202, data: { state: 'running' } });
    const path = `/backtest/${started.data.id}`;
    expect((await api.request(path, { method: 'DELETE' })).status).toBe(200);
    expect((await api.request(path)).status).toBe(404);
  });

  test('no more than two at once', async () => {
    const api = app();
    for (let at = 0; at < 2; at++) await post({ rules: RULES }, api, '/backtest');
    expect(await post({ rules: RULES }, api)).toMatchObject({ code: 429 });
  });
});
