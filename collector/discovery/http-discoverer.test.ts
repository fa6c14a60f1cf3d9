import type { ServerResponse } from 'node:http';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SYSTEM_CLOCK } from '../../model/clock.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { httpClientConfig } from '../../test/collector-configs.ts';
import { listen } from '../../test/listening-server.ts';
import { until } from '../../test/until.ts';
import { discoveryMetrics } from './discovery-metrics.ts';
import { HttpDiscoverer } from './http-discoverer.ts';

/** Also the time that a server has to answer: long enough for a busy machine. */
const REFRESH_MS = 1000;

/** Answers by count of the request, the last one for all that follow. */
async function start(answers: readonly ((response: ServerResponse) => void)[]) {
  let asked = 0;
  let headers: Record<string, unknown> = {};
  const { url } = await listen((request, response) => {
    headers = request.headers;
    (answers[Math.min(asked++, answers.length - 1)] ?? (() => undefined))(response);
  });
  const registry = new Registry();
  const metrics = discoveryMetrics(registry, () => new Map());
  const lines: string[] = [];
  const logger = {
    ...SILENT_LOGGER,
    error: (_: string, fields?: Readonly<Record<string, unknown>>) => {
      const error = fields?.['error'];
      lines.push(error instanceof Error ? error.message : '');
    },
  };
  const discoverer = new HttpDiscoverer(
    { kind: 'http', url, refreshIntervalMs: REFRESH_MS, httpClient: httpClientConfig() },
    'job',
    { clock: SYSTEM_CLOCK, logger, metrics },
  );
  const stop = new AbortController();
  const updates: string[] = [];
  const running = discoverer.run(stop.signal, (groups) => {
    const texts = groups.map(({ source, targets, labels }) => {
      const addresses = targets.map((target) => target.get('__address__')).join(',');
      return `${source.slice(url.length)}=${addresses} ${labels.get('__meta_url') === url}`;
    });
    updates.push(texts.join(' '));
  });
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const failures = async () =>
    (await registry.getSingleMetric('prometheus_sd_http_failures_total')?.get())?.values[0]?.value;
  return { updates, headers: () => headers, lines, failures };
}

const json =
  (body: string, contentType = 'application/json') =>
  (response: ServerResponse): void => {
    response.setHeader('content-type', contentType);
    response.end(body);
  };

describe('HttpDiscoverer', () => {
  test('asks at the interval and says so, and takes away what is no longer there', async () => {
    const { updates, headers } = await start([
      json('[{"targets":["a:1","a:2"]},{"targets":["b:1"]}]'),
      json('[{"targets":["a:1"]}]', 'application/json; charset=utf-8'),
    ]);

    await until('two updates', () => updates.length >= 3);
    expect(updates.slice(0, 3)).toEqual([
      ':0=a:1,a:2 true :1=b:1 true',
      ':0=a:1 true :1= false',
      ':0=a:1 true',
    ]);
    expect(headers()).toMatchObject({
      accept: 'application/json',
      'x-prometheus-refresh-interval-seconds': '1',
    });
  });

  test.each([
    ['a status', (r: ServerResponse) => void r.writeHead(500).end(), /HTTP status 500/],
    ['a content type', json('[]', 'text/html'), /unsupported content type "text\/html"/],
    ['no JSON', json('[{'), /JSON/],
    ['no list', json('{}'), /a list of target groups is needed/],
    ['a null group', json('[null]'), /nil target group item found/],
    ['an unknown field', json('[{"target":[]}]'), /unknown field "target"/],
    ['targets that are no texts', json('[{"targets":[{}]}]'), /target 0: not a string/],
    ['no answer in time', () => undefined, /context deadline exceeded/],
  ])('%s fails the refresh, keeps the groups, and is counted', async (_, answer, message) => {
    const { updates, lines, failures } = await start([json('[{"targets":["a:1"]}]'), answer]);

    await until('the failure', () => lines.length > 0);
    expect(lines[0]).toMatch(message);
    expect(updates).toEqual([':0=a:1 true']);
    expect(await failures()).toBeGreaterThan(0);
  });
});
