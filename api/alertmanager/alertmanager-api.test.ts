import fc from 'fast-check';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, test } from 'vitest';
import { NotificationTemplates } from '../../notify/template/notification-templates.ts';
import { NotifyRig, notificationConfig } from '../../test/notify-rig.ts';
import { alertmanagerApi } from './alertmanager-api.ts';
import { receivedAlerts } from './received-alerts.ts';

const TEXT = `
global: {resolve_timeout: 1h}
route:
  receiver: hook
  group_by: [alertname]
  group_wait: 1s
  routes:
  - matchers: [severity="critical"]
    receiver: other
    labels: {team: '{{ .CommonLabels.alertname }}-team'}
    mute_time_intervals: [always]
receivers:
- name: hook
- name: other
  labels: {a: b}
inhibit_rules:
- source_matchers: [alertname="source"]
  target_matchers: [alertname="target"]
time_intervals:
- name: always
  time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]
`;

let rig: NotifyRig;
let registry: Registry;
let app: ReturnType<typeof alertmanagerApi>;

beforeEach(async () => {
  rig = await new NotifyRig().start(TEXT);
  registry = new Registry();
  app = alertmanagerApi({
    source: {
      engine: rig.engine,
      config: notificationConfig(TEXT),
      integrations: new Map(),
      templates: new NotificationTemplates([], rig.clock.nowMs),
      externalUrl: 'http://w',
    },
    now: rig.clock.nowMs,
    startTimeMs: rig.clock.nowMs(),
    version: '1.2.3',
    received: receivedAlerts(registry),
  });
});

async function get(path: string) {
  const response = await app.request(path);
  const text = await response.text();
  return { status: response.status, body: (text === '' ? '' : JSON.parse(text)) as never };
}

async function post(path: string, body: string, type = 'application/json') {
  const response = await app.request(path, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? '' : JSON.parse(text)) as unknown };
}

const NOT_READ = 'parsing alerts body from "" failed, because';
const SPAN = '"startsAt":"2026-01-01T00:00:00Z","endsAt":"2036-01-01T00:00:00.123456Z"';
const MATCHERS = '"matchers":[{"name":"a","value":"b","isRegex":false}]';
const BY = '"createdBy":"me","comment":""';

