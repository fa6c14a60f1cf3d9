import { describe, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { messageSink } from '../../test/message-sink.ts';
import {
  FIRED_AT_MS,
  notificationOf,
  notifiedAlert,
  notifierOfSection,
} from '../../test/receiver-rig.ts';
import { smtpServer } from '../../test/smtp-rig.ts';
import type { ChartData } from '../picture/chart-data.ts';
import { type FindDetails, MessageExtrasSource } from './message-extras.ts';

const NEVER = new AbortController().signal;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const MAIL = 'to: a@x.example\nfrom: wk@x.example\nrequire_tls: false';
const TIMES_MS = Array.from({ length: 60 }, (_, at) => FIRED_AT_MS - (60 - at) * 60_000);

const CHART: ChartData = {
  title: '内存 near limit',
  subtitle: 'kind · shop/web-0',
  status: 'firing',
  severity: 'critical',
  unit: '%',
  threshold: { sign: '>', values: [90] },
  fromMs: FIRED_AT_MS - 3_600_000,
  toMs: FIRED_AT_MS,
  stepMs: 60_000,
  series: [{ name: '', timesMs: TIMES_MS, values: TIMES_MS.map((_, at) => at) }],
  bands: [{ fromMs: FIRED_AT_MS - 600_000, toMs: FIRED_AT_MS }],
  language: 'en',
  timezone: 'UTC',
};

const POLICY = notificationOf([notifiedAlert({ alertname: 'A', policy_id: 'pol_a' })]);
const PLAIN = notificationOf([notifiedAlert({ alertname: 'A' })]);

function details(chart: ChartData | undefined = CHART): FindDetails {
  return () =>
    Promise.resolve({
      title: 'Memory <1>',
      facts: [{ name: 'Value', value: '93.2%' }],
      links: [{ name: 'Pod', url: 'https://wk.example/c/kind/ns/shop/pod/web-0' }],
      chart,
    });
}

function extras(find: FindDetails = details(), more: object = {}): MessageExtrasSource {
  const settings = {
    facts: true,
    pictures: true,
    language: 'en',
    timezone: 'UTC',
    ...more,
  } as const;
  return new MessageExtrasSource(find, () => settings, SILENT_LOGGER);
}

async function sent(
  kind: string,
  section: (url: string) => string,
  answer: object,
  source = extras(),
) {
  const { url, received } = await messageSink(() => ({ body: JSON.stringify(answer) }));
  const notifier = await notifierOfSection(kind, section(url), source);
  return { result: await notifier.notify(POLICY, NEVER), received };
}

describe('a message about an alarm of a policy', () => {
  test('by mail: facts and the picture stand in the page, facts as text, too', async () => {
    const { port, received } = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const section = `smarthost: 127.0.0.1:${port}\n${MAIL}`;
    const notifier = await notifierOfSection('email_configs', section, extras());
    expect(await notifier.notify(POLICY, NEVER)).toEqual({ kind: 'sent' });
    const [mail] = received;
    expect(mail?.mail.attachments).toMatchObject([{ contentType: 'image/png', related: true }]);
    expect(mail?.mail.attachments[0]?.content.subarray(0, 4)).toEqual(PNG);
    // The reader of the mail has put the picture in the place of its name.
    expect(mail?.mail.html).toContain('<img src="data:image/png;base64,');
    expect(mail?.mail.html).toContain('Memory &lt;1&gt;');
    expect(mail?.mail.text).toContain('Value: 93.2%');
  });

  test('is as its template makes it when it is none of a policy, or facts are off', async () => {
    const { port, received } = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const section = `smarthost: 127.0.0.1:${port}\n${MAIL}`;
    await (await notifierOfSection('email_configs', section, extras())).notify(PLAIN, NEVER);
    const off = extras(details(), { facts: false });
    await (await notifierOfSection('email_configs', section, off)).notify(POLICY, NEVER);
    expect(received.map(({ raw }) => /image\/png|93\.2/.test(raw))).toEqual([false, false]);
  });

  test.each<[string, FindDetails]>([
    ['are not found', () => Promise.reject(new Error('the store is away'))],
    ['cannot be drawn', details({ ...CHART, timezone: 'No/Where' })],
  ])('goes although facts or picture %s', async (_, find) => {
    const { port, received } = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const section = `smarthost: 127.0.0.1:${port}\n${MAIL}`;
    const notifier = await notifierOfSection('email_configs', section, extras(find));
    expect(await notifier.notify(POLICY, NEVER)).toEqual({ kind: 'sent' });
    expect(received[0]?.mail.attachments).toEqual([]);
  });

  test('to Discord: one form of the message and its picture', async () => {
    const { result, received } = await sent(
      'discord_configs',
      (url) => `webhook_url: ${url}/x`,
      {},
    );
    expect(result).toEqual({ kind: 'sent' });
    const body = received[0]?.body ?? '';
    expect(received[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(body).toContain('"image":{"url":"attachment://chart.png"}');
    expect(body).toContain('name="files[0]"; filename="chart.png"');
    expect(body).toContain('"value":"93.2%"');
  });

  test('to Telegram: the text first, its picture then, without a sound', async () => {
    const { result, received } = await sent(
      'telegram_configs',
      (url) => `api_url: ${url}\nbot_token: t0ken\nchat_id: 1`,
      { ok: true },
    );
    expect(result).toEqual({ kind: 'sent' });
    expect(received.map(({ path }) => path)).toEqual([
      '/bott0ken/sendMessage',
      '/bott0ken/sendPhoto',
    ]);
    expect(received[0]?.body).toContain('93.2%');
    expect(received[1]?.body).toContain('name="disable_notification"');
  });

  test('to WeCom: the picture is a message of its own', async () => {
    const { received } = await sent('wecom_configs', (url) => `url: ${url}/robot`, { errcode: 0 });
    expect(received).toHaveLength(2);
    const image = JSON.parse(received[1]?.body ?? '') as { image: { base64: string; md5: string } };
    expect(Buffer.from(image.image.base64, 'base64').subarray(0, 4)).toEqual(PNG);
    expect(image.image.md5).toMatch(/^[0-9a-f]{32}$/);
  });

  test('to Teams: the picture is within the card', async () => {
    const { received } = await sent('msteamsv2_configs', (url) => `webhook_url: ${url}/x`, {});
    const body = received[0]?.body ?? '';
    expect(body).toContain('"type":"FactSet"');
    expect(body.length).toBeLessThan(28_000);
  });

  test('to Slack as an app: the picture goes into the thread of the message', async () => {
    const { url, received } = await messageSink(({ path }) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        path.endsWith('files.getUploadURLExternal')
          ? { ok: true, upload_url: `${url}/upload`, file_id: 'F1' }
          : { ok: true, ts: '1.2', channel: 'C1' },
      ),
    }));
    const section = `api_url: ${url}/api/chat.postMessage\nchannel: c`;
    const notifier = await notifierOfSection('slack_configs', section, extras());
    expect(await notifier.notify(POLICY, NEVER)).toEqual({ kind: 'sent' });
    expect(received.map(({ path }) => path)).toEqual([
      '/api/chat.postMessage',
      '/api/files.getUploadURLExternal',
      '/upload',
      '/api/files.completeUploadExternal',
    ]);
    expect(received[3]?.body).toContain('thread_ts=1.2');
  });
});
