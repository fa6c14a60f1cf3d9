/** Why a request failed, in the words Prometheus uses, which dashboards and people know. */

import { describeNetworkError } from '../../model/network-error.ts';

/** A request that gave no usable answer. The message is fit for the targets page: no secrets. */
export class HttpRequestError extends Error {
  override readonly name: string = 'HttpRequestError';
}

/** The time allowed is over. */
export class DeadlineError extends HttpRequestError {
  override readonly name = 'DeadlineError';

  constructor() {
    super('context deadline exceeded');
  }
}

/** The request was given up, because its target or the program went away. */
export class CanceledError extends HttpRequestError {
  override readonly name = 'CanceledError';

  constructor() {
    super('context canceled');
  }
}

/** More bytes than allowed, on the wire or after decompression. */
export class BodySizeError extends HttpRequestError {
  override readonly name = 'BodySizeError';

  constructor() {
    super('body size limit exceeded');
  }
}

/** An answer whose status is not the wanted one. */
export class HttpStatusError extends HttpRequestError {
  override readonly name = 'HttpStatusError';
  readonly status: number;

  constructor(status: number, statusText: string) {
    super(`server returned HTTP status ${status}${statusText === '' ? '' : ` ${statusText}`}`);
    this.status = status;
  }
}

/** An error of Node or undici as one of ours; ours stay as they are. */
export function toHttpError(cause: unknown): HttpRequestError {
  if (cause instanceof HttpRequestError) return cause;
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return new DeadlineError();
  if (cause instanceof DOMException && cause.name === 'AbortError') return new CanceledError();
  return new HttpRequestError(describeNetworkError(cause), { cause });
}
