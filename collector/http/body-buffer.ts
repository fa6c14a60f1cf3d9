/** Where a body is gathered: memory that outlives the request and is used again. */

const BYTES_MIN = 16 * 1024;

/** Room for this much is kept between uses, of one buffer and of a whole pool. */
const KEPT_BUFFER_BYTES_MAX = 8 * 1024 * 1024;
const KEPT_POOL_BYTES_MAX = 64 * 1024 * 1024;

/** A growing run of bytes. What `view` returns is valid until the next `reset` or `append`. */
export class BodyBuffer {
  #bytes = new Uint8Array(BYTES_MIN);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get capacityBytes(): number {
    return this.#bytes.length;
  }

  append(chunk: Uint8Array): void {
    const end = this.#length + chunk.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(chunk, this.#length);
    this.#length = end;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }

  #grow(bytesMin: number): void {
    const grown = new Uint8Array(Math.max(bytesMin, this.#bytes.length * 2));
    grown.set(this.view());
    this.#bytes = grown;
  }
}

/** Buffers between uses. As many are out as there are requests in flight. */
export class BodyBufferPool {
  readonly #free: BodyBuffer[] = [];
  #keptBytes = 0;

  take(): BodyBuffer {
    const buffer = this.#free.pop();
    if (buffer === undefined) return new BodyBuffer();
    this.#keptBytes -= buffer.capacityBytes;
    buffer.reset();
    return buffer;
  }

  /** The caller must not touch the buffer, nor a view of it, afterwards. */
  give(buffer: BodyBuffer): void {
    const bytes = buffer.capacityBytes;
    if (bytes > KEPT_BUFFER_BYTES_MAX || this.#keptBytes + bytes > KEPT_POOL_BYTES_MAX) return;
    this.#keptBytes += bytes;
    this.#free.push(buffer);
  }
}
