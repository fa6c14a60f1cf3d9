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
const INITIAL_KEY_BYTES = 1 << 20;
const EMPTY: StringColumn = { bytes: new Uint8Array(0), bounds: new Uint32Array(0) };

/**
 * Numbers of the labels of persisted series. Most labels repeat from series to series, so their
 * bytes are looked up as bytes, and only the first of its kind becomes a string. Kept from batch
 * to batch of one load; must be dropped before labels are removed from `pairs`.
 */
export class PairReader {
  readonly #pairs: LabelPairs;
  #names: StringColumn = EMPTY;
  #values: StringColumn = EMPTY;
  /** By slot: pair (0: free), hash, where its key begins, lengths of name and value. */
  #found: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  #hashes: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  #starts: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  #nameBytes: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  #valueBytes: Uint32Array = new Uint32Array(INITIAL_SLOTS);
  /** Names and values of the pairs in the table, one after another. */
  #keys: Uint8Array = new Uint8Array(INITIAL_KEY_BYTES);
  #keysEnd = 0;
  #used = 0;
  /** By position within a series: the slot of the label that stood there last, plus 1. */
  readonly #lastSlots: number[] = [];
  readonly #decoder = new TextDecoder();

  constructor(pairs: LabelPairs) {
    this.#pairs = pairs;
  }

  begin(names: StringColumn, values: StringColumn): void {
    this.#names = names;
    this.#values = values;
  }

  /**
   * @param label its number in the batch
   * @param position its place in its series: neighbours in the store have much in common
   */
  read(label: number, position: number): number {
    const last = (this.#lastSlots[position] ?? 0) - 1;
    if (last >= 0 && this.#isAt(last, label)) return this.#found[last] as number;
    const slot = this.#find(label);
    this.#lastSlots[position] = slot + 1;
    return this.#found[slot] as number;
  }

  /** The slot of a label; it is made when there is none. */
  #find(label: number): number {
    const hash = hashBytes(this.#names, label, hashBytes(this.#values, label, 0x811c9dc5));
    const mask = this.#found.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; this.#found[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#hashes[slot] === hash && this.#isAt(slot, label)) return slot;
    }
    const name = this.#pairs.internName(this.#text(this.#names, label));
    this.#found[slot] = this.#pairs.internOwned(name, this.#text(this.#values, label));
    this.#hashes[slot] = hash;
    this.#starts[slot] = this.#keysEnd;
    this.#nameBytes[slot] = this.#keep(this.#names, label);
    this.#valueBytes[slot] = this.#keep(this.#values, label);
    if (++this.#used * 2 <= this.#found.length) return slot;
    this.#grow();
    return this.#find(label);
  }

  #isAt(slot: number, label: number): boolean {
    const start = this.#starts[slot] as number;
    const nameBytes = this.#nameBytes[slot] as number;
    return (
      isSame(
        this.#values,
        label,
        this.#keys,
        start + nameBytes,
        this.#valueBytes[slot] as number,
      ) && isSame(this.#names, label, this.#keys, start, nameBytes)
    );
  }

  /** @returns bytes of the text, which now stands at the end of the keys */
  #keep({ bytes, bounds }: StringColumn, label: number): number {
    const text = bytes.subarray(bounds[2 * label], bounds[2 * label + 1]);
    if (this.#keysEnd + text.length > this.#keys.length) {
      const grown = new Uint8Array((this.#keysEnd + text.length) * 2);
      grown.set(this.#keys.subarray(0, this.#keysEnd));
      this.#keys = grown;
    }
    this.#keys.set(text, this.#keysEnd);
    this.#keysEnd += text.length;
    return text.length;
  }

  #text(column: StringColumn, index: number): string {
    const { bytes, bounds } = column;
    return this.#decoder.decode(bytes.subarray(bounds[2 * index], bounds[2 * index + 1]));
  }

  #grow(): void {
    const found = this.#found;
    const hashes = this.#hashes;
    const starts = this.#starts;
    const nameBytes = this.#nameBytes;
    const valueBytes = this.#valueBytes;
    const length = found.length * 4;
    this.#found = new Uint32Array(length);
    this.#hashes = new Uint32Array(length);
    this.#starts = new Uint32Array(length);
    this.#nameBytes = new Uint32Array(length);
    this.#valueBytes = new Uint32Array(length);
    this.#lastSlots.length = 0;
    for (let at = 0; at < found.length; at++) {
      if (found[at] === 0) continue;
      const hash = hashes[at] as number;
      let slot = (hash ^ (hash >>> 15)) & (length - 1);
      while (this.#found[slot] !== 0) slot = (slot + 1) & (length - 1);
      this.#found[slot] = found[at] as number;
      this.#hashes[slot] = hash;
      this.#starts[slot] = starts[at] as number;
      this.#nameBytes[slot] = nameBytes[at] as number;
      this.#valueBytes[slot] = valueBytes[at] as number;
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

/** Compares from the end: that is where the values of one label differ. */
function isSame(
  { bytes, bounds }: StringColumn,
  index: number,
  keys: Uint8Array,
  keyStart: number,
  keyBytes: number,
): boolean {
  const start = bounds[2 * index] as number;
  if ((bounds[2 * index + 1] as number) - start !== keyBytes) return false;
  for (let at = keyBytes - 1; at >= 0; at--) {
    if (bytes[start + at] !== keys[keyStart + at]) return false;
  }
  return true;
}
