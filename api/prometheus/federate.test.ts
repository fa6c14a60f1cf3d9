import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { MemoryStorage } from '../../promql/promqltest/memory-source.ts';
import { federateRoute } from './federate.ts';

const NOW_MS = 1_000_000;
const storage = new MemoryStorage();

async function add(
  record: Record<string, string>,
  ...points: readonly [number, number | 'stale'][]
) {
  await storage.append([
    {
      labels: Labels.fromRecord(record),
      samples: points.map(([timestampMs, value]) => ({
        timestampMs,
        startTimestampMs: 0,
        point:
          value === 'stale' ? ({ kind: 'stale' } as const) : ({ kind: 'float', value } as const),
      })),
    },
  ]);
}

const app = new Hono();
app.route(
  '/',
  federateRoute({
    source: storage,
    lookbackMs: 300_000,
    samplesMax: 1000,
    externalLabels: () => Labels.fromRecord({ region: 'here', job: 'outside' }),
    now: () => NOW_MS,
  }),
);

async function federate(selectors: readonly string[]): Promise<string> {
  const params = selectors.map((selector): [string, string] => ['match[]', selector]);
  return (await app.request(`/federate?${new URLSearchParams(params).toString()}`)).text();
}

await add({ __name__: 'up', job: 'b', instance: 'i' }, [900_000, 0], [990_000, 1]);
await add({ __name__: 'up', job: 'a' }, [990_000, 1e6]);
await add({ __name__: 'old' }, [NOW_MS - 300_000, 1]);
await add({ __name__: 'young' }, [NOW_MS - 299_999, 1]);
await add({ __name__: 'ended' }, [980_000, 1], [990_000, 'stale']);
await add({ __name__: 'dotted.name', 'label.x': 'a"b\\c\nd' }, [990_000, Number.NaN]);

test('the newest sample of each series, own labels before external ones, an instance always', async () => {
  expect(await federate(['up'])).toBe(
    '# TYPE up untyped\n' +
      'up{instance="i",job="b",region="here"} 1 990000\n' +
      'up{job="a",region="here",instance=""} 1e+06 990000\n',
  );
});

test('a series that two selectors select comes once', async () => {
  expect((await federate(['up', '{job="a"}'])).match(/job="a"/g)?.length).toBe(1);
});

test('ended series and those older than the lookback are left out', async () => {
  const text = await federate(['{__name__=~"old|young|ended"}']);

  expect(text).toBe(
    '# TYPE young untyped\nyoung{job="outside",region="here",instance=""} 1 700001\n',
  );
});

test('names and values outside of the classic set are quoted', async () => {
  expect(await federate(['{"dotted.name"}'])).toBe(
    '# TYPE "dotted.name" untyped\n' +
      '{"dotted.name",job="outside","label.x"="a\\"b\\\\c\\nd",region="here",instance=""} NaN 990000\n',
  );
});

test('a wrong selector is refused in plain text', async () => {
  const response = await app.request('/federate?match[]={');

  expect([response.status, await response.text()]).toEqual([
    400,
    '1:2: parse error: unexpected end of input inside braces\n',
  ]);
});

test('no selector selects nothing', async () => {
  expect(await federate([])).toBe('');
});
