/** One piece of memory seen in the four widths that packed columns use. */
export interface ByteSlab {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly floats: Float64Array;
}

/** @param length bytes, a multiple of 8 */
export function byteSlab(length: number): ByteSlab {
  const buffer = new ArrayBuffer(length);
  return {
    bytes: new Uint8Array(buffer),
    halves: new Uint16Array(buffer),
    words: new Uint32Array(buffer),
    floats: new Float64Array(buffer),
  };
}

const SLAB_BYTES = 1 << 20;

/** A slab that several blocks share; its memory goes when the last of them does. */
export interface SharedSlab extends ByteSlab {
  usedBytes: number;
  users: number;
}

/** A place in a slab. Offsets are multiples of 8. */
export interface SlabPlace {
  readonly slab: SharedSlab;
  readonly offsetBytes: number;
}

/**
 * Memory for packed blocks. Blocks come and go in order of time, so those of one slab go
 * together, and no block pays for typed arrays of its own.
 */
export class SlabArena {
  #current: SharedSlab | undefined;
  #bytes = 0;

  /** All slabs together, their unused ends included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Copies the first `length` bytes of `source`. */
  store(source: ByteSlab, length: number): SlabPlace {
    const padded = (length + 7) & ~7;
    let slab = this.#current;
    if (slab === undefined || slab.usedBytes + padded > slab.bytes.length) {
      slab = { ...byteSlab(Math.max(padded, SLAB_BYTES)), usedBytes: 0, users: 0 };
      this.#bytes += slab.bytes.length;
      if (padded <= SLAB_BYTES / 2) this.#current = slab;
    }
    const offsetBytes = slab.usedBytes;
    slab.bytes.set(source.bytes.subarray(0, length), offsetBytes);
    slab.usedBytes += padded;
    slab.users++;
    return { slab, offsetBytes };
  }

  release(place: SlabPlace): void {
    const { slab } = place;
    slab.users--;
    if (slab.users > 0) return;
    this.#bytes -= slab.bytes.length;
    if (this.#current === slab) this.#current = undefined;
  }
}
