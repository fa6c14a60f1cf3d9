/** Gathers a body within its limit. */
import type { BodyBuffer } from './body-buffer.ts';
import type { BodyReader, ResponseHead } from './exchange.ts';
import { BodySizeError } from './http-error.ts';

/** Of an answer that is an error, this much is kept, to be shown. */
const ERROR_BODY_BYTES_MAX = 8 * 1024;

export class ResponseReader implements BodyReader {
  readonly #buffer: BodyBuffer;
  readonly #bytesMax: number;
  #head: ResponseHead | undefined;
  #receivedBytes = 0;

  constructor(buffer: BodyBuffer, bytesMax: number) {
    this.#buffer = buffer;
    this.#bytesMax = bytesMax;
    buffer.reset();
  }

  get head(): ResponseHead | undefined {
    return this.#head;
  }

  /** Valid until the buffer is used again. */
  body(): Uint8Array {
    return this.#buffer.view();
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    this.#buffer.reset();
    this.#receivedBytes = 0;
    const announced = Number(head.headers['content-length']);
    if (this.#isSuccess() && announced > this.#bytesMax) throw new BodySizeError();
  }

  onBytes(chunk: Uint8Array): void {
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes > this.#bytesMax) throw new BodySizeError();
    if (this.#isSuccess()) {
      this.#buffer.append(chunk);
    } else if (this.#buffer.length < ERROR_BODY_BYTES_MAX) {
      this.#buffer.append(chunk.subarray(0, ERROR_BODY_BYTES_MAX - this.#buffer.length));
    }
  }

  #isSuccess(): boolean {
    const status = this.#head?.status ?? 0;
    return status >= 200 && status < 300;
  }
}
