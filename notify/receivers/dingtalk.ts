/** DingTalk: Markdown of a custom robot. https://open.dingtalk.com/document/robots/custom-robot-access */
import { createHmac } from 'node:crypto';
import type { RobotConfig } from '../../config/alertmanager/receivers/robot.ts';
import type { Notifier } from '../notifier.ts';
import { addQuery } from './go-url-text.ts';
import type { ReceiverContext } from './receiver.ts';
import { robotText } from './robot-message.ts';
import { type RobotKind, type RobotPost, robotNotifier } from './robot-notifier.ts';

/** Of the body, with room for what is around the text. */
const TEXT_BYTES_MAX = 19_000;
const MINUTE_MS = 60_000;

const DINGTALK: RobotKind = {
  // 20 messages a minute.
  limits: { burst: 8, windowMs: MINUTE_MS, spacingMs: 5000 },
  request: dingtalkRequest,
  codeOf: ({ errcode }) => errcode,
  textOf: ({ errmsg }) => errmsg,
  // Busy; too fast.
  retryAfterMs: new Map([
    [-1, 0],
    [130_101, MINUTE_MS],
  ]),
};

export function dingtalkNotifier(config: RobotConfig, context: ReceiverContext): Notifier {
  return robotNotifier(DINGTALK, config, context);
}

function dingtalkRequest({ url, secret, message, nowMs }: RobotPost) {
  const { mobiles, userIds, isAll } = message.mentions;
  // People are called only if they stand in the text, too.
  const called = [...mobiles, ...userIds].map((one) => `@${one}`).join(' ');
  const text = robotText(message, TEXT_BYTES_MAX, called, jsonBytes);
  return {
    url: secret === '' ? url : signedUrl(url, secret, nowMs),
    body: {
      msgtype: 'markdown',
      markdown: { title: message.title, text },
      at: { atMobiles: mobiles, atUserIds: userIds, isAtAll: isAll },
    },
  };
}

function signedUrl(url: string, secret: string, nowMs: number): string {
  const timestamp = String(nowMs);
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return addQuery(url, { timestamp, sign });
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
