/** WeCom: Markdown of a robot of a group. https://developer.work.weixin.qq.com/document/path/91770 */
import { createHash } from 'node:crypto';
import type { RobotConfig } from '../../config/alertmanager/receivers/robot.ts';
import type { Notifier } from '../notifier.ts';
import type { ReceiverContext } from './receiver.ts';
import { robotText } from './robot-message.ts';
import { type RobotKind, type RobotPost, robotNotifier } from './robot-notifier.ts';

const TEXT_BYTES_MAX = 4096;
const MINUTE_MS = 60_000;

const WECOM: RobotKind = {
  // 20 messages a minute.
  limits: { burst: 8, windowMs: MINUTE_MS, spacingMs: 5000 },
  request: wecomRequest,
  pictureBody,
  codeOf: ({ errcode }) => errcode,
  textOf: ({ errmsg }) => errmsg,
  // Busy; too fast.
  retryAfterMs: new Map([
    [-1, 0],
    [45_009, MINUTE_MS],
  ]),
};

export function wecomNotifier(config: RobotConfig, context: ReceiverContext): Notifier {
  return robotNotifier(WECOM, config, context);
}

function wecomRequest({ url, message }: RobotPost) {
  const { userIds, mobiles, isAll } = message.mentions;
  const everybody = isAll ? ['@all'] : [];
  const called = [...everybody, ...userIds, ...mobiles].map((one) => `<@${one}>`).join(' ');
  const content = robotText(message, TEXT_BYTES_MAX, called);
  return { url, body: { msgtype: 'markdown', markdown: { content } } };
}

function pictureBody(png: Uint8Array) {
  const base64 = Buffer.from(png).toString('base64');
  return {
    msgtype: 'image',
    image: { base64, md5: createHash('md5').update(png).digest('hex') },
  };
}
