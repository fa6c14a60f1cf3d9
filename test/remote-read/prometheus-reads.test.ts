/** A real Prometheus queries our samples over remote read, and we read its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath, type Program, removeDataDir, startProgram } from '../../bench/process.ts';
import { RemoteReadClient } from '../../collector/remote-read/client.ts';
import { Labels } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { httpClientConfig } from '../collector-configs.ts';
import { until } from '../until.ts';
import { columnsSource, SOME_HISTOGRAM } from './columns-source.ts';
import { type ReadServer, startReadServer } from './read-server.ts';

const command = findOnPath('prometheus');
const END_MS = Math.floor(Date.now() / 1000) * 1000 - 60_000;
const STARTED_WITHIN_MS = 60_000;

/** A walk with odd values and odd times in it: more than one chunk of 120. */
const WALK = Array.from({ length: 1000 }, (_, at) => {
  const value = [Number.POSITIVE_INFINITY, -0, 1e-300, at][at % 50] ?? at * 1.1;
  return [END_MS - (1000 - at) * 1000 + (at % 13), value] as const;
});

const SOURCE = columnsSource([
  { labels: { __name__: 'histogram' }, samples: [[END_MS, SOME_HISTOGRAM]] },
  { labels: { __name__: 'walk', job: 'a' }, samples: WALK },
  { labels: { __name__: 'walk', job: 'b' }, samples: [[END_MS, 7]] },
]);

describe.skipIf(command === undefined)('remote read beside a real Prometheus', () => {
  let server: ReadServer;
  let prometheus: Program;

  beforeAll(async () => {
    server = await startReadServer(SOURCE, Labels.fromRecord({ cluster: 'x' }));
    const dir = mkdtempSync(join(tmpdir(), 'remote-read-'));
    writeFileSync(
      join(dir, 'prometheus.yml'),
      `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: self
    static_configs: [{ targets: ['127.0.0.1:1'] }]
remote_read:
  - url: ${server.url}
    read_recent: true
`,
    );
    prometheus = await startProgram(
      {
        name: 'prometheus',
        version: '',
        command: command as string,
        args: (port) => [
          `--config.file=${join(dir, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(dir, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--enable-feature=native-histograms',
        ],
        readyPath: '/-/ready',
      },
      dir,
    );
  }, STARTED_WITHIN_MS);

  afterAll(async () => {
    await prometheus?.stop();
    if (prometheus !== undefined) removeDataDir(prometheus);
    await server?.close();
  });

  async function query(text: string) {
    const params = new URLSearchParams({ query: text, time: String(END_MS / 1000) });
    const response = await fetch(`${prometheus.url}/api/v1/query?${params.toString()}`);
    return ((await response.json()) as { data: { result: Result[] } }).data.result;
  }

  test('chunks are read sample by sample, with external labels', async () => {
    const result = await query('walk{job="a", cluster="x"}[20m]');

    expect(result.length).toBe(1);
    expect(result[0]?.metric).toEqual({ __name__: 'walk', cluster: 'x', job: 'a' });
    const read = result[0]?.values?.map(([seconds, text]) => [
      Math.round(seconds * 1000),
      Number(text.replace('Inf', 'Infinity')),
    ]);
    expect(read).toEqual(WALK);
    expect(server.contentTypes.at(-1)).toContain('ChunkedReadResponse');
  });

  test('native histograms are read', async () => {
    const result = await query('histogram');

    expect(result[0]?.histogram?.[1]).toMatchObject({ count: '12', sum: '18.5' });
  });

  test.each([true, false])('we read what Prometheus stored, in chunks: %s', async (wantsChunks) => {
    const client = new RemoteReadClient({
      url: `${prometheus.url}/api/v1/read`,
      httpClient: httpClientConfig(),
      timeoutMs: 5000,
      wantsChunks,
    });
    const matchers = [new Matcher('=', '__name__', 'up')];
    const series = await until('the first scrape', async () => {
      const slice = { startMs: END_MS, endMs: Date.now() };
      const read = await client.readSlice(matchers, slice, new AbortController().signal);
      return read.length > 0 && read;
    });
    client.close();

    expect(series[0]?.labels.toRecord()).toEqual({
      __name__: 'up',
      instance: '127.0.0.1:1',
      job: 'self',
    });
    expect(series[0]?.values[0]).toBe(0);
  });
});

interface Result {
  readonly metric: Record<string, string>;
  readonly values?: readonly (readonly [number, string])[];
  readonly histogram?: readonly [number, Record<string, string>];
}
