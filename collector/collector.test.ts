import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../config/secret.ts';
import type { ScrapeConfig } from '../config/types.ts';
import { Labels } from '../model/labels.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { httpClientConfig, relabelConfig, scrapeConfig } from '../test/collector-configs.ts';
import { listen } from '../test/listening-server.ts';
import { RecordingSink } from '../test/recording-sink.ts';
import { until } from '../test/until.ts';
import { createCollector } from './collector.ts';

const TEXT = 'text/plain; version=0.0.4';

/** Short enough for a test, long enough for a slow machine. */
const FAST = { scrapeIntervalMs: 500, scrapeTimeoutMs: 500 };

function setUp() {
  const sink = new RecordingSink();
  const registry = new Registry();
  const collector = createCollector({
    sink,
    registry,
    logger: SILENT_LOGGER,
    updateIntervalMs: 10,
  });
  onTestFinished(() => collector.stop());
  const apply = (...scrapeConfigs: ScrapeConfig[]): void =>
    collector.applyConfig({ global: global(), scrapeConfigs, clusters: undefined });
  const metric = async (name: string): Promise<number> => {
    const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
    return values.reduce((sum, { value }) => sum + value, 0);
  };
  return { sink, collector, apply, metric };
}

function global() {
  return { externalLabels: Labels.EMPTY } as Parameters<
    ReturnType<typeof createCollector>['applyConfig']
  >[0]['global'];
}

/** Values of a series without their times: `3 3 stale`. */
function valuesOf(sink: RecordingSink, series: string): string {
  return (sink.dump()[series] ?? '').replaceAll(/@\d+/g, '');
}

