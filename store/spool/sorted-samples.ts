import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { type NativeBlock, type NativeColumn, NativeFormatError } from '../native/native-column.ts';
import { NativeReader } from '../native/read-native.ts';
import { bytesOf, writeNativeBlock } from '../native/write-native.ts';
import { TABLES } from '../schema/table-columns.ts';
import { indexPath, RECORD_BYTES } from './spool-file.ts';

/** What a sorted copy adds to the name of its file. A process that finds one deletes it. */
export const SORTED_SUFFIX = '.sorted';

const WORDS_PER_CHUNK = 1 << 17;
const SLOTS_MIN = 1024;
/** A table this many times larger than what the last file needed is made anew. */
const SPARE_RATIO_MAX = 3;

/**
 * Rewrites spool files of samples in the order of the table. ClickHouse sorts what it is given by
 * comparing; we know more: a file holds the same series in nearly the same order second after
 * second, so that one guess finds a row's series and counting puts it into its place.
 *
 * Memory: 20 bytes per row of the largest file, and some 30 per series. Holds no lock on anything.
 */
export class SampleSorter {
  #idLow = new Uint32Array(SLOTS_MIN);
  #idHigh = new Uint32Array(SLOTS_MIN);
  /** By slot: the slot of the row that came after it last time. */
  #next = new Uint32Array(SLOTS_MIN);
  /** By slot: rows, then where the next of them goes. */
  #places = new Uint32Array(SLOTS_MIN);
  /** Open addressing: a slot plus 1; 0 is free. */
  #table = new Uint32Array(SLOTS_MIN * 2);
  #slotCount = 0;
  /** Slots in the order of their ids; those made since are at the end of `#slotCount`. */
  #order: Uint32Array = new Uint32Array(0);
  #rowSlots = new Uint32Array(0);
  #timestamps = new Uint32Array(0);
  #values = new Uint32Array(0);
  #rowCount = 0;
  #block = new Uint8Array(0);
  /** A column of a block, where its words are aligned. */
  #column = new Uint32Array(0);
  #otherColumn = new Uint32Array(0);

