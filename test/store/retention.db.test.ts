import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Matcher } from '../../model/matcher.ts';
import { openTestStore, type TestStore } from './open-test-store.ts';
import { appendSamples, named, selectAll } from './samples.ts';

const DAY_MS = 86_400_000;
// Retention by the engine's own clock: the tables know no other.
const NOW_MS = Math.floor(Date.now() / 1000) * 1000;
const retention = {
  timeMs: 90 * DAY_MS,
  byMatcher: [{ matchers: [new Matcher('=', 'env', 'dev')], timeMs: 3 * DAY_MS }],
};
let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore({
    now: () => NOW_MS,
    retention,
    tuning: { pastMaxMs: 1000 * DAY_MS },
  });
});
afterAll(() => opened.remove());

const ageDays = [200, 60, 5, 2, 0];
const samples = ageDays.map((days) => [NOW_MS - days * DAY_MS, days] as const);
const ages = async () =>
  Object.fromEntries(
    Object.entries(await selectAll(opened.store, named('r'), 0, NOW_MS)).map(([labels, found]) => [
      labels,
      found.map(([, age]) => age),
    ]),
  );
const PROD = '{__name__="r", env="prod"}';
const DEV = '{__name__="r", env="dev"}';

describe('retention', () => {
  test('what is older than its rule allows is not seen, whether it is still there or not', async () => {
    appendSamples(opened.store, { __name__: 'r', env: 'prod' }, samples);
    appendSamples(opened.store, { __name__: 'r', env: 'dev' }, samples);

    expect(await ages()).toEqual({ [PROD]: [60, 5, 2, 0], [DEV]: [2, 0] });
    await opened.reopen();
    expect(await ages()).toEqual({ [PROD]: [60, 5, 2, 0], [DEV]: [2, 0] });
  });

  test('series of a shorter rule leave the disk day by day, others stay', async () => {
    await opened.store.maintain();
    const dev = "metric_name = 'r' AND labels['env'] = 'dev'";
    expect(await storedAges(dev)).toEqual([2, 0]);
    expect((await storedAges("labels['env'] = 'prod'")).slice(-4)).toEqual([60, 5, 2, 0]);

    // The pass is noted: what is appended for such a day later stays hidden, and waits.
    await opened.store.maintain();
    expect(await ages()).toEqual({ [PROD]: [60, 5, 2, 0], [DEV]: [2, 0] });
  });

  test('a rule that is changed counts at once, and the tables follow without a mutation', async () => {
    const limits = { seriesMax: 0, memoryBytesMax: 0, spoolBytesMax: 0, outOfOrderWindowMs: 0 };
    await opened.store.applyConfig({ retention: { timeMs: 30 * DAY_MS, byMatcher: [] }, limits });

    expect(await ages()).toEqual({ [PROD]: [5, 2, 0], [DEV]: [2, 0] });
    const ttl = await sql(
      "SELECT countIf(create_table_query LIKE '%toIntervalSecond(2592000)%') AS n FROM system.tables WHERE name IN ('samples', 'histograms', 'exemplars')",
    );
    const mutations = await sql(
      "SELECT count() AS n FROM system.mutations WHERE command LIKE '%TTL%'",
    );
    expect([ttl, mutations]).toEqual([[{ n: '3' }], [{ n: '0' }]]);

    await opened.store.applyConfig({ retention: { timeMs: 0, byMatcher: [] }, limits });
    expect((await ages())[PROD]!.slice(-4)).toEqual([60, 5, 2, 0]);
  });

  test('a series without a sample within retention is forgotten', async () => {
    appendSamples(opened.store, { __name__: 'gone' }, [[NOW_MS - 20 * DAY_MS, 1]]);
    const limits = { seriesMax: 0, memoryBytesMax: 0, spoolBytesMax: 0, outOfOrderWindowMs: 0 };
    await opened.reopen();
    await opened.store.applyConfig({ retention: { timeMs: 10 * DAY_MS, byMatcher: [] }, limits });
    const before = opened.store.status().seriesCount;

    await opened.store.maintain();

    expect(opened.store.status().seriesCount).toBe(before - 1);
    expect(await selectAll(opened.store, named('gone'), 0, NOW_MS)).toEqual({});
    expect((await ages())[PROD]).toEqual([5, 2, 0]);
  });
});

async function sql(text: string): Promise<unknown> {
  const answer = await opened.store.runSql(text, new AbortController().signal);
  return (JSON.parse(answer) as { data: unknown }).data;
}

async function storedAges(where: string): Promise<number[]> {
  const rows = await sql(
    `SELECT value FROM samples WHERE series_id IN (SELECT series_id FROM series WHERE ${where}) ORDER BY ts`,
  );
  return (rows as { value: number }[]).map((row) => row.value);
}
