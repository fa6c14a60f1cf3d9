import type { IncomingHttpHeaders } from 'node:http';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import type { Alert } from '../../model/alert.ts';
import { Labels } from '../../model/labels.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { temporaryDir, writeFileIn } from '../../test/e2e/run-program.ts';
import { listen } from '../../test/listening-server.ts';
import { until } from '../../test/until.ts';
import { AlertSender } from './alert-sender.ts';

interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

const FIRED_AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 60);

function alert(labels: Readonly<Record<string, string>>): Alert {
  return {
    labels: Labels.fromRecord(labels),
    annotations: Labels.fromRecord({ a: 'b' }),
    startsAtMs: FIRED_AT_MS,
    endsAtMs: FIRED_AT_MS + 240_000,
    generatorUrl: 'http://here/graph',
    updatedAtMs: FIRED_AT_MS,
    timesOut: false,
  };
}

async function started(alerting: string, addresses: readonly string[], status = 200) {
  const requests: Request[] = [];
  const server = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const alerts = JSON.parse(Buffer.concat(chunks).toString()) as Request['alerts'];
      requests.push({ path: request.url ?? '', headers: request.headers, alerts });
      response.statusCode = status;
      response.end();
    });
  });
  const dir = temporaryDir();
  onTestFinished(() => dir.remove());
  const file = writeFileIn(dir.path, 'prometheus.yml', `alerting: {alertmanagers: [${alerting}]}`);
  const config = await loadConfig(file);
  const registry = new Registry();
  const sender = new AlertSender({ registry, logger: SILENT_LOGGER });
  onTestFinished(() => sender.stop());
  const sets = config.alerting.alertmanagers.map((one, at) => [`config-${at}`, one] as const);
  sender.applyConfig(new Map(sets));
  const targets = addresses.map((address) =>
    Labels.fromRecord({ __address__: address.replace('SERVER', server.address) }),
  );
  const groups = [{ source: '', targets, labels: Labels.EMPTY }];
  sender.sync(new Map(sets.map(([name]) => [name, groups])));
  return { sender, requests, registry, server };
}

test('alerts go to each that is found, as the original sends them', async () => {
  const { sender, requests, registry, server } = await started(
    `{path_prefix: /am/, basic_auth: {username: u, password: p},
      relabel_configs: [{source_labels: [__address__], regex: 'dropped.*', action: drop}],
      alert_relabel_configs: [{regex: replica, action: labeldrop}, {source_labels: [x], regex: no, action: drop}]}`,
    ['SERVER', 'dropped:1', 'SERVER'],
  );
  expect(sender.active).toEqual([`${server.url}/am/api/v2/alerts`]);
  expect(sender.dropped).toEqual(['http://dropped:1/am/api/v2/alerts']);

  sender.send([alert({ alertname: 'A', replica: '1' }), alert({ alertname: 'B', x: 'no' })]);
  const request = await until('a request', () => requests[0]);

  expect(request.path).toBe('/am/api/v2/alerts');
  expect(request.headers.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
  expect(request.alerts).toEqual([
    {
      annotations: { a: 'b' },
      startsAt: '2026-01-02T03:04:05.060Z',
      endsAt: '2026-01-02T03:08:05.060Z',
      generatorURL: 'http://here/graph',
      labels: { alertname: 'A' },
    },
  ]);
  expect(await registry.metrics()).toContain('prometheus_notifications_alertmanagers_discovered 1');
});

test('many go in batches, and a full queue drops the oldest', async () => {
  const { sender, requests, registry } = await started('{}', ['SERVER']);
  sender.send(Array.from({ length: 10_300 }, (_, at) => alert({ alertname: 'A', at: String(at) })));
  await until('all', () => requests.flatMap(({ alerts }) => alerts).length === 10_000);
  expect(Math.max(...requests.map(({ alerts }) => alerts.length))).toBe(256);
  expect(requests[0]?.alerts[0]?.labels['at']).toBe('300');
  await sent(registry, 10_000);
  const metrics = await registry.metrics();
  expect(metrics).toMatch(/prometheus_notifications_dropped_total\{.*\} 300/);
});

/** The last answer is counted after its request has come. */
function sent(registry: Registry, count: number) {
  return until('the count', async () => {
    const text = await registry.metrics();
    return new RegExp(`prometheus_notifications_sent_total\\{.*\\} ${count}\n`).test(text);
  });
}

test('a refusal is counted and not tried again', async () => {
  const { sender, requests, registry } = await started('{}', ['SERVER'], 500);
  sender.send([alert({ alertname: 'A' })]);
  await until('a request', () => requests[0]);
  await sender.stop();
  expect(requests).toHaveLength(1);
  // Who is gone has no metrics.
  expect(await registry.metrics()).not.toContain('prometheus_notifications_errors_total{');
});

test('one that goes away gets no more', async () => {
  const { sender, requests, registry, server } = await started('{}', ['SERVER']);
  sender.sync(new Map());
  sender.send([alert({ alertname: 'A' })]);
  await sender.stop();
  expect(requests).toEqual([]);
  expect(await registry.metrics()).not.toContain(server.address);
});
