import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { messageSink } from '../../test/message-sink.ts';
import {
  FIRED_AT_MS,
  notificationOf,
  notifiedAlert,
  notifierOfSection,
} from '../../test/receiver-rig.ts';
import type { NotifyResult } from '../notifier.ts';
import { robotText } from './robot-message.ts';

const NEVER = new AbortController().signal;
const ALERTS = [
  notifiedAlert(
    { alertname: 'Disk <@all>', severity: 'critical', node: '<at id=all></at>' },
    {
      annotations: Labels.fromRecord({
        summary: 'the disk of\na node is full',
        runbook_url: 'https://r.example/disk',
      }),
    },
  ),
  notifiedAlert({ alertname: 'B' }, { status: 'resolved', endsAtMs: FIRED_AT_MS + 60_000 }),
];
const TAKEN = { body: '{"errcode":0,"code":0}' };

async function sent(kind: string, section: (url: string) => string, answer = TAKEN) {
  const { url, received } = await messageSink(() => answer);
  const notifier = await notifierOfSection(`${kind}_configs`, section(url));
  const result = await notifier.notify(notificationOf(ALERTS), NEVER);
  return { result, request: received[0] };
}

const BLOCKS = `🔥 **Disk < @all>** (critical)

> the disk of a node is full

node=< at id=all>< /at>

2026-01-02 11:04:05 (Asia/Shanghai) [source](http://prometheus.example/graph?g0.expr=up&g0.tab=1) [runbook](https://r.example/disk)

✅ **B**

2026-01-02 11:04:05 – 2026-01-02 11:05:05 (Asia/Shanghai) [source](http://prometheus.example/graph?g0.expr=up&g0.tab=1)`;

