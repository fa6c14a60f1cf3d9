/** WeChat Work: a message of an app to people, departments or tags. */
import type { WechatConfig } from '../../config/alertmanager/receivers/wechat.ts';
import type { Notifier, NotifyResult } from '../notifier.ts';
import type { GoJsonValue } from './go-json.ts';
import { addPath, addQuery } from './go-url-text.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import { failureReason } from './http-send.ts';
import { parseJsonObject, textOf } from './json-answer.ts';
import { messageError, messageSecret } from './message-error.ts';
import { orAbsent } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';

const TOKEN_MS_MAX = 2 * 3_600_000;
/** The token is too old, or not known. https://developer.work.weixin.qq.com/document/path/90313 */
const TOKEN_CODES = [42_001, 40_014];

interface Token {
  readonly value: string;
  readonly atMs: number;
}

export function wechatNotifier(config: WechatConfig, context: ReceiverContext): Notifier {
  let token: Token | undefined;
  return httpNotifier(config, context, async (attempt) => {
    if (token === undefined || attempt.nowMs() - token.atMs > TOKEN_MS_MAX) {
      const fetched = await fetchToken(config, attempt);
      if ('kind' in fetched) return fetched;
      token = fetched;
    }
    const { value } = token;
    const outcome = await attempt.sendJson({
      url: addQuery(addPath(config.apiUrl, 'message/send'), { access_token: value }),
      body: templated(() => wechatMessage(config, attempt)),
      secrets: [value],
    });
    if (outcome.kind === 'failed') return outcome.result;
    const { status } = outcome.answer;
    if (status !== 200) {
      const message = `unexpected status code ${status}`;
      return { kind: 'failed', retry: true, reason: failureReason(status), message };
    }
    const answer = parseJsonObject(outcome.text);
    if (answer === undefined) return failed('the answer is not an object of JSON', true);
    const code = answer['errcode'];
    if (code === 0 || code === undefined) return { kind: 'sent' };
    const isTokens = typeof code === 'number' && TOKEN_CODES.includes(code);
    if (isTokens) token = undefined;
    return failed(textOf(answer['errmsg']), isTokens);
  });
}

async function fetchToken(
  config: WechatConfig,
  attempt: ServiceAttempt,
): Promise<Token | NotifyResult> {
  const source = await messageSecret(config.apiSecret, '');
  const { corpsecret, corpid } = templated(() => ({
    corpsecret: attempt.text(source),
    corpid: attempt.text(config.corpId),
  }));
  const outcome = await attempt.send({
    method: 'GET',
    url: addQuery(addPath(config.apiUrl, 'gettoken'), { corpsecret, corpid }),
    headers: {},
    secrets: [corpsecret],
  });
  if (outcome.kind === 'failed') return outcome.result;
  const judged = attempt.judge(outcome);
  if (judged.kind === 'failed') return judged;
  const value = textOf(parseJsonObject(outcome.text)?.['access_token']);
  if (value === '') return failed(`invalid APISecret for CorpID: ${config.corpId}`, false);
  return { value, atMs: attempt.nowMs() };
}

function wechatMessage(config: WechatConfig, attempt: ServiceAttempt): GoJsonValue {
  const content = attempt.text(config.message);
  const isMarkdown = config.messageType === 'markdown';
  return {
    text: { content: isMarkdown ? '' : content },
    touser: orAbsent(attempt.text(config.toUser)),
    toparty: orAbsent(attempt.text(config.toParty)),
    totag: orAbsent(attempt.text(config.toTag)),
    agentid: orAbsent(attempt.text(config.agentId)),
    safe: '0',
    msgtype: config.messageType,
    markdown: { content: isMarkdown ? content : '' },
  };
}

function templated<T>(expand: () => T): T {
  try {
    return expand();
  } catch (error) {
    throw messageError('templating error', error);
  }
}

function failed(message: string, retry: boolean): NotifyResult {
  return { kind: 'failed', retry, reason: 'other', message };
}
