/** What robots of chats are told: the alerts as a list in Markdown, within the chat's limit. */
import type { RobotMentions } from '../../config/alertmanager/receivers/robot.ts';
import type { GoInstant } from '../../model/template/value/go-instant.ts';
import { factLines } from '../extras/extras-text.ts';
import type { MessageExtras } from '../extras/message-extras.ts';
import type { NotificationData, TemplateAlert } from '../template/notification-data.ts';
import { headBytes } from './truncate.ts';

export interface RobotMessage {
  readonly title: string;
  /** In order; a message that is too long is cut between two of them. */
  readonly blocks: readonly string[];
  readonly firingCount: number;
  /** Where the rest can be seen. */
  readonly link: string;
  /** Final, not templates. */
  readonly mentions: RobotMentions;
}

const MS_NANOS = 1_000_000n;
const FACTS_MAX = 12;
const VALUE_LENGTH_MAX = 200;
const DESCRIPTIONS = ['summary', 'description', 'message'];

/** One block for each alert. */
export function alertBlocks(data: NotificationData, timezone: string): readonly string[] {
  return data.alerts.map((alert) => alertBlock(alert, timezone));
}

/** What is known of an alarm of a policy, before the list of alerts. */
export function factBlocks(extras: MessageExtras | undefined): readonly string[] {
  if (extras === undefined) return [];
  const facts = factLines(extras).map((text) => `- ${plain(text)}`);
  const links = extras.links.map(({ name, url }) => link(plain(name), url));
  return [[...facts, '', links.filter((text) => text !== '').join(' ')].join('\n')];
}

function alertBlock(alert: TemplateAlert, timezone: string): string {
  const { labels, annotations, status, startsAt, endsAt, generatorUrl } = alert;
  const isFiring = status === 'firing';
  const severity = labels.get('severity');
  const name = labels.get('alertname') || 'alert';
  const head = `${isFiring ? '🔥' : '✅'} **${plain(name)}**${severity === '' ? '' : ` (${plain(severity)})`}`;
  const texts = DESCRIPTIONS.map((one) => annotations.get(one)).filter((text) => text !== '');
  const facts = [...labels.entries()]
    .filter(([label]) => label !== 'alertname' && label !== 'severity')
    .slice(0, FACTS_MAX)
    .map(([label, value]) => `${plain(label)}=${plain(value)}`);
  const from = zonedText(startsAt, timezone);
  const to = isFiring || endsAt === undefined ? '' : ` – ${zonedText(endsAt, timezone)}`;
  const runbook = annotations.get('runbook_url');
  const links = [link('source', generatorUrl), link('runbook', runbook)].filter(
    (text) => text !== '',
  );
  const lines = [
    head,
    ...texts.slice(0, 1).map((text) => `> ${plain(text)}`),
    ...(facts.length === 0 ? [] : [facts.join(', ')]),
    `${from}${to} (${timezone})${links.length === 0 ? '' : ` ${links.join(' ')}`}`,
  ];
  return lines.join('\n\n');
}

/** Nobody is to be called by what stands in a label. */
function plain(text: string): string {
  const cut = text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
  return cut
    .toWellFormed()
    .replace(/<(?=@|\/?at\b)/gi, '< ')
    .replace(/\s+/g, ' ');
}

function link(text: string, url: string): string {
  return /^https?:\/\/[^\s()<>]+$/.test(url) ? `[${text}](${url})` : '';
}

/** `2026-01-02 11:04:05` */
function zonedText({ unixNanos }: GoInstant, timeZone: string): string {
  return new Date(Number(unixNanos / MS_NANOS)).toLocaleString('sv-SE', { timeZone });
}

/** One for all that had to wait. */
export function digest(messages: readonly RobotMessage[]): RobotMessage {
  const [first] = messages;
  const firingCount = messages.reduce((sum, one) => sum + one.firingCount, 0);
  return {
    title: `${messages.length} groups, ${firingCount} firing`,
    blocks: messages.flatMap(({ title, blocks }) => [`**${plain(title)}**`, ...blocks]),
    firingCount,
    link: first?.link ?? '',
    mentions: {
      mobiles: [...new Set(messages.flatMap(({ mentions }) => mentions.mobiles))],
      userIds: [...new Set(messages.flatMap(({ mentions }) => mentions.userIds))],
      isAll: messages.some(({ mentions }) => mentions.isAll),
    },
  };
}

/**
 * The title, where there is one, the blocks that fit, and how many did not.
 * @param more at the end of all, such as mentions
 */
export function robotText(
  { title, blocks, link: url }: Pick<RobotMessage, 'title' | 'blocks' | 'link'>,
  sizeMax: number,
  more: string,
  size: (text: string) => number = (text) => Buffer.byteLength(text),
): string {
  const head = title === '' ? [] : [`### ${plain(title)}`];
  const ending = more === '' ? '' : `\n\n${more}`;
  const all = [...head, ...blocks].join('\n\n') + ending;
  if (size(all) <= sizeMax) return all;
  for (let kept = blocks.length - 1; kept > 0; kept--) {
    const rest = restText(blocks.length - kept, url);
    const text = [...head, ...blocks.slice(0, kept), rest].join('\n\n') + ending;
    if (size(text) <= sizeMax) return text;
  }
  // Not even one fits.
  const rest = `\n\n${restText(Math.max(blocks.length - 1, 0), url)}${ending}`;
  const begin = [...head, blocks[0] ?? ''].join('\n\n');
  let room = sizeMax - size(rest);
  for (;;) {
    const text = `${headBytes(begin, Math.max(room, 0))}…${rest}`;
    if (size(text) <= sizeMax || room <= 0) return text;
    room -= Math.max(size(text) - sizeMax, 1);
  }
}

function restText(count: number, url: string): string {
  const shown = link('Watchkeeper', url);
  const what = count === 0 ? '' : `and ${count} more`;
  return [what, shown].filter((text) => text !== '').join(': ');
}