describe('collector', () => {
  test('a static target is scraped: its samples, up and the other reports', async () => {
    const server = await listen((_, response) => {
      response.setHeader('content-type', TEXT);
      response.end('# TYPE a counter\na{x="1"} 3\nb 4\n');
    });
    const { sink, collector, apply } = setUp();

    apply(scrapeConfig([server.address], { ...FAST, extraScrapeMetrics: true }));

    const own = `instance="${server.address}", job="job"`;
    const a = `{__name__="a", ${own}, x="1"}`;
    await until('two scrapes', () => valuesOf(sink, a).startsWith('3 3'));
    await collector.stop();
    const first = Object.fromEntries(
      Object.entries(sink.dump()).map(([series, samples]) => [series, samples.split('@')[0]]),
    );
    expect(Number(first[`{__name__="scrape_duration_seconds", ${own}}`])).toBeGreaterThan(0);
    expect(first).toMatchObject({
      [a]: '3',
      [`{__name__="b", ${own}}`]: '4',
      [`{__name__="up", ${own}}`]: '1',
      [`{__name__="scrape_samples_scraped", ${own}}`]: '2',
      [`{__name__="scrape_samples_post_metric_relabeling", ${own}}`]: '2',
      [`{__name__="scrape_series_added", ${own}}`]: '2',
      [`{__name__="scrape_timeout_seconds", ${own}}`]: '0.5',
      [`{__name__="scrape_sample_limit", ${own}}`]: '0',
      [`{__name__="scrape_body_size_bytes", ${own}}`]: '32',
    });
    expect(sink.openWriters).toBe(0);
  });

  test('pages compressed by gzip and by zstd are read', async () => {
    const server = await listen((request, response) => {
      response.setHeader('content-type', TEXT);
      const isGzip = request.url === '/gzip';
      response.setHeader('content-encoding', isGzip ? 'gzip' : 'zstd');
      response.end(isGzip ? gzipSync('a 1\n') : zstdCompressSync('a 2\n'));
    });
    const { sink, apply } = setUp();

    apply(
      scrapeConfig([server.address], { ...FAST, jobName: 'g', metricsPath: '/gzip' }),
      scrapeConfig([server.address], { ...FAST, jobName: 'z', metricsPath: '/zstd' }),
    );

    const series = (job: string) => `{__name__="a", instance="${server.address}", job="${job}"}`;
    await until('both', () => valuesOf(sink, series('g')) && valuesOf(sink, series('z')));
    expect(valuesOf(sink, series('g'))).toMatch(/^1/);
    expect(valuesOf(sink, series('z'))).toMatch(/^2/);
  });

  test('a failed scrape: up is 0, the series are stale, the error is shown', async () => {
    let isBroken = false;
    const server = await listen((_, response) => {
      response.setHeader('content-type', TEXT);
      if (isBroken) response.writeHead(500);
      response.end('a 1\n');
      isBroken = true;
    });
    const { sink, collector, apply } = setUp();

    apply(scrapeConfig([server.address], FAST));

    const own = `instance="${server.address}", job="job"`;
    await until('the failure', () => valuesOf(sink, `{__name__="up", ${own}}`).startsWith('1 0'));
    expect(valuesOf(sink, `{__name__="a", ${own}}`)).toBe('1 stale');
    const [target] = collector.scrape.activeTargets().get('job') ?? [];
    expect(target?.status).toMatchObject({
      health: 'down',
      lastError: 'server returned HTTP status 500 Internal Server Error',
    });
  });

  test('limits refuse the page whole, say so, and are counted', async () => {
    const server = await listen((_, response) => {
      response.setHeader('content-type', TEXT);
      response.end('a 1\nb{label="value"} 2\n');
    });
    const { sink, collector, apply, metric } = setUp();
    const job = (jobName: string, limits: Partial<ScrapeConfig>) =>
      scrapeConfig([server.address], { ...FAST, jobName, extraScrapeMetrics: true, ...limits });

    apply(
      job('samples', { sampleLimit: 1 }),
      job('labels', { labelLimit: 3 }),
      job('bytes', { bodySizeLimitBytes: 10 }),
      job('targets', { targetLimit: 1, ...twoTargets(server.address) }),
    );

    const errorOf = (jobName: string) =>
      collector.scrape.activeTargets().get(jobName)?.[0]?.status.lastError;
    await until('all scraped', () =>
      ['samples', 'labels', 'bytes', 'targets'].every((name) => errorOf(name)),
    );
    expect(errorOf('samples')).toBe('sample limit exceeded');
    expect(errorOf('labels')).toMatch(/^label_limit exceeded \(metric: b,/);
    expect(errorOf('bytes')).toBe('body size limit exceeded');
    expect(errorOf('targets')).toBe('target_limit exceeded (number of targets: 2, limit: 1)');
    const size = `{__name__="scrape_body_size_bytes", instance="${server.address}", job="bytes"}`;
    expect(valuesOf(sink, size)).toMatch(/^-1/);
    expect(Object.keys(sink.dump()).filter((series) => /"[ab]"/.test(series))).toEqual([]);
    for (const name of [
      'prometheus_target_scrapes_exceeded_sample_limit_total',
      'prometheus_target_scrape_pool_exceeded_label_limits_total',
      'prometheus_target_scrapes_exceeded_body_size_limit_total',
      'prometheus_target_scrape_pool_exceeded_target_limit_total',
    ]) {
      expect(await metric(name), name).toBeGreaterThan(0);
    }
  });

  test('a target that goes away is marked stale, with up, two intervals later', async () => {
    const server = await listen((_, response) => {
      response.setHeader('content-type', TEXT);
      response.end('a 1\n');
    });
    const { sink, collector, apply } = setUp();
    const own = `instance="${server.address}", job="job"`;
    apply(scrapeConfig([server.address], FAST));
    await until('a scrape', () => valuesOf(sink, `{__name__="a", ${own}}`));

    apply(scrapeConfig([], FAST));

    await until('stale', () => valuesOf(sink, `{__name__="up", ${own}}`).endsWith('stale'));
    expect(valuesOf(sink, `{__name__="a", ${own}}`)).toMatch(/^1( 1)* stale$/);
    expect(collector.scrape.activeTargets().get('job')).toEqual([]);
  });

  test('a change of interval or path goes on with the series, without stale markers', async () => {
    const server = await listen((_, response) => {
      response.setHeader('content-type', TEXT);
      response.end('a 1\n');
    });
    const { sink, collector, apply } = setUp();
    const series = `{__name__="a", instance="${server.address}", job="job"}`;
    apply(scrapeConfig([server.address], FAST));
    await until('a scrape', () => valuesOf(sink, series));

    apply(scrapeConfig([server.address], { ...FAST, scrapeIntervalMs: 600, metricsPath: '/m' }));

    const count = () => valuesOf(sink, series).split(' ').length;
    const before = count();
    await until('more scrapes', () => count() >= before + 4);
    expect(valuesOf(sink, series)).toMatch(/^1( 1)*$/);
    expect(collector.scrape.activeTargets().get('job')?.[0]?.url).toBe(`${server.url}/m`);
  });

  test('a change of metric relabelling ends the series that it drops, in order', async () => {
    const server = await listen((_, response) => {
      response.setHeader('content-type', TEXT);
      response.end('a 1\nb 2\n');
    });
    const { sink, apply } = setUp();
    const series = (name: string) =>
      `{__name__="${name}", instance="${server.address}", job="job"}`;
    apply(scrapeConfig([server.address], FAST));
    await until('a scrape', () => valuesOf(sink, series('b')));

    const drop = relabelConfig({ action: 'drop', sourceLabels: ['__name__'], regex: 'b' });
    apply(scrapeConfig([server.address], { ...FAST, metricRelabelConfigs: [drop] }));

    await until('a scrape after', () => /stale 1/.test(valuesOf(sink, series('a'))));
    expect(valuesOf(sink, series('b'))).toMatch(/^2( 2)* stale$/);
    const times = sink.of(series('a')).map(({ timestampMs }) => timestampMs);
    expect(times).toEqual([...times].sort((x, y) => x - y));
  });

  test('dropped targets are kept up to the limit, with the rule that dropped them', async () => {
    const { collector, apply } = setUp();

    apply(
      scrapeConfig(['a:1', 'b:1', 'c:1'], {
        keepDroppedTargets: 2,
        relabelConfigs: [
          relabelConfig({ targetLabel: 'x', replacement: 'y' }),
          relabelConfig({ action: 'drop', sourceLabels: ['__address__'], regex: '.*' }),
        ],
      }),
    );

    const dropped = await until('the pool', () => collector.scrape.droppedTargets().get('job'));
    expect(dropped.count).toBe(3);
    expect(dropped.kept.map((one) => [one.discovered.get('__address__'), one.droppedBy])).toEqual([
      ['a:1', 1],
      ['b:1', 1],
    ]);
  });

  test('a slow target fails at its timeout, and its scrapes never overlap', async () => {
    let inFlight = 0;
    let inFlightMax = 0;
    const server = await listen((request) => {
      inFlight++;
      inFlightMax = Math.max(inFlightMax, inFlight);
      request.on('close', () => inFlight--);
    });
    const { collector, apply } = setUp();

    apply(scrapeConfig([server.address], FAST));

    const target = () => collector.scrape.activeTargets().get('job')?.[0];
    const first = await until('a failure', () => target()?.status.lastScrapeMs);
    await until('another', () => target()?.status.lastScrapeMs !== first);
    expect(target()?.status.lastError).toBe(
      `Get "${server.url}/metrics": context deadline exceeded`,
    );
    expect(inFlightMax).toBe(1);
  });
});

function twoTargets(address: string): Partial<ScrapeConfig> {
  return {
    discovery: [
      {
        kind: 'static',
        groups: [{ source: '0', targets: [address, 'other:1'], labels: Labels.EMPTY }],
      },
    ],
  };
}

test('a changed secret is a changed configuration', async () => {
  const seen = new Set<string>();
  const server = await listen((request, response) => {
    seen.add(request.headers.authorization ?? '');
    response.setHeader('content-type', TEXT);
    response.end('a 1\n');
  });
  const { apply } = setUp();
  const withToken = (token: string) => {
    const credentials = { value: new Secret(token) };
    const httpClient = httpClientConfig({ authorization: { type: 'Bearer', credentials } });
    return scrapeConfig([server.address], { ...FAST, httpClient });
  };
  apply(withToken('old'));
  await until('the old one', () => seen.has('Bearer old'));

  apply(withToken('new'));

  await until('the new one', () => seen.has('Bearer new'));
});

describe('what comes back before it is marked stale goes on', () => {
  test.each([
    ['a target', [scrapeConfig([], FAST)]],
    ['a job', []],
  ])('%s', async (_, without) => {
    const server = await listen((_request, response) => {
      response.setHeader('content-type', TEXT);
      response.end('a 1\n');
    });
    const { sink, collector, apply } = setUp();
    const series = `{__name__="a", instance="${server.address}", job="job"}`;
    const count = () => valuesOf(sink, series).split(' ').length;
    apply(scrapeConfig([server.address], FAST));
    await until('a scrape', () => valuesOf(sink, series));

    apply(...without);
    await until('its end', () => !collector.scrape.activeTargets().get('job')?.length);
    apply(scrapeConfig([server.address], FAST));

    const before = count();
    await until('more scrapes', () => count() >= before + 4);
    expect(valuesOf(sink, series)).toMatch(/^1( 1)*$/);
    expect(sink.openWriters).toBe(1);
  });
});
