/** The API of the running program, where only the real store and scrapes tell. */
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoProgram, startDemoProgram } from '../demo-program.ts';

let program: DemoProgram;

beforeAll(async () => {
  program = await startDemoProgram();
});
afterAll(() => program.stop());

interface Answer<T> {
  readonly status: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data: T;
}

async function ask<T>(path: string, method = 'GET'): Promise<Answer<T>> {
  const response = await fetch(`${program.url}/api/v1/${path}`, { method });
  return (await response.json()) as Answer<T>;
}

async function resultOf(expr: string): Promise<readonly { value: [number, string] }[]> {
  const path = `query?query=${encodeURIComponent(expr)}`;
  return (await ask<{ result: { value: [number, string] }[] }>(path)).data.result;
}

describe('targets', () => {
  interface Targets {
    readonly activeTargets: readonly { scrapePool: string; health: string; lastError: string }[];
    readonly droppedTargets: readonly { droppedBy?: { step: number; rule: object } }[];
    readonly droppedTargetCounts: Readonly<Record<string, number>>;
  }

  test('health and why a target is down', async () => {
    const { data } = await ask<Targets>('targets?state=active');

    expect(data.droppedTargets).toEqual([]);
    const byPool = new Map(data.activeTargets.map((target) => [target.scrapePool, target]));
    expect(byPool.get('demo')).toMatchObject({ health: 'up', lastError: '' });
    expect(byPool.get('broken')).toMatchObject({ health: 'down' });
    expect(byPool.get('broken')?.lastError).toMatch(/refused/);
  });

  test('a dropped target is counted, and explain says which rule dropped it', async () => {
    const { data } = await ask<Targets>('targets?state=dropped&explain=true');

    expect(data.activeTargets).toEqual([]);
    expect(data.droppedTargetCounts).toMatchObject({ demo: 1 });
    expect(data.droppedTargets[0]?.droppedBy).toMatchObject({
      step: 0,
      rule: { source_labels: ['__meta_drop'], action: 'drop' },
    });
  });

  test('relabel steps show each rule at work', async () => {
    const labels = encodeURIComponent('{"__address__":"a:1","__meta_drop":"yes"}');
    const { data } = await ask<{ steps: unknown }>(
      `targets/relabel_steps?scrapePool=demo&labels=${labels}`,
    );

    expect(data.steps).toEqual([
      {
        rule: {
          source_labels: ['__meta_drop'],
          separator: ';',
          regex: 'yes',
          replacement: '$1',
          action: 'drop',
        },
        output: {},
        keep: false,
      },
    ]);
  });

  test.each([
    [
      'targets/relabel_steps?scrapePool=nope&labels={}',
      'error retrieving scrape config: scrape pool "nope" not found',
    ],
    [
      'targets/relabel_steps?scrapePool=demo&labels=[1]',
      'error parsing labels: expected an object of strings',
    ],
    ['scrape_pools/config', 'no scrapePool parameter provided'],
  ])('%s is refused', async (path, error) => {
    expect(await ask(path)).toMatchObject({ status: 'error', errorType: 'bad_data', error });
  });
});

describe('administration', () => {
  test('what was deleted is gone from answers, newer samples are not', async () => {
    const end = Date.now() / 1000 - 0.5;
    const before = await resultOf(`count_over_time(demo_to_be_deleted[1m] @ ${end})`);
    expect(Number(before[0]?.value[1])).toBeGreaterThan(0);

    const answer = await ask(
      `admin/tsdb/delete_series?match[]=demo_to_be_deleted&end=${end}`,
      'POST',
    );

    expect(answer).toEqual({ status: 'success' });
    expect(await resultOf(`count_over_time(demo_to_be_deleted[1m] @ ${end})`)).toEqual([]);
    expect(await resultOf('demo_temperature')).toHaveLength(1);
  });

  test('a snapshot is a folder below the data folder', async () => {
    const { data } = await ask<{ name: string }>('admin/tsdb/snapshot', 'POST');

    expect(existsSync(join(program.dataDir, 'data/snapshots', data.name))).toBe(true);
  });
});

