/** What the robots of DingTalk, Feishu and WeCom have in common. */
import type { RobotConfig, RobotMentions } from '../../config/alertmanager/receivers/robot.ts';
import type { MessageExtras } from '../extras/message-extras.ts';
import type { FailureReason, Notifier, NotifyResult } from '../notifier.ts';
import type { GoJsonValue } from './go-json.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import { type HttpOutcome, urlSecrets } from './http-send.ts';
import { parseJsonObject, textOf } from './json-answer.ts';
import { messageSecret } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';
import type { LaneLimits } from './robot-lanes.ts';
import { alertBlocks, factBlocks, type RobotMessage } from './robot-message.ts';

/** One message, ready to be written in a chat's own way. */
export interface RobotPost {
  readonly url: string;
  /** '' when messages are not signed. */
  readonly secret: string;
  readonly message: RobotMessage;
  readonly isFiring: boolean;
  readonly nowMs: number;
}

export interface RobotKind {
  readonly limits: LaneLimits;
  readonly request: (post: RobotPost) => { readonly url: string; readonly body: GoJsonValue };
  /** How a picture is sent, where it can be, as a message of its own. */
  readonly pictureBody?: (png: Uint8Array) => GoJsonValue;
  /** Of an answer with status 200: where the code of an error is, and of its text. */
  readonly codeOf: (answer: Readonly<Record<string, unknown>>) => unknown;
  readonly textOf: (answer: Readonly<Record<string, unknown>>) => unknown;
  /** Codes that are worth another attempt, and after how long. */
  readonly retryAfterMs: ReadonlyMap<number, number>;
}

export function robotNotifier(
  kind: RobotKind,
  config: RobotConfig,
  context: ReceiverContext,
): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const url = await messageSecret(config.url, 'read url_file');
    const secret = await messageSecret(config.secret, 'read secret_file');
    const extras = config.message === '' ? await attempt.extras() : undefined;
    const message = robotMessage(config, context, attempt, extras);
    const isFiring = attempt.notification.status === 'firing';
    const lane = context.lanes.of(url, kind.limits);
    const send = async (what: RobotMessage): Promise<NotifyResult> => {
      const nowMs = attempt.nowMs();
      const post = { url, secret, message: what, isFiring, nowMs };
      const request = kind.request(post);
      const secrets = [secret, ...urlSecrets(url), ...urlSecrets(request.url)];
      const result = judgeRobot(kind, attempt, await attempt.sendJson({ ...request, secrets }));
      const picture = what === message ? extras?.picture : undefined;
      if (result.kind !== 'sent' || picture === undefined || kind.pictureBody === undefined) {
        return result;
      }
      // The message has arrived: what becomes of its picture changes nothing.
      if (!lane.takeSpare()) return result;
      const body = kind.pictureBody(picture.png);
      const sent = judgeRobot(
        kind,
        attempt,
        await attempt.sendJson({ url: request.url, body, secrets }),
      );
      return sent.kind === 'sent' ? result : { kind: 'sent', warning: `picture: ${sent.message}` };
    };
    return lane.deliver(message, send, attempt.signal);
  });
}

function robotMessage(
  { title, message, timezone, mentions }: RobotConfig,
  { externalUrl }: ReceiverContext,
  attempt: ServiceAttempt,
  extras: MessageExtras | undefined,
): RobotMessage {
  const { data } = attempt.expand;
  return {
    title: attempt.text(title),
    blocks:
      message === ''
        ? [...factBlocks(extras), ...alertBlocks(data, timezone)]
        : [attempt.text(message)],
    firingCount: data.alerts.filter(({ status }) => status === 'firing').length,
    link: `${externalUrl}/#/alerts?receiver=${encodeURIComponent(data.receiver)}`,
    mentions: expandMentions(mentions, attempt),
  };
}

function expandMentions(
  { mobiles, userIds, isAll }: RobotMentions,
  attempt: ServiceAttempt,
): RobotMentions {
  const expand = (templates: readonly string[]): readonly string[] =>
    templates
      .flatMap((template) => attempt.text(template).split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '');
  return { mobiles: expand(mobiles), userIds: expand(userIds), isAll };
}

/** All three say no with a status of 200. */
function judgeRobot(kind: RobotKind, attempt: ServiceAttempt, outcome: HttpOutcome): NotifyResult {
  const judged = attempt.judge(outcome);
  if (outcome.kind === 'failed' || judged.kind === 'failed') return judged;
  const answer = parseJsonObject(outcome.text);
  if (answer === undefined) return refused('other', true, 'the answer is not an object of JSON');
  const code = kind.codeOf(answer);
  if (code === 0) return { kind: 'sent' };
  const message = `error ${String(code)}: ${textOf(kind.textOf(answer))}`;
  const retryAfterMs = typeof code === 'number' ? kind.retryAfterMs.get(code) : undefined;
  if (retryAfterMs === undefined) return refused('clientError', false, message);
  return { ...refused('rateLimited', true, message), retryAfterMs };
}

function refused(reason: FailureReason, retry: boolean, message: string) {
  return { kind: 'failed', retry, reason, message } as const;
}
