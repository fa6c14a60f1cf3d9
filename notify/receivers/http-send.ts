/** One attempt over HTTP, and what its answer means. */
import { SECRET_TEXT } from '../../config/secret.ts';
import type { FailureReason, NotifyResult, OnAnswer } from '../notifier.ts';
import type { ReceiverAnswer, ReceiverHttp, ReceiverRequest } from './receiver.ts';

/**
 * An attempt that takes longer is given up and made again, in a flush that may last much longer:
 * a connection that is dead without having been closed would hold the message for all that time.
 */
export const ATTEMPT_MS_MAX = 30_000;

/** What is shorter is no secret, and would mask half of a text. */
const SECRET_LENGTH_MIN = 4;
/** Shorter parts of a URL are words, which may stand in an answer. */
const URL_KEY_LENGTH_MIN = 16;

export type HttpOutcome =
  | { readonly kind: 'answered'; readonly answer: ReceiverAnswer; readonly text: string }
  | { readonly kind: 'failed'; readonly result: Failed };

type Failed = Extract<NotifyResult, { readonly kind: 'failed' }>;

export interface HttpSendOptions {
  readonly http: ReceiverHttp;
  readonly request: Omit<ReceiverRequest, 'signal'>;
  readonly signal: AbortSignal;
  /** Of the receiver's own configuration; 0: `ATTEMPT_MS_MAX`. */
  readonly timeoutMs?: number;
  /** Keys and tokens that neither an error nor an answer may repeat in a message. */
  readonly secrets?: readonly string[];
  readonly onAnswer?: OnAnswer | undefined;
}

/** No answer is worth another attempt. The URL, which may be secret, is not in the message. */
export async function httpSend(options: HttpSendOptions): Promise<HttpOutcome> {
  const { http, request, signal, timeoutMs = 0, secrets = [] } = options;
  const timeout = AbortSignal.timeout(timeoutMs > 0 ? timeoutMs : ATTEMPT_MS_MAX);
  try {
    const answer = await http.request({ ...request, signal: AbortSignal.any([signal, timeout]) });
    const text = maskSecrets(Buffer.from(answer.body).toString('utf8'), secrets);
    options.onAnswer?.(answer.status, text);
    return { kind: 'answered', answer, text };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const message = maskSecrets(redactUrl(words), secrets);
    return { kind: 'failed', result: { kind: 'failed', retry: true, reason: 'other', message } };
  }
}

export interface StatusRules {
  /** Statuses worth another attempt besides 5xx. */
  readonly retryStatuses?: readonly number[];
  /** In place of the answer's body in the message. */
  readonly details?: (answer: ReceiverAnswer, text: string) => string;
}

/** Alertmanager's judgement of a status: 2xx is success, 5xx worth another attempt. */
export function judgeStatus(
  answer: ReceiverAnswer,
  text: string,
  nowMs: number,
  { retryStatuses = [], details }: StatusRules = {},
): NotifyResult {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const more = details === undefined ? text : details(answer, text);
  const message = `unexpected status code ${status}${more === '' ? '' : `: ${more}`}`;
  const isLater = status === 429 || status === 503;
  const retryAfterMs = isLater ? readRetryAfterMs(answer.headers['retry-after'], nowMs) : undefined;
  return {
    kind: 'failed',
    retry: (status >= 500 && status < 600) || retryStatuses.includes(status),
    reason: failureReason(status),
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Sends and judges: what most receivers need. */
export async function httpSendAndJudge(
  options: HttpSendOptions,
  nowMs: () => number,
  rules: StatusRules = {},
): Promise<NotifyResult> {
  const outcome = await httpSend(options);
  if (outcome.kind === 'failed') return outcome.result;
  return judgeStatus(outcome.answer, outcome.text, nowMs(), rules);
}

export function failureReason(status: number): FailureReason {
  if (status === 401 || status === 403) return 'authError';
  if (status === 429) return 'rateLimited';
  if (status >= 400 && status < 500) return 'clientError';
  return status >= 500 && status < 600 ? 'serverError' : 'other';
}

/** Seconds, or a date. */
function readRetryAfterMs(
  header: string | string[] | undefined,
  nowMs: number,
): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** A service may answer with the key that it refuses. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) {
    if (secret.length >= SECRET_LENGTH_MIN) masked = masked.replaceAll(secret, SECRET_TEXT);
  }
  return masked;
}

/** Of a URL that is a secret itself: all of it, and what in it may be a key. */
export function urlSecrets(url: string): readonly string[] {
  const parts = url.replace(/^\w+:\/\/[^/?#]*/, '').split(/[/?#&=]/);
  return [url, ...parts.filter(({ length }) => length >= URL_KEY_LENGTH_MIN)];
}

/** Go's `url.Error` begins with the method and the URL. */
function redactUrl(message: string): string {
  return message.replace(/^(\w+) "(?:[^"\\]|\\.)*"/, '$1 "<redacted>"');
}