describe('SQL', () => {
  const sql = (text: string) => ask<{ data: unknown[] }>(`sql?query=${encodeURIComponent(text)}`);

  test('answers a statement', async () => {
    const { data } = await sql('SELECT 6 * 7 AS answer');

    expect(data.data).toEqual([{ answer: 42 }]);
  });

  test.each([
    ['no statement at all', 'SELEKT 1'],
    ['a table of ours dropped', 'DROP TABLE samples'],
    ['rows inserted', 'INSERT INTO samples (series_id) VALUES (1)'],
    ['a file of the machine', "SELECT * FROM file('/etc/passwd', 'LineAsString')"],
    ['another server', "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')"],
    ['a file written', "SELECT 1 INTO OUTFILE '/tmp/watchkeeper-sql-test'"],
    ['read-only switched off', 'SET readonly = 0'],
    ['a program run', "SELECT * FROM executable('id', 'LineAsString', 'x String')"],
  ])('%s: refused', async (_what, text) => {
    const answer = await sql(text);

    expect(answer).toMatchObject({ status: 'error', errorType: 'bad_data' });
    expect(answer.error).not.toBe('');
    expect(existsSync('/tmp/watchkeeper-sql-test')).toBe(false);
  });
});

describe('over the wire', () => {
  test('a long answer is compressed for those who ask, and is the same', async () => {
    const url = `${program.url}/api/v1/label/__name__/values`;
    const plain = await (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).text();
    const metrics = await new Promise<Buffer>((done, fail) => {
      const options = { headers: { 'accept-encoding': 'gzip' } };
      get(`${program.url}/metrics`, options, (response) => {
        expect(response.headers['content-encoding']).toBe('gzip');
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => done(Buffer.concat(pieces)));
      }).on('error', fail);
    });

    expect(JSON.parse(plain)).toMatchObject({ status: 'success' });
    expect(gunzipSync(metrics).toString()).toContain('prometheus_http_requests_total');
  });

  test('federation gives the newest samples with external labels', async () => {
    const response = await fetch(`${program.url}/federate?match[]=demo_requests_total`);
    const lines = (await response.text()).trim().split('\n');

    expect(lines[0]).toBe('# TYPE demo_requests_total untyped');
    expect(lines[1]).toMatch(
      /^demo_requests_total\{instance="[^"]+",job="demo",path="\/a",region="here"\} \d+ \d{13}$/,
    );
    expect(lines).toHaveLength(3);
  });

  test('the API is not there for pages of other sites', async () => {
    const headers = { origin: 'http://evil.example' };
    const response = await fetch(`${program.url}/api/v1/query?query=1`, {
      method: 'POST',
      headers,
    });

    expect(response.status).toBe(403);
  });
});

describe('queries', () => {
  test('statistics say how long it took and how much was read', async () => {
    const { data } = await ask<{ stats: { timings: object; samples: object } }>(
      'query?query=demo_requests_total&stats=all',
    );

    expect(Object.keys(data.stats.timings)).toContain('execTotalTime');
    expect(data.stats.samples).toMatchObject({ totalQueryableSamples: 2 });
  });

  test('an exemplar comes back with its series', async () => {
    const now = Date.now() / 1000;
    const { data } = await ask<{ seriesLabels: object; exemplars: { labels: object }[] }[]>(
      `query_exemplars?query=demo_requests_total{path="/a"}&start=${now - 60}&end=${now}`,
    );

    expect(data[0]?.seriesLabels).toMatchObject({ __name__: 'demo_requests_total', path: '/a' });
    expect(data[0]?.exemplars[0]?.labels).toHaveProperty('trace_id');
  });

  test('the cost of a query is told without running it', async () => {
    const { data } = await ask<{ seriesCount: number }>('query_cost?query=demo_requests_total');

    expect(data.seriesCount).toBe(2);
    expect((await ask('query_cost?query=sum(')).errorType).toBe('bad_data');
  });

  test('a query that does not run cannot be ended', async () => {
    expect(await ask('queries/999999', 'DELETE')).toMatchObject({
      errorType: 'not_found',
      error: 'no query 999999 is running',
    });
  });
});