  /**
   * Writes the rows of the file `from` to the new file `to` as one block, ordered by series and,
   * within one, as they came: by time but for late samples.
   * @returns rows written
   * @throws NativeFormatError, a system error
   */
  sort(from: string, to: string): number {
    this.#rowCount = 0;
    this.#places.fill(0);
    this.#forEachBlock(from, (block) => this.#countRows(block));
    const used = this.#usedSlots();
    this.#sortNewSlots();
    this.#turnCountsIntoPlaces();
    this.#rowCount = 0;
    this.#forEachBlock(from, (block) => this.#placeRows(block));
    this.#write(to);
    if (this.#slotCount > Math.max(used * SPARE_RATIO_MAX, SLOTS_MIN)) this.#forget();
    return this.#rowCount;
  }

  #forEachBlock(path: string, take: (block: NativeBlock) => void): void {
    const records = readFileSync(indexPath(path));
    const count = Math.floor(records.length / RECORD_BYTES);
    let rowCount = 0;
    for (let at = 0; at < count; at++) rowCount += records.readUInt32LE(at * RECORD_BYTES + 4);
    this.#reserveRows(rowCount);
    const file = openSync(path, 'r');
    try {
      let position = 0;
      for (let at = 0; at < count; at++) {
        const byteLength = records.readUInt32LE(at * RECORD_BYTES);
        if (byteLength > this.#block.length) this.#block = new Uint8Array(withRoom(byteLength));
        const bytes = this.#block.subarray(0, byteLength);
        if (readSync(file, bytes, 0, byteLength, position) !== byteLength) {
          throw new NativeFormatError('a spool file is shorter than its index says');
        }
        position += byteLength;
        const block = new NativeReader(bytes).block();
        if (block.rowCount !== records.readUInt32LE(at * RECORD_BYTES + 4)) {
          throw new NativeFormatError('a block has not the rows that its record says');
        }
        take(block);
      }
    } finally {
      closeSync(file);
    }
  }

  #countRows(block: NativeBlock): void {
    const start = this.#rowCount;
    const { rowCount } = block;
    const words = (this.#column = aligned(block.columns[0], rowCount, this.#column));
    const rowSlots = this.#rowSlots;
    let idLow = this.#idLow;
    let idHigh = this.#idHigh;
    let next = this.#next;
    let places = this.#places;
    let slot = 0;
    for (let row = 0; row < rowCount; row++) {
      const low = words[2 * row] as number;
      const high = words[2 * row + 1] as number;
      const guess = next[slot] as number;
      if (guess < this.#slotCount && idLow[guess] === low && idHigh[guess] === high) {
        slot = guess;
      } else {
        const before = slot;
        slot = this.#find(low, high);
        idLow = this.#idLow;
        idHigh = this.#idHigh;
        next = this.#next;
        places = this.#places;
        next[before] = slot;
      }
      rowSlots[start + row] = slot;
      (places[slot] as number)++;
    }
    this.#rowCount = start + rowCount;
  }

  #usedSlots(): number {
    let used = 0;
    for (let slot = 0; slot < this.#slotCount; slot++) if (this.#places[slot] !== 0) used++;
    return used;
  }

  #placeRows(block: NativeBlock): void {
    const start = this.#rowCount;
    const { rowCount } = block;
    const times = (this.#column = aligned(block.columns[1], rowCount, this.#column));
    const bits = (this.#otherColumn = aligned(block.columns[2], rowCount, this.#otherColumn));
    const rowSlots = this.#rowSlots;
    const places = this.#places;
    const timestamps = this.#timestamps;
    const values = this.#values;
    for (let row = 0; row < rowCount; row++) {
      const slot = rowSlots[start + row] as number;
      const place = places[slot] as number;
      places[slot] = place + 1;
      timestamps[2 * place] = times[2 * row] as number;
      timestamps[2 * place + 1] = times[2 * row + 1] as number;
      values[2 * place] = bits[2 * row] as number;
      values[2 * place + 1] = bits[2 * row + 1] as number;
    }
    this.#rowCount = start + rowCount;
  }

  #find(low: number, high: number): number {
    const mask = this.#table.length - 1;
    let at = hash(low, high) & mask;
    for (let entry = this.#table[at] as number; entry !== 0; entry = this.#table[at] as number) {
      if (this.#idLow[entry - 1] === low && this.#idHigh[entry - 1] === high) return entry - 1;
      at = (at + 1) & mask;
    }
    if (this.#slotCount === this.#idLow.length) {
      this.#growSlots();
      return this.#find(low, high);
    }
    const slot = this.#slotCount++;
    this.#table[at] = slot + 1;
    this.#idLow[slot] = low;
    this.#idHigh[slot] = high;
    return slot;
  }

  #growSlots(): void {
    const length = this.#idLow.length * 2;
    this.#idLow = grown(this.#idLow, length);
    this.#idHigh = grown(this.#idHigh, length);
    this.#next = grown(this.#next, length);
    this.#places = grown(this.#places, length);
    this.#table = new Uint32Array(length * 2);
    const mask = this.#table.length - 1;
    for (let slot = 0; slot < this.#slotCount; slot++) {
      let at = hash(this.#idLow[slot] as number, this.#idHigh[slot] as number) & mask;
      while (this.#table[at] !== 0) at = (at + 1) & mask;
      this.#table[at] = slot + 1;
    }
  }

  /** Sorts the slots that are new and merges them into the order. */
  #sortNewSlots(): void {
    const known = this.#order.length;
    if (known === this.#slotCount) return;
    const fresh = this.#sortedFrom(known);
    const merged = new Uint32Array(this.#slotCount);
    let left = 0;
    let right = 0;
    for (let to = 0; to < merged.length; to++) {
      const takesLeft =
        right === fresh.length ||
        (left < known && this.#isBelow(this.#order[left] as number, fresh[right] as number));
      merged[to] = (takesLeft ? this.#order[left++] : fresh[right++]) as number;
    }
    this.#order = merged;
  }

  #sortedFrom(start: number): Uint32Array {
    const words = new Uint32Array(2 * (this.#slotCount - start));
    for (let slot = start; slot < this.#slotCount; slot++) {
      words[2 * (slot - start)] = this.#idLow[slot] as number;
      words[2 * (slot - start) + 1] = this.#idHigh[slot] as number;
    }
    // As one number each they are sorted without a callback.
    new BigUint64Array(words.buffer).sort();
    const slots = new Uint32Array(this.#slotCount - start);
    for (let at = 0; at < slots.length; at++) {
      slots[at] = this.#find(words[2 * at] as number, words[2 * at + 1] as number);
    }
    return slots;
  }

  #isBelow(a: number, b: number): boolean {
    const aHigh = this.#idHigh[a] as number;
    const bHigh = this.#idHigh[b] as number;
    return aHigh === bHigh
      ? (this.#idLow[a] as number) < (this.#idLow[b] as number)
      : aHigh < bHigh;
  }

  #turnCountsIntoPlaces(): void {
    let end = 0;
    for (const slot of this.#order) {
      const count = this.#places[slot] as number;
      this.#places[slot] = end;
      end += count;
    }
  }

  #write(path: string): void {
    const { columns } = TABLES.samples;
    const heads = writeNativeBlock(
      this.#rowCount,
      columns.map((column) => ({ ...column, data: [] })),
    );
    const [blockHead, ...columnHeads] = heads as [Uint8Array, ...Uint8Array[]];
    const file = openSync(path, 'w');
    try {
      writeAll(file, blockHead);
      columnHeads.forEach((head, column) => {
        writeAll(file, head);
        if (column === 0) this.#writeIds(file);
        else this.#writeWords(file, column === 1 ? this.#timestamps : this.#values);
      });
    } finally {
      closeSync(file);
    }
  }

  /** After all rows have their place, `places` says where those of a series end. */
  #writeIds(file: number): void {
    const chunk = new Uint32Array(WORDS_PER_CHUNK);
    let at = 0;
    let row = 0;
    for (const slot of this.#order) {
      const low = this.#idLow[slot] as number;
      const high = this.#idHigh[slot] as number;
      for (const end = this.#places[slot] as number; row < end; row++) {
        chunk[at] = low;
        chunk[at + 1] = high;
        at += 2;
        if (at === WORDS_PER_CHUNK) {
          writeAll(file, bytesOf(chunk));
          at = 0;
        }
      }
    }
    writeAll(file, bytesOf(chunk.subarray(0, at)));
  }

  #writeWords(file: number, words: Uint32Array): void {
    writeAll(file, bytesOf(words.subarray(0, 2 * this.#rowCount)));
  }

  #reserveRows(rowCount: number): void {
    if (rowCount <= this.#rowSlots.length) return;
    const room = withRoom(rowCount);
    this.#rowSlots = new Uint32Array(room);
    this.#timestamps = new Uint32Array(2 * room);
    this.#values = new Uint32Array(2 * room);
  }

  #forget(): void {
    this.#slotCount = 0;
    this.#order = new Uint32Array(0);
    this.#table.fill(0);
    this.#next.fill(0);
  }
}

/** Both halves of an id are hashes already; the high one says the metric only. */
function hash(low: number, high: number): number {
  return (low ^ Math.imul(high, 0x9e37_79b1)) >>> 0;
}

function withRoom(length: number): number {
  return Math.ceil(length * 1.125);
}

/** @returns `room`, or a larger one, that begins with the words of the column */
function aligned(
  column: NativeColumn | undefined,
  rowCount: number,
  room: Uint32Array<ArrayBuffer>,
): Uint32Array<ArrayBuffer> {
  if (column?.kind !== 'fixed' || column.bytes.length !== 8 * rowCount) {
    throw new NativeFormatError('a block of samples has other columns');
  }
  const words = 2 * rowCount <= room.length ? room : new Uint32Array(withRoom(2 * rowCount));
  bytesOf(words).set(column.bytes);
  return words;
}

function grown(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}
