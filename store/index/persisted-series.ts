import type { LabelPairs } from './label-pairs.ts';

/** A ClickHouse `String` column without its length prefixes. */
export interface StringColumn {
  readonly bytes: Uint8Array;
  /** Where each string begins and (exclusive) ends in `bytes`, alternating: start, end, … */
  readonly bounds: Uint32Array;
}

/** Series as they come from the `series` table, labels flattened. Nothing of it is kept. */
export interface PersistedSeries {
  readonly count: number;
  /** `series_id`: word 2i is the low half, 2i+1 the high (the bytes of a UInt64 column). */
  readonly idWords: Uint32Array;
  /** How many labels series 0 to i have together. */
  readonly labelEnds: Uint32Array;
  /** One entry per label, names ascending within a series, no empty value. */
  readonly names: StringColumn;
  readonly values: StringColumn;
  /** Milliseconds per series; undefined when not known. */
  readonly firstSeenMs: Float64Array | undefined;
  readonly lastSeenMs: Float64Array | undefined;
}

const INITIAL_SLOTS = 1 << 16;
/** Words of a slot: label number of the batch plus 1, its hash, its pair, and one for alignment. */
const SLOT_WORDS = 4;
const HASH = 1;
const PAIR = 2;

/** A string column, for reading four bytes at a time. */
class Texts {
  readonly #bounds: Uint32Array;
  readonly #bytes: Buffer;
  readonly #view: DataView;

  constructor({ bytes, bounds }: StringColumn) {
    this.#bounds = bounds;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  text(index: number): string {
    return this.#bytes.toString('utf8', this.#bounds[2 * index], this.#bounds[2 * index + 1]);
  }

  /** Length and ends: hash enough for label names, which are few, and cheap. */
  outline(index: number): number {
    const start = this.#bounds[2 * index] as number;
    const end = this.#bounds[2 * index + 1] as number;
    return ((end - start) << 16) ^ ((this.#bytes[start] ?? 0) << 8) ^ (this.#bytes[end - 1] ?? 0);
  }

  /** Only for the table below; the hash of a series is another one. */
  hash(index: number, seed: number): number {
    let hash = seed ^ 0x811c9dc5;
    const end = this.#bounds[2 * index + 1] as number;
    let at = this.#bounds[2 * index] as number;
    for (; at + 4 <= end; at += 4) {
      hash = Math.imul(hash ^ this.#view.getInt32(at, true), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    for (; at < end; at++) hash = Math.imul(hash ^ this.#view.getUint8(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  isSame(a: number, b: number): boolean {
    const startA = this.#bounds[2 * a] as number;
    const startB = this.#bounds[2 * b] as number;
    const length = (this.#bounds[2 * a + 1] as number) - startA;
    if ((this.#bounds[2 * b + 1] as number) - startB !== length) return false;
    const view = this.#view;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      if (view.getInt32(startA + at, true) !== view.getInt32(startB + at, true)) return false;
    }
    for (; at < length; at++) {
      if (view.getUint8(startA + at) !== view.getUint8(startB + at)) return false;
    }
    return true;
  }
}

/**
 * Numbers of the labels of persisted series. Most labels repeat from series to series, so their
 * bytes are looked up as bytes, and only the first of its kind becomes a string.
 */
export class PairReader {
  readonly #pairs: LabelPairs;
  readonly #names: Texts;
  readonly #values: Texts;
  #slots: Uint32Array = new Uint32Array(INITIAL_SLOTS * SLOT_WORDS);
  #used = 0;

  constructor(pairs: LabelPairs, names: StringColumn, values: StringColumn) {
    this.#pairs = pairs;
    this.#names = new Texts(names);
    this.#values = new Texts(values);
  }

  read(label: number): number {
    const hash = this.#values.hash(label, this.#names.outline(label));
    const slots = this.#slots;
    const mask = slots.length / SLOT_WORDS - 1;
    let slot = (hash & mask) * SLOT_WORDS;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      if (slots[slot + HASH] === hash && this.#isSame(entry - 1, label)) {
        return slots[slot + PAIR] as number;
      }
      slot = (slot + SLOT_WORDS) % slots.length;
    }
    const name = this.#pairs.internName(this.#names.text(label));
    const pair = this.#pairs.internOwned(name, this.#values.text(label));
    slots[slot] = label + 1;
    slots[slot + HASH] = hash;
    slots[slot + PAIR] = pair;
    if (++this.#used * SLOT_WORDS * 2 > slots.length) this.#grow();
    return pair;
  }

  #isSame(a: number, b: number): boolean {
    return this.#values.isSame(a, b) && this.#names.isSame(a, b);
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Uint32Array(old.length * 4);
    const mask = slots.length / SLOT_WORDS - 1;
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      if (old[from] === 0) continue;
      let slot = ((old[from + HASH] as number) & mask) * SLOT_WORDS;
      while (slots[slot] !== 0) slot = (slot + SLOT_WORDS) % slots.length;
      slots.set(old.subarray(from, from + SLOT_WORDS), slot);
    }
    this.#slots = slots;
  }
}
