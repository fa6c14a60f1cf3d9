/** One attempt to hand a message to a receiver. */
import { compress } from 'snappy';
import type { RemoteWriteConfig, RemoteWriteMessage } from '../../config/types.ts';
import { HttpClient } from '../http/http-client.ts';
import { HttpRequestError } from '../http/http-error.ts';
import { USER_AGENT } from '../http/user-agent.ts';

/** Of an answer nothing but the reason of a refusal is read. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export type SendResult =
  | { readonly kind: 'sent'; readonly bytes: number }
  /** Worth another try, after `retryAfterMs` when the receiver said so. */
  | { readonly kind: 'later'; readonly error: string; readonly retryAfterMs: number | undefined }
  /** The receiver does not know this kind of message. */
  | { readonly kind: 'unsupported'; readonly error: string }
  /** The same again would be refused again. */
  | { readonly kind: 'refused'; readonly error: string };

const HEADERS: Readonly<Record<RemoteWriteMessage, Readonly<Record<string, string>>>> = {
  'prometheus.WriteRequest': {
    'Content-Type': 'application/x-protobuf',
    'X-Prometheus-Remote-Write-Version': '0.1.0',
  },
  'io.prometheus.write.v2.Request': {
    'Content-Type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'X-Prometheus-Remote-Write-Version': '2.0.0',
  },
};

export class WriteClient {
  readonly #config: RemoteWriteConfig;
  readonly #http: HttpClient;
  readonly #now: () => number;

  constructor(config: RemoteWriteConfig, now: () => number) {
    this.#config = config;
    this.#http = new HttpClient(config.httpClient);
    this.#now = now;
  }

  close(): void {
    this.#http.close();
  }

  /** @param attempt from 0 */
  async send(
    message: Uint8Array,
    kind: RemoteWriteMessage,
    attempt: number,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const { url, headers, remoteTimeoutMs, queue } = this.#config;
    const body = await compress(Buffer.from(message.buffer, message.byteOffset, message.length));
    try {
      const response = await this.#http.request({
        method: 'POST',
        url,
        headers: {
          ...headers,
          ...HEADERS[kind],
          'Content-Encoding': 'snappy',
          'User-Agent': USER_AGENT,
          ...(attempt > 0 ? { 'Retry-Attempt': String(attempt) } : {}),
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(remoteTimeoutMs)]),
        bodyBytesMax: ANSWER_BYTES_MAX,
      });
      const { status, statusText } = response;
      if (status >= 200 && status < 300) return { kind: 'sent', bytes: body.length };
      const text = Buffer.from(response.body).toString();
      const error = `server returned HTTP status ${status} ${statusText}: ${text}`;
      if (status === 415) return { kind: 'unsupported', error };
      if (status < 500 && !(status === 429 && queue.retryOnHttp429)) {
        return { kind: 'refused', error };
      }
      const retryAfter = response.headers['retry-after'];
      return { kind: 'later', error, retryAfterMs: retryAfterMs(retryAfter, this.#now()) };
    } catch (error) {
      if (!(error instanceof HttpRequestError)) throw error;
      return { kind: 'later', error: error.message, retryAfterMs: undefined };
    }
  }
}

/** Seconds, or a date. */
function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
