/** The program itself, scraping a page that has every kind of series, for questions to its API. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { removeDataDir, startProgram } from '../bench/process.ts';
import { encodeFamilies } from './metric-family.ts';
import { watchkeeperProgram } from './programs.ts';
import { until } from './until.ts';

const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/** Enough for `rate()` over a few seconds. */
const SAMPLES_MIN = 4;

export interface DemoProgram {
  readonly url: string;
  /** With the configuration, and the store below `data`. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

export async function startDemoProgram(): Promise<DemoProgram> {
  let scrapes = 0;
  const server = createServer((_request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('content-type', PROTOBUF);
    response.end(page(++scrapes));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const program = await startProgram(
    watchkeeperProgram(configYaml(address), ['--web.enable-admin-api']),
  );
  const stop = async (): Promise<void> => {
    await program.stop();
    removeDataDir(program);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  try {
    await until('the demo target was scraped often enough', () => isFilled(program.url));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: program.url, dataDir: program.dataDir, stop };
}

async function isFilled(url: string): Promise<boolean> {
  const query = `min(count_over_time(demo_requests_total[1m])) >= ${SAMPLES_MIN}`;
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data } = (await response.json()) as { data?: { result: readonly unknown[] } };
  return data !== undefined && data.result.length > 0;
}

function configYaml(address: string): string {
  return `global: { scrape_interval: 500ms, scrape_timeout: 500ms, external_labels: { region: here } }
scrape_configs:
  - job_name: demo
    scrape_native_histograms: true
    static_configs:
      - targets: ['${address}']
      - targets: ['127.0.0.1:1']
        labels: { __meta_drop: 'yes' }
    relabel_configs:
      - { source_labels: [__meta_drop], regex: 'yes', action: drop }
  - job_name: broken
    static_configs: [{ targets: ['127.0.0.1:1'] }]
`;
}

function page(scrape: number): Uint8Array {
  const exemplar = { labels: { trace_id: `t${scrape}` }, value: scrape };
  return encodeFamilies(
    {
      name: 'demo_requests_total',
      help: 'Requests.',
      type: 'counter',
      metrics: ['/a', '/b'].map((path, at) => ({
        labels: { path },
        value: scrape * (at + 1),
        exemplar,
      })),
    },
    {
      name: 'demo_temperature',
      help: 'Degrees.',
      type: 'gauge',
      metrics: [{ labels: { café: 'yes' }, value: scrape % 7 }],
    },
    { name: 'demo_to_be_deleted', type: 'gauge', metrics: [{ value: scrape }] },
    {
      name: 'demo_latency_seconds',
      help: 'Seconds.',
      unit: 'seconds',
      type: 'histogram',
      metrics: [
        {
          histogram: {
            count: 3 * scrape,
            sum: 4.5 * scrape,
            schema: 0,
            zeroThreshold: 1e-6,
            zeroCount: scrape,
            positiveSpans: [[0, 2]],
            positiveDeltas: [scrape, 0],
          },
        },
      ],
    },
  );
}
