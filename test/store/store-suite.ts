/** What every store has to do, embedded or over a server: one suite for both. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { LabelSelection } from '../../model/source.ts';
import { TooManySamplesError } from '../../model/source.ts';
import { floatColumn, setAbsentAt, setStaleAt } from '../../model/value-bits.ts';
import type { StoreOptions } from '../../store/store-options.ts';
import { documentSuite } from './document-suite.ts';
import { histogram } from './histograms.ts';
import { openTestStore, type TestStore } from './open-test-store.ts';
import { appendSamples, named, selectAll } from './samples.ts';

const T0_MS = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 86_400_000;
const ANY_TIME = { startMs: Number.MIN_SAFE_INTEGER, endMs: Number.MAX_SAFE_INTEGER };

export function storeSuite(
  name: string,
  target: () => Promise<{ overrides: Partial<StoreOptions>; close: () => Promise<void> }>,
): void {
  describe(`store: ${name}`, () => {
    let opened: TestStore;
    let closeTarget: () => Promise<void>;

    beforeAll(async () => {
      const { overrides, close } = await target();
      closeTarget = close;
      opened = await openTestStore({
        now: () => T0_MS + DAY_MS / 4,
        tuning: { pastMaxMs: 100 * DAY_MS },
        ...overrides,
      });
    });
    afterAll(async () => {
      await opened.remove();
      await closeTarget();
    });

    documentSuite(() => opened);

    test('samples come from memory, from ClickHouse after a restart, and from both', async () => {
      const samples = [
        [T0_MS, 1],
        [T0_MS + 15_000, Number.NaN],
        [T0_MS + 30_000, 'stale'],
        [T0_MS + 45_000, Number.POSITIVE_INFINITY],
      ] as const;
      appendSamples(opened.store, { __name__: 'm', job: 'ü"\\' }, samples);
      await opened.store.commit();
      const key = '{__name__="m", job="ü\\"\\\\"}';
      expect(await selectAll(opened.store, named('m'), T0_MS, T0_MS + 60_000)).toEqual({
        [key]: samples,
      });

      await opened.reopen();
      expect(await selectAll(opened.store, named('m'), T0_MS, T0_MS + 60_000)).toEqual({
        [key]: samples,
      });

      appendSamples(opened.store, { __name__: 'm', job: 'ü"\\' }, [[T0_MS + 60_000, -0.5]]);
      expect(await selectAll(opened.store, named('m'), T0_MS + 30_000, T0_MS + 60_000)).toEqual({
        [key]: [...samples.slice(2), [T0_MS + 60_000, -0.5]],
      });
    });

    test('a scrape writer keeps holes and stale markers', async () => {
      const { store } = opened;
      const refs = ['a', 'b', 'c'].map((n) =>
        store.resolve(Labels.fromRecord({ __name__: 'scraped', n })),
      );
      const writer = store.openScrapeWriter();
      writer.setLayout(Uint32Array.from(refs));
      for (let row = 0; row < 4; row++) {
        const { values, words } = floatColumn(3);
        values.fill(row);
        if (row === 2) setAbsentAt(words, 1);
        if (row === 3) setStaleAt(words, 2);
        writer.appendRow(T0_MS + row * 1000, values);
      }
      writer.close();
      const expected = {
        '{__name__="scraped", n="a"}': [0, 1, 2, 3].map((row) => [T0_MS + row * 1000, row]),
        '{__name__="scraped", n="b"}': [0, 1, 3].map((row) => [T0_MS + row * 1000, row]),
        '{__name__="scraped", n="c"}': [0, 1, 2, 'stale'].map((value, row) => [
          T0_MS + row * 1000,
          value,
        ]),
      };
      expect(await selectAll(store, named('scraped'), T0_MS, T0_MS + 9000)).toEqual(expected);

      await opened.reopen();

      expect(await selectAll(opened.store, named('scraped'), T0_MS, T0_MS + 9000)).toEqual(
        expected,
      );
    });

    test('series come in the order of their labels, one, some or all of a metric', async () => {
      for (let n = 0; n < 400; n++) {
        appendSamples(opened.store, { __name__: 'many', n: String(n) }, [[T0_MS, n]]);
      }
      await opened.reopen();
      const found = async (...matchers: Matcher[]) =>
        Object.entries(
          await selectAll(opened.store, [...named('many'), ...matchers], T0_MS, T0_MS),
        ).map(([labels, samples]) => [labels, samples[0]?.[1]]);
      const all = Array.from({ length: 400 }, (_, n) => [`{__name__="many", n="${n}"}`, n]);
      const inOrder = (rows: (string | number)[][]) =>
        rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));

      expect(await found()).toEqual(inOrder(all));
      expect(await found(new Matcher('=~', 'n', '1.'))).toEqual(inOrder(all.slice(10, 20)));
      expect(await found(new Matcher('!=', 'n', '7'))).toEqual(
        inOrder(all.filter(([, n]) => n !== 7)),
      );
      expect(await found(new Matcher('=', 'n', '399'))).toEqual([all[399]]);
      expect(await found(new Matcher('=', 'n', 'none'))).toEqual([]);
    });

    test('a selection above its limit is refused, and one at its limit is not', async () => {
      const { store } = opened;
      const select = (samplesMax: number, ...more: Matcher[]) =>
        store.select(
          { matchers: [...named('many'), ...more], startMs: T0_MS, endMs: T0_MS, samplesMax },
          new AbortController().signal,
        );

      await expect(select(399)).rejects.toThrow(TooManySamplesError);
      expect((await select(400)).labels).toHaveLength(400);
      // Reading the whole metric reads more than was selected, which must not count.
      expect((await select(399, new Matcher('!=', 'n', '7'))).labels).toHaveLength(399);
      const estimate = await store.estimate(
        { matchers: named('many'), startMs: T0_MS, endMs: T0_MS, samplesMax: 1 },
        new AbortController().signal,
      );
      expect(estimate).toEqual({ seriesCount: 400, sampleCount: 400 });
    });

    test('the same sample again is no second one, and days are read across', async () => {
      const labels = { __name__: 'days' };
      const samples = Array.from(
        { length: 40 },
        (_, n) => [T0_MS - 20 * DAY_MS + (n * DAY_MS) / 2, n] as const,
      );
      appendSamples(opened.store, labels, samples.slice(0, 25));
      await opened.reopen();
      // A sender repeats what it got no answer for; this process does not know these samples.
      appendSamples(opened.store, labels, samples.slice(20));
      const read = () => selectAll(opened.store, named('days'), 0, T0_MS + DAY_MS);
      expect(await read()).toEqual({ '{__name__="days"}': samples });

      await opened.reopen();
      expect(await read()).toEqual({ '{__name__="days"}': samples });
    });

    test('native histograms keep everything, stale ones too, beside floats', async () => {
      const ref = opened.store.resolve(Labels.fromRecord({ __name__: 'h' }));
      const stored = [
        histogram({ count: 5, sum: 12.5 }),
        histogram({ counterResetHint: 'gauge', zeroCount: 1, customValues: [1, 2.5], schema: -53 }),
        histogram({ isStale: true, sum: Number.NaN }),
      ];
      opened.store.appendHistograms(
        stored.map((entry, at) => ({ ref, timestampMs: T0_MS + at * 1000, histogram: entry })),
      );
      appendSamples(opened.store, { __name__: 'h' }, [[T0_MS + 5000, 7]]);
      const read = () =>
        opened.store.select(
          { matchers: named('h'), startMs: T0_MS, endMs: T0_MS + 9000, samplesMax: 100 },
          new AbortController().signal,
        );
      for (let pass = 0; pass < 2; pass++) {
        const columns = await read();
        expect([...columns.timestampsMs]).toEqual([0, 1000, 2000, 5000].map((ms) => T0_MS + ms));
        expect(columns.histograms).toEqual([...stored, undefined]);
        expect(columns.values[3]).toBe(7);
        await opened.reopen();
      }
    });

    test('exemplars and metadata are kept', async () => {
      const ref = opened.store.resolve(Labels.fromRecord({ __name__: 'with_exemplars' }));
      appendSamples(opened.store, { __name__: 'with_exemplars' }, [[T0_MS, 1]]);
      const exemplars = [
        { labels: Labels.fromRecord({ trace_id: 'a"b' }), value: 0.25, timestampMs: T0_MS },
        { labels: Labels.EMPTY, value: 2, timestampMs: T0_MS + 1000 },
      ];
      opened.store.appendExemplars(exemplars.map((exemplar) => ({ ref, ...exemplar })));
      const help = { metricName: 'with_exemplars', help: 'Some\nhelp.', unit: 's' } as const;
      opened.store.appendMetadata([{ ...help, type: 'counter' }]);
      for (let pass = 0; pass < 2; pass++) {
        const [found, ...others] = await opened.store.exemplars(
          { matcherSets: [named('with_exemplars')], startMs: T0_MS, endMs: T0_MS + 9000, limit: 0 },
          new AbortController().signal,
        );
        expect(others).toEqual([]);
        expect(found!.seriesLabels.toString()).toBe('{__name__="with_exemplars"}');
        expect(found!.exemplars.map((e) => ({ ...e, labels: e.labels.toString() }))).toEqual(
          exemplars.map((e) => ({ ...e, labels: e.labels.toString() })),
        );
        expect(opened.store.metadata('with_exemplars', 0)).toEqual(
          new Map([['with_exemplars', [{ ...help, type: 'counter' }]]]),
        );
        await opened.reopen();
      }
    });

    test('labels are found by matchers and time, to the day after a restart', async () => {
      const { store } = opened;
      appendSamples(store, { __name__: 'old', pod: 'a' }, [[T0_MS - 9 * DAY_MS, 1]]);
      appendSamples(store, { __name__: 'new', pod: 'b', zone: 'z' }, [[T0_MS, 1]]);
      const podSets = [[new Matcher('=~', 'pod', '.+')]];
      for (let pass = 0; pass < 2; pass++) {
        const look = async (selection: Partial<LabelSelection>) => {
          const whole = { matcherSets: podSets, limit: 0, ...ANY_TIME, ...selection };
          const { signal } = new AbortController();
          return {
            series: (await opened.store.series(whole, signal)).map(String),
            names: await opened.store.labelNames(whole, signal),
            pods: await opened.store.labelValues('pod', whole, signal),
          };
        };
        expect(await look({})).toEqual({
          series: ['{__name__="new", pod="b", zone="z"}', '{__name__="old", pod="a"}'],
          names: ['__name__', 'pod', 'zone'],
          pods: ['a', 'b'],
        });
        expect((await look({ startMs: T0_MS - DAY_MS })).pods).toEqual(['b']);
        expect((await look({ endMs: T0_MS - 3 * DAY_MS })).pods).toEqual(['a']);
        expect(await look({ limit: 1 })).toEqual({
          series: ['{__name__="new", pod="b", zone="z"}'],
          names: ['__name__'],
          pods: ['a'],
        });
        const both = { matcherSets: [named('old'), named('new')] };
        expect((await look(both)).series).toHaveLength(2);
        await opened.reopen();
      }
    });

    test('what is deleted is gone at once, and stays gone', async () => {
      const labels = { __name__: 'deleted', n: '1' };
      const samples = [0, 1, 2, 3].map((n) => [T0_MS + n * 60_000, n] as const);
      appendSamples(opened.store, labels, samples);
      appendSamples(opened.store, { __name__: 'deleted', n: '2' }, samples);
      await opened.reopen();
      const one = [...named('deleted'), new Matcher('=', 'n', '1')];

      await opened.store.deleteSeries(one, T0_MS + 60_000, T0_MS + 120_000);

      const read = async () =>
        Object.values(
          await selectAll(opened.store, named('deleted'), ANY_TIME.startMs, ANY_TIME.endMs),
        );
      const expected = [[samples[0], samples[3]], samples];
      expect(await read()).toEqual(expected);
      await opened.reopen();
      expect(await read()).toEqual(expected);
      await opened.store.cleanTombstones();
      await opened.reopen();
      expect(await read()).toEqual(expected);

      await opened.store.deleteSeries(one, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      const after = [[T0_MS + 600_000, 9]] as const;
      appendSamples(opened.store, labels, after);
      expect(await read()).toEqual([after, samples]);
    });

    test('people read with SQL, and only read', async () => {
      await opened.store.flush();
      const { signal } = new AbortController();
      const sql = `SELECT labels['n'] AS n, value FROM samples JOIN series USING series_id
        WHERE metric_name = 'many' AND n IN ('3', '10') ORDER BY n -- a comment; with a semicolon`;

      const answer = JSON.parse(await opened.store.runSql(`${sql}\n;`, signal)) as {
        meta: unknown;
        data: unknown;
      };

      expect(answer.data).toEqual([
        { n: '10', value: 10 },
        { n: '3', value: 3 },
      ]);
      for (const refused of [
        'DROP TABLE samples',
        "INSERT INTO metadata VALUES ('a', 'b', 'c', 'd', now())",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT file('/etc/hostname')",
        "SELECT * FROM `url`('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT * FROM s3('http://127.0.0.1:1/bucket/a')",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        'SELECT * FROM system.processes',
        'SELECT 1 SETTINGS max_execution_time = 0',
        'SELECT 1; SELECT 2',
        'SET readonly = 0',
        'SELECT nonsense',
      ]) {
        const error = await opened.store.runSql(refused, signal).catch((e: unknown) => e);
        expect(opened.store.isSqlError(error), refused).toBe(true);
      }
    });

    test('the status tells what there is', async () => {
      const { store } = opened;
      const blocks = await store.blocks(new AbortController().signal);

      expect(store.cardinality(1).seriesCountByMetricName).toEqual([{ name: 'many', value: 400 }]);
      expect(blocks.at(-1)).toMatchObject({ name: '2026-11-24', minTimeMs: T0_MS - DAY_MS / 2 });
      expect(blocks.at(-1)!.sampleCount).toBeGreaterThan(400);
      expect(store.status()).toMatchObject({ isInsertFailing: false, isDegraded: false });
    });
  });
}
