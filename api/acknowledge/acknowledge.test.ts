/** The real engine in virtual time, documents and decisions in a real store. */
import { Hono } from 'hono';
import { afterEach, expect, test } from 'vitest';
import { alertFingerprint } from '../../model/alert-fingerprint.ts';
import { Labels } from '../../model/labels.ts';
import { Acknowledgements } from '../../notify/acknowledgements.ts';
import { DecisionRecorder } from '../../notify/decision-recorder.ts';
import { NotifyRig, notificationConfig } from '../../test/notify-rig.ts';
import { openTestStore, type TestStore } from '../../test/store/open-test-store.ts';
import { alertRoutes } from '../alertmanager/alert-routes.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { acknowledgeRoutes } from './acknowledge-routes.ts';
import { silencePreviewRoutes } from './silence-preview.ts';

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 5m
  escalate: [{after: 15m, receiver: lead}, {after: 30m, receiver: boss}]
receivers:
  - {name: team, webhook_configs: [{url: 'http://team/'}]}
  - {name: lead, webhook_configs: [{url: 'http://lead/'}]}
  - {name: boss, webhook_configs: [{url: 'http://boss/'}]}
`;
const LONG = { endsAt: 10 * 3600 };

let store: TestStore | undefined;
afterEach(async () => {
  await store?.remove();
});

class AckRig {
  readonly rig = new NotifyRig();
  readonly app = new Hono();
  readonly acknowledgements: Acknowledgements;
  readonly #store: TestStore;

  constructor(testStore: TestStore) {
    this.#store = testStore;
    this.acknowledgements = new Acknowledgements(testStore.store.documents);
  }

  async start(): Promise<this> {
    const { decisionSink, decisionSource } = this.#store.store;
    const recorder = new DecisionRecorder(decisionSink, () => true);
    await this.rig.start(CONFIG, {
      acknowledgements: this.acknowledgements,
      observe: (event) => recorder.observe(event),
    });
    const config = notificationConfig(CONFIG);
    const source = { engine: this.rig.engine, config } as never;
    const now = () => this.rig.clock.nowMs();
    const { acknowledgements } = this;
    const deps = { source, now, sink: decisionSink, decisions: decisionSource, acknowledgements };
    this.app.onError((error, c) => {
      return c.json(error.message, error instanceof ApiError ? (error.status as 400) : 500);
    });
    this.app.route('/', acknowledgeRoutes(deps));
    this.app.route('/', silencePreviewRoutes(deps));
    this.app.route('/', alertRoutes(deps as never));
    return this;
  }

  async post(path: string, body: unknown): Promise<{ status: number; data: unknown }> {
    const answer = await this.app.request(path, { method: 'POST', body: JSON.stringify(body) });
    const json = (await answer.json()) as { data?: unknown };
    return { status: answer.status, data: json.data ?? json };
  }

  /** Who was told at which minute. */
  get told(): readonly string[] {
    return this.rig.told.map(({ atSeconds, notification }) => {
      return `${Math.floor(atSeconds / 60)} ${notification.receiver} ${notification.status}`;
    });
  }
}

async function started(): Promise<AckRig> {
  store = await openTestStore();
  return new AckRig(store).start();
}

const FINGERPRINT = alertFingerprint(Labels.fromRecord({ alertname: 'X', id: 'a' }));

test('what nobody acknowledges is told to one after the other; its end to all who know of it', async () => {
  const ack = await started();
  ack.rig.fire('a', LONG);
  await ack.rig.until(20 * 60);
  ack.rig.resolve('a');
  await ack.rig.until(22 * 60);

  expect(ack.told.filter((line) => !line.includes('team'))).toEqual([
    '15 lead firing',
    '20 lead resolved',
  ]);
  expect(ack.told).toContain('20 team resolved');
});

test('an acknowledgement ends repeats and escalation, until it expires', async () => {
  const ack = await started();
  ack.rig.fire('a', LONG);
  await ack.rig.until(7 * 60);

  const answer = await ack.post('/alerts/ack', {
    matchers: ['alertname="X"'],
    createdBy: 'Ann',
    comment: 'on it',
    duration: '20m',
  });
  await ack.rig.until(26 * 60);
  const before = ack.told;
  await ack.rig.until(29 * 60);

  expect(answer).toMatchObject({
    status: 200,
    data: { acknowledgements: [{ fingerprint: FINGERPRINT, createdBy: 'Ann', comment: 'on it' }] },
  });
  expect(before).toEqual(['0 team firing', '5 team firing']);
  expect(ack.told.slice(2)).toEqual(['27 team firing', '27 lead firing']);
});

test('news of the group are told although an alert in it is acknowledged', async () => {
  const ack = await started();
  ack.rig.fire('a', LONG);
  await ack.rig.until(60);
  await ack.post('/alerts/ack', { fingerprint: FINGERPRINT, createdBy: 'Ann' });
  ack.rig.fire('b', LONG);
  await ack.rig.until(120);

  expect(ack.rig.log).toEqual(['10 team: firing a', '70 team: firing a b']);
});

test('an alert that fires anew is not acknowledged, and neither is it after a restart', async () => {
  const ack = await started();
  ack.rig.fire('a', LONG);
  await ack.rig.until(60);
  await ack.post('/alerts/ack', { fingerprint: FINGERPRINT, createdBy: 'Ann' });
  const again = new Acknowledgements((store as TestStore).store.documents);
  const nowMs = ack.rig.clock.nowMs();

  expect(again.of(FINGERPRINT, { startsAtMs: nowMs }, nowMs)?.createdBy).toBe('Ann');
  expect(again.of(FINGERPRINT, { startsAtMs: nowMs + 1 }, nowMs + 1)).toBeUndefined();
  await again.collect(() => undefined, nowMs);
  expect(again.of(FINGERPRINT, { startsAtMs: nowMs }, nowMs)).toBeUndefined();
});

test('it is shown beside the alert, and can be taken back', async () => {
  const ack = await started();
  ack.rig.fire('a', LONG);
  await ack.rig.until(60);
  await ack.post('/alerts/ack', { fingerprint: FINGERPRINT, createdBy: 'Ann', comment: 'mine' });
  const list = async (): Promise<unknown> => {
    const [alert] = (await (await ack.app.request('/alerts')).json()) as readonly {
      readonly acknowledgement?: { readonly comment: string };
    }[];
    const all = (await (await ack.app.request('/alerts/ack')).json()) as {
      data: { acknowledgements: readonly unknown[] };
    };
    return [alert?.acknowledgement?.comment, all.data.acknowledgements.length];
  };

  expect(await list()).toEqual(['mine', 1]);
  const deleted = await ack.app.request(`/alerts/ack/${FINGERPRINT}`, { method: 'DELETE' });
  expect(deleted.status).toBe(200);
  expect(await list()).toEqual([undefined, 0]);
  const twice = await ack.app.request(`/alerts/ack/${FINGERPRINT}`, { method: 'DELETE' });
  expect(twice.status).toBe(404);
});

test('what makes no sense is refused', async () => {
  const ack = await started();
  ack.rig.fire('a', LONG);
  const refused: readonly (readonly [unknown, number])[] = [
    [{}, 400],
    [{ createdBy: 'Ann' }, 400],
    [{ createdBy: 'Ann', matchers: 'x' }, 400],
    [{ createdBy: 'Ann', matchers: ['x=~"("'] }, 400],
    [{ createdBy: 'Ann', matchers: [{ name: 'x' }] }, 400],
    [{ createdBy: 'Ann', matchers: ['alertname=X'], duration: 'long' }, 400],
    [{ createdBy: 'Ann', matchers: ['alertname=X'], expiresAt: '2025-01-01T00:00:00Z' }, 400],
    [{ createdBy: 'Ann', matchers: ['alertname=Y'] }, 404],
  ];
  for (const [body, status] of refused) {
    expect([body, (await ack.post('/alerts/ack', body)).status]).toEqual([body, status]);
  }
});

test('a preview tells which alerts a silence would hit now, and which messages before', async () => {
  const ack = await started();
  ack.rig.fire('a', LONG);
  await ack.rig.until(60);
  ack.rig.fire('b', LONG);
  await ack.rig.until(120);
  await store?.store.flush();

  const one = await ack.post('/silences/preview', { matchers: ['id="a"'] });
  const all = await ack.post('/silences/preview', {
    matchers: [{ name: 'id', value: 'a|b', isRegex: true, isEqual: true }],
    days: 1,
  });

  expect(one.data).toMatchObject({
    alertCount: 1,
    warnings: [],
    history: { mutedCount: 1, shortenedCount: 1, isComplete: true },
  });
  expect(all.data).toMatchObject({
    alertCount: 2,
    warnings: ['it hits every alert'],
    history: { mutedCount: 2, shortenedCount: 0 },
  });
  expect((await ack.post('/silences/preview', { matchers: [] })).status).toBe(400);
  expect((await ack.post('/silences/preview', { matchers: ['a=b'], days: 1e9 })).status).toBe(400);
});
