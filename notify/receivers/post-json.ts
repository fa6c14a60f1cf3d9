/** Most services take one `POST` of JSON, and say by its status whether they took it. */
import type { NotifyResult } from '../notifier.ts';
import { type GoJsonValue, goJson } from './go-json.ts';
import {
  type HttpOutcome,
  type HttpSendOptions,
  httpSend,
  judgeStatus,
  type StatusRules,
} from './http-send.ts';

export interface JsonPost extends Omit<HttpSendOptions, 'request'> {
  readonly method?: 'POST' | 'PUT' | undefined;
  readonly url: string;
  readonly body: GoJsonValue;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendJson({ method = 'POST', url, body, headers, ...options }: JsonPost) {
  const request = {
    method,
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(goJson(body)),
  };
  return httpSend({ ...options, request });
}

/** @param nowMs the wall clock, for `Retry-After` */
export function judge(
  outcome: HttpOutcome,
  nowMs: () => number,
  rules: StatusRules = {},
): NotifyResult {
  if (outcome.kind === 'failed') return outcome.result;
  return judgeStatus(outcome.answer, outcome.text, nowMs(), rules);
}

/** For fields that Go leaves out when they are empty. */
export function orAbsent(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** For an error that says where a message was to go. */
export function withPrefix(prefix: string, result: NotifyResult): NotifyResult {
  if (result.kind === 'sent') return result;
  return { ...result, message: `${prefix}${result.message}` };
}
