/** The real engine in virtual time, documents in a real store. */
import { Hono } from 'hono';
import { afterEach, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { RecurringSilences } from '../../notify/recurring-silences.ts';
import { MemoryNotifyStore, NotifyRig } from '../../test/notify-rig.ts';
import { openTestStore, type TestStore } from '../../test/store/open-test-store.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { recurringSilenceRoutes } from './recurring-silence-routes.ts';

/** A Friday. */
const START_MS = Date.parse('2026-03-27T21:59:10Z');
const CONFIG = `
route: {receiver: team, group_by: [id], group_wait: 1s, group_interval: 1m, repeat_interval: 10m}
receivers: [{name: team, webhook_configs: [{url: 'http://team/'}]}]
`;
const NIGHTS = { days: ['monday:friday'], start: '22:00', end: '06:00' };
const WANTED = { matchers: ['id="a"'], createdBy: 'Ann', comment: 'nightly', windows: [NIGHTS] };

let store: TestStore | undefined;
let stop = (): void => undefined;
afterEach(async () => {
  stop();
  await store?.remove();
});

async function started(): Promise<{ rig: NotifyRig; recurring: RecurringSilences; app: Hono }> {
  store = await openTestStore();
  const rig = await new NotifyRig(new MemoryNotifyStore(), START_MS).start(CONFIG);
  const recurring = new RecurringSilences({
    clock: rig.clock,
    documents: store.store.documents,
    silences: () => rig.engine.silences,
    logger: SILENT_LOGGER,
  });
  stop = () => recurring.stop();
  recurring.start();
  const app = new Hono();
  app.onError((error, c) => c.json(error.message, error instanceof ApiError ? 400 : 500));
  app.route('/', recurringSilenceRoutes({ recurring }));
  return { rig, recurring, app };
}

const post = (app: Hono, body: unknown) =>
  app.request('/silences/recurring', { method: 'POST', body: JSON.stringify(body) });

function silences({ engine }: NotifyRig): readonly string[] {
  return engine.silences.all().map(({ startsAtMs, endsAtMs }) => {
    return [startsAtMs, endsAtMs]
      .map((timeMs) => new Date(timeMs).toISOString().slice(5, 16))
      .join();
  });
}

test('each window gets one silence, which begins on time and goes on over midnight', async () => {
  const { rig, app } = await started();
  expect((await post(app, WANTED)).status).toBe(200);
  rig.fire('a', { endsAt: 400_000 });
  await rig.until(100_000);

  // Until 22:00 it is told, and again from 6:00 on; Saturday has no window, Monday has one.
  expect(silences(rig)).toEqual(['03-27T22:00,03-28T06:00']);
  expect(rig.told[0]?.atSeconds).toBe(1);
  const [, second] = rig.told;
  expect(second?.atSeconds).toBeGreaterThanOrEqual(50 + 8 * 3600);
  await rig.until(3 * 86_400 + 3600);
  expect(silences(rig)).toEqual(['03-27T22:00,03-28T06:00', '03-30T22:00,03-31T06:00']);
});

test('a window is one of the clock on the wall: the night of summer time is an hour shorter', async () => {
  const { rig, app } = await started();
  const nights = { days: ['saturday'], start: '22:00', end: '06:00' };
  await post(app, { ...WANTED, timezone: 'Europe/Berlin', windows: [nights] });
  await rig.until(2 * 86_400);

  expect(silences(rig)).toEqual(['03-28T21:00,03-29T04:00']);
});

test('what somebody ends stays ended; what is deleted ends', async () => {
  const { rig, app, recurring } = await started();
  const answer = await post(app, WANTED);
  const { data } = (await answer.json()) as { data: { id: string; silences: { id: string }[] } };
  expect(data.silences).toHaveLength(1);
  await rig.until(120);
  rig.engine.silences.expire(data.silences[0]?.id ?? '');
  await rig.until(600);
  expect(recurring.madeBy(data.id)).toEqual([]);

  const other = await recurring.add({
    matchers: [{ type: '=', name: 'id', value: 'b' }],
    createdBy: 'Ann',
    comment: '',
    timezone: undefined,
    windows: [{ weekdays: [{ begin: 0, end: 6 }], startMinute: 0, minutes: 1440 }],
  });
  expect(recurring.madeBy(other.id)).toHaveLength(1);
  const deleted = await app.request(`/silences/recurring/${other.id}`, { method: 'DELETE' });
  expect(deleted.status).toBe(200);
  expect(recurring.madeBy(other.id)).toEqual([]);
  expect(recurring.list().map(({ id }) => id)).toEqual([data.id]);
});

test('what makes no sense is refused', async () => {
  const { app } = await started();
  for (const wrong of [
    { createdBy: '' },
    { matchers: [] },
    { matchers: ['id=~".*"'] },
    { windows: [] },
    { windows: [{ ...NIGHTS, days: ['someday'] }] },
    { windows: [{ ...NIGHTS, start: '25:00' }] },
    { windows: [{ ...NIGHTS, start: '24:00' }] },
    { windows: [{ ...NIGHTS, end: '24:30' }] },
    { timezone: 'Mars/Base' },
  ]) {
    expect([wrong, (await post(app, { ...WANTED, ...wrong })).status]).toEqual([wrong, 400]);
  }
  const list = (await (await app.request('/silences/recurring')).json()) as {
    data: { recurring: unknown[] };
  };
  expect(list.data.recurring).toEqual([]);
});
