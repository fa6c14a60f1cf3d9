import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { listen } from '../../test/listening-server.ts';
import {
  FIRED_AT_MS,
  notificationOf,
  notifiedAlert,
  notifierOfSection,
} from '../../test/receiver-rig.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function sink(answer: Answer | 'hang' = { status: 200 }) {
  const received: Received[] = [];
  const { url } = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ path: request.url ?? '', headers: request.headers, body });
      if (answer === 'hang') return;
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    });
  });
  return { url, received };
}

const NEVER = new AbortController().signal;
const ALERTS = [
  notifiedAlert(
    { alertname: 'A', job: 'x', '10': 'ten', '9': 'nine' },
    { annotations: Labels.fromRecord({ text: '<b> & "ü" \u2028' }) },
  ),
  notifiedAlert(
    { alertname: 'A', job: 'y' },
    { status: 'resolved', endsAtMs: FIRED_AT_MS + 4322, fingerprint: 'ff' },
  ),
];

describe('webhook', () => {
  test("sends Alertmanager's message, byte for byte", async () => {
    const { url, received } = await sink();
    const notifier = await notifierOfSection('webhook_configs', `url: ${url}/hook`);

    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({ kind: 'sent' });

    const link = 'http://prometheus.example/graph?g0.expr=up\\u0026g0.tab=1';
    expect(received[0]?.body).toBe(
      `{"receiver":"team\\\\.x","status":"firing","alerts":[` +
        `{"status":"firing","labels":{"10":"ten","9":"nine","alertname":"A","job":"x"},"annotations":{"text":"\\u003cb\\u003e \\u0026 \\"ü\\" \\u2028"},"startsAt":"2026-01-02T03:04:05.678Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"${link}","fingerprint":"0123456789abcdef"},` +
        `{"status":"resolved","labels":{"alertname":"A","job":"y"},"annotations":{},"startsAt":"2026-01-02T03:04:05.678Z","endsAt":"2026-01-02T03:04:10Z","generatorURL":"${link}","fingerprint":"ff"}],` +
        `"notification_reason":"first notification","groupLabels":{"alertname":"A"},"commonLabels":{"alertname":"A"},"commonAnnotations":{},"routeLabels":{},"externalURL":"http://watchkeeper.example:9393","version":"4","groupKey":"{}:{alertname=\\"A\\"}","truncatedAlerts":0}\n`,
    );
    expect(received[0]?.path).toBe('/hook');
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'message-1',
      'user-agent': expect.stringMatching(/^Watchkeeper\//) as string,
    });
  });

  test('names as many alerts as it may, and what those have in common', async () => {
    const { url, received } = await sink();
    const notifier = await notifierOfSection('webhook_configs', `url: ${url}\nmax_alerts: 1`);
    await notifier.notify(notificationOf(ALERTS), NEVER);
    const body = JSON.parse(received[0]?.body ?? '') as Record<string, unknown>;
    expect(body).toMatchObject({ truncatedAlerts: 1, commonLabels: { job: 'x' } });
    expect(body['alerts']).toHaveLength(1);
  });

  test('labels of the route are templates, and one that fails is left out', async () => {
    const { url, received } = await sink();
    const notifier = await notifierOfSection('webhook_configs', `url: ${url}`);
    const routeLabels = Labels.fromRecord({
      team: '{{ .CommonLabels.alertname }}-team',
      bad: '{{ .Nope }}',
    });
    await notifier.notify(notificationOf(ALERTS, { routeLabels }), NEVER);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ routeLabels: { team: 'A-team' } });
  });

  test('a payload of its own: texts are templates, and YAML when they come to it', async () => {
    const { url, received } = await sink();
    const notifier = await notifierOfSection(
      'webhook_configs',
      `url: ${url}
payload:
  z: '{{ .Status }}'
  a: '{{ len .Alerts }}'
  "{{ .Receiver }}": ['{{ .CommonLabels | toJson }}', 7, true, null, 'ok: 0x10', '']`,
    );
    await notifier.notify(notificationOf(ALERTS), NEVER);
    expect(received[0]?.body).toBe(
      '{"a":2,"team\\\\.x":[{"alertname":"A"},7,true,null,{"ok":16},null],"z":"firing"}\n',
    );
  });

  test('the URL may be a template, and be in a file that is read at each message', async () => {
    const { url, received } = await sink();
    const dir = mkdtempSync(join(tmpdir(), 'wk-webhook-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const file = join(dir, 'url');
    const notifier = await notifierOfSection('webhook_configs', `url_file: ${file}`);

    const missing = await notifier.notify(notificationOf(ALERTS), NEVER);
    expect(missing).toMatchObject({ kind: 'failed', retry: false, reason: 'other' });
    expect(missing).toMatchObject({ message: expect.stringMatching(/^read url_file: /) as string });
    writeFileSync(file, `${url}/{{ .Status }}\n`);
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({ kind: 'sent' });
    expect(received.map(({ path }) => path)).toEqual(['/firing']);
    writeFileSync(file, '{{ .Nope }}');
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toMatchObject({
      kind: 'failed',
      retry: false,
      message: expect.stringContaining('failed to template webhook URL: ') as string,
    });
    writeFileSync(file, '\n');
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toMatchObject({
      message: 'webhook URL is empty after templating',
    });
  });

  test.each([
    [400, 'no', false, 'clientError', undefined],
    [401, '', false, 'authError', undefined],
    [429, 'slow', false, 'rateLimited', 7000],
    [500, 'oops', true, 'serverError', undefined],
    [503, '', true, 'serverError', 7000],
    [304, '', false, 'other', undefined],
  ])('answer %i', async (status, body, retry, reason, retryAfterMs) => {
    const { url } = await sink({ status, body, headers: { 'Retry-After': '7' } });
    const notifier = await notifierOfSection('webhook_configs', `url: ${url}`);
    const result = await notifier.notify(notificationOf(ALERTS), NEVER);
    const details = body === '' ? '' : `: ${body}`;
    const message = `unexpected status code ${status}${details}`;
    expect(result).toEqual({
      kind: 'failed',
      retry,
      reason,
      message,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  });

  test('a service that is away is worth another attempt, and its URL stays secret', async () => {
    const notifier = await notifierOfSection('webhook_configs', 'url: http://127.0.0.1:1/secret');
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({
      kind: 'failed',
      retry: true,
      reason: 'other',
      message: 'Post "<redacted>": dial tcp 127.0.0.1:1: connect: connection refused',
    });
  });

  test('a service that hangs is left after the timeout', async () => {
    const { url } = await sink('hang');
    const notifier = await notifierOfSection('webhook_configs', `url: ${url}\ntimeout: 50ms`);
    expect(await notifier.notify(notificationOf(ALERTS), NEVER)).toEqual({
      kind: 'failed',
      retry: true,
      reason: 'other',
      message: 'Post "<redacted>": context deadline exceeded',
    });
  });
});