describe('robots', () => {
  test('DingTalk gets Markdown, signed, with those who are called', async () => {
    const { result, request } = await sent(
      'dingtalk',
      (url) =>
        `url: ${url}/robot/send?access_token=T\nsecret: SEC\nat_mobiles: ['138', '{{ .CommonLabels.nope }}']\nat_user_ids: [u]`,
    );
    expect(result).toEqual({ kind: 'sent' });
    const query = new URL(request?.path ?? '', 'http://x').searchParams;
    const timestamp = query.get('timestamp') ?? '';
    expect(query.get('access_token')).toBe('T');
    expect(Math.abs(Number(timestamp) - Date.now())).toBeLessThan(60_000);
    expect(query.get('sign')).toBe(
      createHmac('sha256', 'SEC').update(`${timestamp}\nSEC`).digest('base64'),
    );
    expect(request?.json).toEqual({
      msgtype: 'markdown',
      markdown: { title: '[FIRING:1] A ', text: `### [FIRING:1] A \n\n${BLOCKS}\n\n@138 @u` },
      at: { atMobiles: ['138'], atUserIds: ['u'], isAtAll: false },
    });
  });

  test('Feishu gets a card, signed, with a button', async () => {
    const { result, request } = await sent(
      'feishu',
      (url) => `url: ${url}/hook/T\nsecret: SEC\nat_all: true\nat_user_ids: [ou_1]`,
    );
    expect(result).toEqual({ kind: 'sent' });
    const { timestamp, sign, ...body } = request?.json ?? {};
    expect(timestamp).toMatch(/^\d{10}$/);
    expect(sign).toBe(createHmac('sha256', `${String(timestamp)}\nSEC`).digest('base64'));
    expect(body).toEqual({
      msg_type: 'interactive',
      card: {
        config: { wide_screen_mode: true },
        header: { title: { tag: 'plain_text', content: '[FIRING:1] A ' }, template: 'red' },
        elements: [
          {
            tag: 'markdown',
            content: `${BLOCKS}\n\n<at id=all></at> <at id=ou_1></at>`,
          },
          {
            tag: 'action',
            actions: [
              {
                tag: 'button',
                text: { tag: 'plain_text', content: 'Watchkeeper' },
                type: 'primary',
                url: 'http://watchkeeper.example:9393/#/alerts?receiver=team%5C.x',
              },
            ],
          },
        ],
      },
    });
  });

  test('WeCom gets Markdown of 4096 bytes at most, in a zone and words of its own', async () => {
    const { request } = await sent(
      'wecom',
      (url) =>
        `url: ${url}/send?key=K\ntimezone: UTC\ntitle: '{{ .Status }}'\nmessage: '${'中'.repeat(3000)}'\nat_user_ids: [u]`,
    );
    const { content } = (request?.json ?? {})['markdown'] as { content: string };
    expect(request?.json['msgtype']).toBe('markdown');
    expect(content.startsWith('### firing\n\n中中中')).toBe(true);
    expect(
      content.endsWith(
        '…\n\n[Watchkeeper](http://watchkeeper.example:9393/#/alerts?receiver=team%5C.x)\n\n<@u>',
      ),
    ).toBe(true);
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(content)).toBeGreaterThan(4080);
  });

  test.each([
    [
      'dingtalk',
      '{"errcode":310000,"errmsg":"keywords not in content"}',
      'never clientError: error 310000: keywords not in content',
    ],
    [
      'dingtalk',
      '{"errcode":130101,"errmsg":"too fast"}',
      'again rateLimited: error 130101: too fast',
    ],
    [
      'feishu',
      '{"code":19021,"msg":"sign match fail"}',
      'never clientError: error 19021: sign match fail',
    ],
    ['feishu', '{"code":11232,"msg":"frequency"}', 'again rateLimited: error 11232: frequency'],
    ['feishu', '{"StatusCode":0,"StatusMessage":"success"}', 'sent'],
    [
      'wecom',
      '{"errcode":93000,"errmsg":"invalid webhook url"}',
      'never clientError: error 93000: invalid webhook url',
    ],
    [
      'wecom',
      '{"errcode":45009,"errmsg":"api freq out of limit"}',
      'again rateLimited: error 45009: api freq out of limit',
    ],
    ['wecom', 'x', 'again other: the answer is not an object of JSON'],
  ])('%s answering %s', async (kind, body, expected) => {
    const { result } = await sent(kind, (url) => `url: ${url}`, { body });
    expect(told(result)).toBe(expected);
  });

  test.each(['dingtalk', 'feishu', 'wecom'])('%s: its key is not repeated', async (kind) => {
    const key = 'k'.repeat(40);
    const { result } = await sent(kind, (url) => `url: ${url}/x?key=${key}`, {
      body: `{"errcode":1,"code":1,"errmsg":"${key}","msg":"${key}"}`,
    });
    expect(told(result)).toBe('never clientError: error 1: <secret>');
  });

  test.each([
    ['dingtalk', 'secret: x', 'one of url or url_file must be configured'],
    ['wecom', '{key: a, url: "http://b"}', 'at most one of url, url_file & key must be configured'],
    ['wecom', 'title: a', 'one of url, url_file or key must be configured'],
    ['feishu', 'timezone: Mars/X\nurl: http://a', 'unknown time zone Mars/X'],
  ])('%s: %s is a mistake', async (kind, section, message) => {
    await expect(notifierOfSection(`${kind}_configs`, section)).rejects.toThrow(message);
  });
});

test('texts of robots keep to their limit', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 10 }), text, (title, blocks, more) => {
      const message = { title, blocks, firingCount: 1, link: 'http://w/x' };
      const shown = robotText(message, 1200, more);
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(
        Math.max(1200, Buffer.byteLength(more) + 100),
      );
      expect(shown.endsWith(more)).toBe(true);
    }),
  );
});

function told(result: NotifyResult): string {
  if (result.kind === 'sent') return 'sent';
  return `${result.retry ? 'again' : 'never'} ${result.reason}: ${result.message}`;
}
