/** Feishu and Lark: a card of a custom robot. https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
import { createHmac } from 'node:crypto';
import type { RobotConfig } from '../../config/alertmanager/receivers/robot.ts';
import type { Notifier } from '../notifier.ts';
import type { ReceiverContext } from './receiver.ts';
import { robotText } from './robot-message.ts';
import { type RobotKind, type RobotPost, robotNotifier } from './robot-notifier.ts';

/** Of the body, which may have 20 KB, with room for the card around the text. */
const TEXT_BYTES_MAX = 18_000;
const SECOND_MS = 1000;

const FEISHU: RobotKind = {
  // 100 messages a minute, five a second.
  limits: { burst: 4, windowMs: SECOND_MS, spacingMs: SECOND_MS },
  request: feishuRequest,
  codeOf: ({ code, StatusCode: older }) => code ?? older,
  textOf: ({ msg, StatusMessage: older }) => msg ?? older,
  // Too fast; busy.
  retryAfterMs: new Map([
    [11_232, SECOND_MS],
    [9499, SECOND_MS],
  ]),
};

export function feishuNotifier(config: RobotConfig, context: ReceiverContext): Notifier {
  return robotNotifier(FEISHU, config, context);
}

function feishuRequest({ url, secret, message, isFiring, nowMs }: RobotPost) {
  const { mentions } = message;
  const everybody = mentions.isAll ? ['<at id=all></at>'] : [];
  const called = [...everybody, ...mentions.userIds.map((id) => `<at id=${id}></at>`)].join(' ');
  // The card has the title.
  const content = robotText({ ...message, title: '' }, TEXT_BYTES_MAX, called, jsonBytes);
  const title = { tag: 'plain_text', content: message.title };
  const button = {
    tag: 'button',
    text: { tag: 'plain_text', content: 'Watchkeeper' },
    type: 'primary',
    url: message.link,
  };
  return {
    url,
    body: {
      ...(secret === '' ? {} : signature(secret, nowMs)),
      msg_type: 'interactive',
      card: {
        config: { wide_screen_mode: true },
        header: { title, template: isFiring ? 'red' : 'green' },
        elements: [
          { tag: 'markdown', content },
          { tag: 'action', actions: [button] },
        ],
      },
    },
  };
}

function signature(secret: string, nowMs: number) {
  const timestamp = String(Math.floor(nowMs / SECOND_MS));
  const sign = createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');
  return { timestamp, sign };
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
