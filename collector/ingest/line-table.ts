/** What a page's lines were: where each begins, how long its fixed part is, whose sample it holds. */

/** A line that must come again byte for byte: comment, metadata, blank. */
export const VERBATIM = -1;
/** A line that nothing can be told from, like one without a line feed. */
export const FORGOTTEN = -0x80000000;

const LINES_MIN = 64;

/** One page's lines, in memory that is used again for the next but one page. */
export class LineTable {
  count = 0;
  starts: Uint32Array = new Uint32Array(LINES_MIN);
  /** Bytes of the series, or of the whole line where `slots` is negative. */
  keyLengths: Uint32Array = new Uint32Array(LINES_MIN);
  /** Slot of the series; VERBATIM - 1 - t for a TYPE line of type number t; or the above. */
  slots: Int32Array = new Int32Array(LINES_MIN);

  get capacity(): number {
    return this.starts.length;
  }

  /** Makes room for `count` lines in all. */
  reserve(count: number): void {
    if (count <= this.starts.length) return;
    const capacity = Math.max(count, this.starts.length * 2);
    this.starts = grownUint32(this.starts, capacity);
    this.keyLengths = grownUint32(this.keyLengths, capacity);
    const slots = new Int32Array(capacity);
    slots.set(this.slots);
    this.slots = slots;
  }

  add(start: number, keyLength: number, slot: number): void {
    const index = this.count;
    if (index === this.starts.length) this.reserve(index + 1);
    this.starts[index] = start;
    this.keyLengths[index] = keyLength;
    this.slots[index] = slot;
    this.count = index + 1;
  }

  clear(): void {
    this.count = 0;
  }
}

export function grownUint32(column: Uint32Array, capacity: number): Uint32Array {
  const grown = new Uint32Array(capacity);
  grown.set(column);
  return grown;
}