describe('alerts', () => {
  // Statuses and texts are those of a real Alertmanager 0.33.
  test.each([
    ['[]', 200, ''],
    ['null', 200, ''],
    ['[null]', 200, ''],
    ['{', 400, { code: 400, message: `${NOT_READ} unexpected EOF` }],
    [
      '{}',
      400,
      {
        code: 400,
        message: `${NOT_READ} json: cannot unmarshal object into Go value of type models.PostableAlerts`,
      },
    ],
    ['[{}]', 422, { code: 602, message: '0.labels in body is required' }],
    ['[{"labels":null}]', 422, { code: 602, message: '0.labels in body is required' }],
    ['[{"labels":{}}]', 400, 'at least one label pair required'],
    ['[{"labels":{"a":""}}]', 400, 'at least one label pair required'],
    [
      '[{"labels":{"a":1}}]',
      400,
      {
        code: 400,
        message: `${NOT_READ} json: cannot unmarshal number into Go struct field Alert.labels.a of type string`,
      },
    ],
    [
      '[{"labels":{"a":"b"},"startsAt":"nope"}]',
      400,
      {
        code: 400,
        message: `${NOT_READ} parsing time "nope" as "2006-01-02": cannot parse "nope" as "2006"`,
      },
    ],
    [
      '[{"labels":{"a":"b"}},{"labels":{"a":"b"},"generatorURL":"nonsense"}]',
      422,
      { code: 601, message: '1.generatorURL in body must be of type uri: "nonsense"' },
    ],
    ['', 422, { code: 602, message: 'alerts in body is required' }],
  ])('POST %s', async (text, status, body) => {
    expect(await post('/alerts', text)).toEqual({ status, body });
  });

  test('POST of another type of content', async () => {
    expect(await post('/alerts', '[]', 'text/plain')).toEqual({
      status: 415,
      body: {
        code: 415,
        message: 'unsupported media type "text/plain", only [application/json] are allowed',
      },
    });
  });

  test('of several the valid ones are kept, the others told and counted', async () => {
    const alerts = [
      { labels: { '': 'x' } },
      { labels: { alertname: 'ok', empty: '' }, annotations: { q: 'r' } },
      {
        labels: { alertname: 'z' },
        startsAt: '2026-01-02T00:00:00Z',
        endsAt: '2026-01-01T00:00:00Z',
      },
    ];
    expect(await post('/alerts', JSON.stringify(alerts))).toEqual({
      status: 400,
      body: 'invalid label set: invalid name ""\nstart time must be before end time',
    });
    expect(await get('/alerts')).toEqual({
      status: 200,
      body: [
        {
          annotations: { q: 'r' },
          endsAt: '2026-01-01T01:00:00.000Z',
          fingerprint: '01167342b0fed1b2',
          receivers: [{ name: 'hook' }],
          startsAt: '2026-01-01T00:00:00.000Z',
          status: { inhibitedBy: [], mutedBy: [], silencedBy: [], state: 'active' },
          updatedAt: '2026-01-01T00:00:00.000Z',
          labels: { alertname: 'ok' },
        },
      ],
    });
    expect(await registry.metrics()).toContain('alertmanager_alerts_invalid_total{version="v2"} 2');
  });

  test.each([
    ['2025-12-31T23:00:00.123456789+02:00', '2025-12-31T21:00:00.123Z'],
    ['2025-12-31 23:00:00', '2025-12-31T23:00:00.000Z'],
    ['2025-12-31', '2025-12-31T00:00:00.000Z'],
    ['', '1970-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  ])('a time %j is understood as %s', async (startsAt, shown) => {
    await post('/alerts', JSON.stringify([{ labels: { a: 'b' }, startsAt }]));
    expect((await get('/alerts')).body).toMatchObject([{ startsAt: shown }]);
  });

  test('filters: by labels, state, receiver and its labels', async () => {
    rig.fire('1', { labels: { alertname: 'source', severity: 'critical' } });
    rig.fire('2', { labels: { alertname: 'target', job: 'x' } });
    rig.fire('3', { labels: { alertname: 'plain' } });
    rig.engine.silences.set({
      id: '',
      matchers: [{ type: '=', name: 'id', value: '3' }],
      startsAtMs: undefined,
      endsAtMs: rig.clock.nowMs() + 1000,
      createdBy: '',
      comment: '',
    });
    const ids = async (query: string): Promise<string> => {
      const { body } = await get(`/alerts?${query}`);
      return (body as { labels: { id: string } }[])
        .map(({ labels }) => labels.id)
        .sort()
        .join('');
    };
    expect(await ids('')).toBe('123');
    expect(await ids('silenced=false')).toBe('12');
    expect(await ids('inhibited=no')).toBe('13');
    expect(await ids('active=0')).toBe('23');
    expect(await ids('filter=job%3D""')).toBe('13');
    expect(await ids('filter=job!%3D""')).toBe('2');
    expect(await ids('filter=id%3D~"1|2"&filter=severity%3Dcritical')).toBe('1');
    expect(await ids('receiver=oth.*')).toBe('1');
    expect(await ids('receiver=oth')).toBe('');
    expect(await ids('receiver_matchers=a%3Db')).toBe('1');
    expect(await ids('receiver_matchers=name%3Dhook')).toBe('23');
  });

  test.each([
    ['filter=%7Ba%3Db%7D', 'unexpected open or close brace: {a=b}'],
    ['filter=a', 'bad matcher format: a'],
    ['filter=', 'bad matcher format: '],
    [
      'receiver=(',
      'failed to parse receiver param: error parsing regexp: missing closing ): `^(?:()$`',
    ],
    [
      'receiver_matchers=%7B',
      'failed to parse receiver_matchers param: unexpected open or close brace: {',
    ],
  ])('GET with %s', async (query, text) => {
    const path = query.startsWith('receiver_') ? 'receivers' : 'alerts/groups';
    expect(await get(`/${path}?${query}`)).toEqual({ status: 400, body: text });
  });

  test('groups, with the labels of their routes and what mutes them', async () => {
    rig.fire('1', { labels: { severity: 'critical', job: 'b' } });
    rig.fire('2', { labels: { severity: 'critical', job: 'a' } });
    rig.fire('3', { labels: { alertname: 'Y' } });
    const { body } = await get('/alerts/groups');
    const groups = body as { alerts: { labels: { id: string } }[] }[];
    expect(groups.map(({ alerts }) => alerts.map(({ labels }) => labels.id))).toEqual([
      ['2', '1'],
      ['3'],
    ]);
    expect(groups).toMatchObject([
      {
        labels: { alertname: 'X' },
        receiver: { name: 'other' },
        routeLabels: { team: 'X-team' },
        alerts: [{ status: { state: 'suppressed', mutedBy: ['always'] } }, {}],
      },
      { labels: { alertname: 'Y' }, receiver: { name: 'hook' }, routeLabels: {} },
    ]);
    expect((await get('/alerts/groups?muted=false')).body).toHaveLength(1);
  });
});

describe('silences', () => {
  test.each([
    ['{}', 422, { code: 602, message: 'comment in body is required' }],
    ['null', 422, { code: 602, message: 'comment in body is required' }],
    ['', 422, { code: 602, message: 'silence in body is required' }],
    [
      `{"matchers":[],${SPAN},${BY}}`,
      422,
      { code: 612, message: 'matchers in body should have at least 1 items' },
    ],
    [
      `{"matchers":[{"name":"a","value":"b"}],${SPAN},${BY}}`,
      422,
      { code: 602, message: 'matchers.0.isRegex in body is required' },
    ],
    [
      `{"matchers":[{"name":7,"value":"b"}],${SPAN},${BY}}`,
      400,
      {
        code: 400,
        message:
          'parsing silence body from "" failed, because json: cannot unmarshal number into Go struct field Silence.matchers.0.name of type string',
      },
    ],
    [
      `{"matchers":[{"name":"a","value":"(","isRegex":true}],${SPAN},${BY}}`,
      400,
      'invalid silence: invalid label matcher 0 in set 0: invalid regular expression "(": error parsing regexp: missing closing ): `(`',
    ],
    [
      `{"matchers":[{"name":"a","value":"","isRegex":true}],${SPAN},${BY}}`,
      400,
      'invalid silence: matcher set 0: at least one matcher must not match the empty string',
    ],
    [
      `{${MATCHERS},"startsAt":"2026-01-02","endsAt":"2026-01-01",${BY}}`,
      400,
      'Failed to create silence: start time must be before end time',
    ],
    [
      `{${MATCHERS},"startsAt":"2025-01-01","endsAt":"2025-01-02",${BY}}`,
      400,
      "Failed to create silence: end time can't be in the past",
    ],
    [`{"id":"zzz",${MATCHERS},${SPAN},${BY}}`, 404, 'silence not found'],
  ])('POST %s', async (text, status, body) => {
    expect(await post('/silences', text)).toEqual({ status, body });
  });

  test('made, shown, found, changed, ended', async () => {
    const { body } = await post('/silences', `{${MATCHERS},${SPAN},${BY},"annotations":{"x":"y"}}`);
    const { silenceID: id } = body as { silenceID: string };
    const shown = {
      id,
      status: { state: 'active' },
      updatedAt: '2026-01-01T00:00:00.000Z',
      annotations: { x: 'y' },
      comment: '',
      createdBy: 'me',
      endsAt: '2036-01-01T00:00:00.123Z',
      matchers: [{ isEqual: true, isRegex: false, name: 'a', value: 'b' }],
      startsAt: '2026-01-01T00:00:00.000Z',
    };
    expect(await get(`/silence/${id}`)).toEqual({ status: 200, body: shown });
    expect((await get('/silences')).body).toEqual([shown]);
    expect((await get('/silences?filter=a%3Db')).body).toHaveLength(1);
    expect((await get('/silences?filter=a%3D~b')).body).toHaveLength(0);
    expect((await get('/silences?active=false')).body).toHaveLength(0);
    // What was acknowledged is saved.
    expect([...rig.store.documents.keys()]).toContain(`silence ${id}`);

    const change = `{"id":"${id}",${MATCHERS},"startsAt":"2026-01-01","endsAt":"2027-01-01",${BY}}`;
    expect((await post('/silences', change)).body).toEqual({ silenceID: id });
    expect((await app.request(`/silence/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await get(`/silence/${id}`)).body).toMatchObject({ status: { state: 'expired' } });
  });

  test('sorted: active by end, pending by start, expired last', async () => {
    const make = async (start: string, end: string): Promise<string> => {
      const times = `"startsAt":"${start}","endsAt":"${end}"`;
      const { body } = await post('/silences', `{${MATCHERS},${times},${BY}}`);
      return (body as { silenceID: string }).silenceID;
    };
    const late = await make('2025-01-01', '2026-03-01');
    const soon = await make('2025-01-01', '2026-02-01');
    const pendingLate = await make('2026-05-01', '2026-06-01');
    const pendingSoon = await make('2026-04-01', '2026-06-01');
    const expired = await make('2025-01-01', '2026-02-02');
    rig.engine.silences.expire(expired);
    const { body } = await get('/silences');
    const ids = (body as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual([soon, late, pendingSoon, pendingLate, expired]);
  });

  test('ids that are none, or of no silence', async () => {
    expect(await get('/silence/nope')).toEqual({
      status: 422,
      body: { code: 601, message: 'silenceID in path must be of type uuid: "nope"' },
    });
    const unknown = '/silence/6f0a1c1e-96cb-4f03-8e1e-6b3b0cf2ba15';
    expect((await app.request(unknown)).status).toBe(404);
    expect((await app.request(unknown, { method: 'DELETE' })).status).toBe(404);
  });
});

test('status, receivers, and what is not there', async () => {
  expect((await get('/status')).body).toEqual({
    cluster: { peers: [], status: 'disabled' },
    config: { original: expect.stringContaining('resolve_timeout: 1h') as string },
    uptime: '2026-01-01T00:00:00.000Z',
    versionInfo: {
      branch: 'watchkeeper',
      buildDate: '',
      buildUser: '',
      goVersion: '',
      revision: '1.2.3',
      version: '0.34.0',
    },
  });
  expect((await get('/receivers')).body).toEqual([
    { labels: { name: 'hook' }, name: 'hook' },
    { labels: { a: 'b', name: 'other' }, name: 'other' },
  ]);
  expect(await get('/nope')).toEqual({
    status: 404,
    body: { code: 404, message: 'path /nope was not found' },
  });
  const put = await app.request('/alerts', { method: 'PUT' });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET,POST']);
});

test('whatever is posted is answered, and never with a failure of ours', async () => {
  const field = fc.oneof(
    fc.string(),
    fc.constantFrom('2026-01-01T00:00:00Z', '', 'http://a/b'),
    fc.jsonValue(),
  );
  const labels = fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue());
  const alert = fc.record(
    { labels, annotations: labels, startsAt: field, endsAt: field, generatorURL: field },
    { requiredKeys: [] },
  );
  const silence = fc.record(
    {
      matchers: fc.array(
        fc.oneof(
          fc.record({ name: fc.string(), value: fc.string(), isRegex: fc.boolean() }),
          fc.jsonValue(),
        ),
      ),
      startsAt: field,
      endsAt: field,
      createdBy: field,
      comment: field,
      id: field,
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.array(alert).map((alerts) => ['/alerts', alerts] as const),
    silence.map((one) => ['/silences', one] as const),
  );
  await fc.assert(
    fc.asyncProperty(body, async ([path, value]) => {
      const { status } = await post(path, JSON.stringify(value));
      expect([200, 400, 404, 422]).toContain(status);
    }),
    { numRuns: 500 },
  );
});
