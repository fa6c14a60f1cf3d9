/** One request and its answer over one connection: no redirects, no authentication. */
import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import { toHttpError } from './http-error.ts';

export interface ResponseHead {
  readonly status: number;
  /** As sent; by HTTP/2, which sends none, the usual one. */
  readonly statusText: string;
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface BodyReader {
  /** @throws HttpRequestError to give the answer up */
  onHead(head: ResponseHead): void;
  /** The bytes are valid during the call only. @throws HttpRequestError to give the answer up */
  onBytes(chunk: Uint8Array): void;
}

/**
 * Resolves with the head when the body has been read to its end.
 *
 * @throws HttpRequestError, or what `signal` was aborted with as one
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  reader: BodyReader,
  signal: AbortSignal,
): Promise<ResponseHead> {
  return new Promise<ResponseHead>((resolve, reject) => {
    const handler = new ExchangeHandler(reader, signal, resolve, reject);
    if (handler.begin()) dispatcher.dispatch(options, handler);
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #reader: BodyReader;
  readonly #signal: AbortSignal;
  readonly #resolve: (head: ResponseHead) => void;
  readonly #reject: (error: Error) => void;
  readonly #onAbort: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #head: ResponseHead | undefined;
  #failure: Error | undefined;

  constructor(
    reader: BodyReader,
    signal: AbortSignal,
    resolve: (head: ResponseHead) => void,
    reject: (error: Error) => void,
  ) {
    this.#reader = reader;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onAbort = () => this.#giveUp(signal.reason);
  }

  /** False when the signal is aborted already. */
  begin(): boolean {
    if (this.#signal.aborted) {
      this.#giveUp(this.#signal.reason);
      return false;
    }
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
    return true;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while the connection was being made.
    if (this.#failure !== undefined) controller.abort(this.#failure);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ResponseHead['headers'],
    statusText?: string,
  ): void {
    if (status < 200) return; // "100 Continue" and its like: the answer is still to come
    const usual = STATUS_CODES[status] ?? '';
    this.#head = { status, statusText: statusText ?? usual, headers };
    if (this.#head.statusText === '') this.#head = { ...this.#head, statusText: usual };
    const head = this.#head;
    this.#guard(() => this.#reader.onHead(head));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#failure === undefined) this.#guard(() => this.#reader.onBytes(chunk));
  }

  onResponseEnd(): void {
    if (this.#failure !== undefined || this.#head === undefined) return;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#resolve(this.#head);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#reject(this.#head === undefined ? error : cutShort(error));
  }

  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#signal.removeEventListener('abort', this.#onAbort);
    const failure = toHttpError(reason);
    this.#failure = failure;
    this.#controller?.abort(failure);
    this.#reject(failure);
  }
}

/** The connection ended amid the body. */
function cutShort(error: Error): Error {
  const described = toHttpError(error);
  return described.message === 'EOF' ? toHttpError(new Error('unexpected EOF')) : described;
}
