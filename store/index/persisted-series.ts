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

/**
 * Numbers of the labels of persisted series. Most labels repeat from series to series, so their
 * bytes are looked up as bytes, and only the first of its kind becomes a string.
 */
export class PairReader {
  readonly #pairs: LabelPairs;
  readonly #names: StringColumn;
  readonly #values: StringColumn;
  /** By slot: label number of the batch plus 1, its hash, its pair. */
  #slots: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  #hashes: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  #found: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  #used = 0;
  readonly #decoder = new TextDecoder();

  constructor(pairs: LabelPairs, names: StringColumn, values: StringColumn) {
    this.#pairs = pairs;
    this.#names = names;
    this.#values = values;
  }

  read(label: number): number {
    const hash = hashBytes(this.#names, label, hashBytes(this.#values, label, 0x811c9dc5));
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) break;
      if (this.#hashes[slot] === hash && this.#isSame(entry - 1, label)) {
        return this.#found[slot] as number;
      }
      slot = (slot + 1) & mask;
    }
    const name = this.#pairs.internName(this.#text(this.#names, label));
    const pair = this.#pairs.intern(name, this.#text(this.#values, label));
    this.#slots[slot] = label + 1;
    this.#hashes[slot] = hash;
    this.#found[slot] = pair;
    if (++this.#used * 2 > this.#slots.length) this.#grow();
    return pair;
  }

  #isSame(a: number, b: number): boolean {
    return isSameText(this.#values, a, b) && isSameText(this.#names, a, b);
  }

  #text(column: StringColumn, index: number): string {
    const { bytes, bounds } = column;
    return this.#decoder.decode(bytes.subarray(bounds[2 * index], bounds[2 * index + 1]));
  }

  #grow(): void {
    const old = { slots: this.#slots, hashes: this.#hashes, found: this.#found };
    const length = old.slots.length * 4;
    this.#slots = new Uint32Array(length);
    this.#hashes = new Uint32Array(length);
    this.#found = new Uint32Array(length);
    for (let at = 0; at < old.slots.length; at++) {
      if (old.slots[at] === 0) continue;
      const hash = old.hashes[at] as number;
      let slot = (hash ^ (hash >>> 15)) & (length - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (length - 1);
      this.#slots[slot] = old.slots[at] as number;
      this.#hashes[slot] = hash;
      this.#found[slot] = old.found[at] as number;
    }
  }
}

/** FNV-1a. Only for this table; the hash of a series is another one. */
function hashBytes(column: StringColumn, index: number, seed: number): number {
  const { bytes, bounds } = column;
  let hash = seed;
  const end = bounds[2 * index + 1] as number;
  for (let at = bounds[2 * index] as number; at < end; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  }
  return hash >>> 0;
}

function isSameText(column: StringColumn, a: number, b: number): boolean {
  const { bytes, bounds } = column;
  const startA = bounds[2 * a] as number;
  const startB = bounds[2 * b] as number;
  const length = (bounds[2 * a + 1] as number) - startA;
  if ((bounds[2 * b + 1] as number) - startB !== length) return false;
  for (let at = 0; at < length; at++) {
    if (bytes[startA + at] !== bytes[startB + at]) return false;
  }
  return true;
}
