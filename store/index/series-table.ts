import { growFloat64, growUint16, growUint32 } from '../grow-column.ts';
import { Uint32Pages } from './u32-pages.ts';

const INITIAL_SERIES = 1024;
/** A removed entry in a probe chain. No reference is as large. */
const TOMBSTONE = 0xffff_ffff;
const NONE = 0;

/**
 * The columns of all series by reference, and two open-addressing tables over them: from the hash
 * of a label set, and from the series id. Tables hold references only and verify against the
 * columns, so a series costs some 16 bytes in them and no string key.
 */
export class SeriesTable {
  readonly sets = new Uint32Pages();
  /** Columns by reference. They grow: read them anew after a series was added. */
  idHigh: Uint32Array = new Uint32Array(INITIAL_SERIES);
  idLow: Uint32Array = new Uint32Array(INITIAL_SERIES);
  setHash: Uint32Array = new Uint32Array(INITIAL_SERIES);
  setStart: Uint32Array = new Uint32Array(INITIAL_SERIES);
  /** Labels of the series; 0: no such series. */
  setLength: Uint16Array = new Uint16Array(INITIAL_SERIES);
  /** Times of the first and last sample; +Infinity and -Infinity when there was none yet. */
  firstSeenMs: Float64Array = new Float64Array(INITIAL_SERIES);
  lastSeenMs: Float64Array = new Float64Array(INITIAL_SERIES);
  #bySet: Uint32Array = new Uint32Array(INITIAL_SERIES * 2);
  #byId: Uint32Array = new Uint32Array(INITIAL_SERIES * 2);
  /** Entries and tombstones, the same in both tables. */
  #used = 0;
  #end = 1;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** All references are below. */
  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.setLength.length * 34 + this.#bySet.length * 8 + this.sets.bytes;
  }

  isLive(ref: number): boolean {
    return ref < this.#end && this.setLength[ref] !== 0;
  }

  /** @returns 0 when no series has the label set */
  findSet(hash: number, pairs: Uint32Array, pairCount: number): number {
    const mask = this.#bySet.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const ref = this.#bySet[slot] as number;
      if (ref === NONE) return NONE;
      if (ref !== TOMBSTONE && this.setHash[ref] === hash && this.#isSet(ref, pairs, pairCount)) {
        return ref;
      }
    }
  }

  /** @returns 0 when no series has the id */
  findId(high: number, low: number): number {
    const mask = this.#byId.length - 1;
    for (let slot = (low ^ (high << 12)) & mask; ; slot = (slot + 1) & mask) {
      const ref = this.#byId[slot] as number;
      if (ref === NONE) return NONE;
      if (ref !== TOMBSTONE && this.idLow[ref] === low && this.idHigh[ref] === high) return ref;
    }
  }

  /**
   * @param ref a free reference: `end`, or one that was removed
   * @param pairs copied
   */
  add(
    ref: number,
    hash: number,
    pairs: Uint32Array,
    pairCount: number,
    idHigh: number,
    idLow: number,
  ): void {
    if (ref >= this.setLength.length) this.#growColumns(ref + 1);
    if (ref >= this.#end) this.#end = ref + 1;
    const start = this.sets.allocate(pairCount);
    const page = this.sets.pageOf(start);
    const index = this.sets.indexOf(start);
    for (let at = 0; at < pairCount; at++) page[index + at] = pairs[at] as number;
    this.idHigh[ref] = idHigh;
    this.idLow[ref] = idLow;
    this.setHash[ref] = hash;
    this.setStart[ref] = start;
    this.setLength[ref] = pairCount;
    this.firstSeenMs[ref] = Number.POSITIVE_INFINITY;
    this.lastSeenMs[ref] = Number.NEGATIVE_INFINITY;
    this.#count++;
    this.#used++;
    if (this.#used * 2 > this.#bySet.length) this.#rehash(Math.ceil(this.#count * 1.5));
    else this.#link(ref);
  }

  remove(ref: number): void {
    this.#bury(this.#bySet, this.setHash[ref] as number, ref);
    const low = this.idLow[ref] as number;
    this.#bury(this.#byId, low ^ ((this.idHigh[ref] as number) << 12), ref);
    this.sets.free(this.setStart[ref] as number, this.setLength[ref] as number);
    this.setLength[ref] = 0;
    this.#count--;
  }

  /** Makes room for references below `length`, once for a bulk load. */
  reserve(length: number): void {
    if (length * 2 > this.#bySet.length) this.#rehash(length);
    this.#growColumns(length);
  }

  #growColumns(length: number): void {
    this.idHigh = growUint32(this.idHigh, length);
    this.idLow = growUint32(this.idLow, length);
    this.setHash = growUint32(this.setHash, length);
    this.setStart = growUint32(this.setStart, length);
    this.setLength = growUint16(this.setLength, length);
    this.firstSeenMs = growFloat64(this.firstSeenMs, length);
    this.lastSeenMs = growFloat64(this.lastSeenMs, length);
  }

  #isSet(ref: number, pairs: Uint32Array, pairCount: number): boolean {
    if (this.setLength[ref] !== pairCount) return false;
    const start = this.setStart[ref] as number;
    const page = this.sets.pageOf(start);
    const index = this.sets.indexOf(start);
    for (let at = 0; at < pairCount; at++) {
      if (page[index + at] !== pairs[at]) return false;
    }
    return true;
  }

  #link(ref: number): void {
    const mask = this.#bySet.length - 1;
    let slot = (this.setHash[ref] as number) & mask;
    while (this.#bySet[slot] !== NONE) slot = (slot + 1) & mask;
    this.#bySet[slot] = ref;
    slot = ((this.idLow[ref] as number) ^ ((this.idHigh[ref] as number) << 12)) & mask;
    while (this.#byId[slot] !== NONE) slot = (slot + 1) & mask;
    this.#byId[slot] = ref;
  }

  #bury(table: Uint32Array, hash: number, ref: number): void {
    const mask = table.length - 1;
    let slot = hash & mask;
    while (table[slot] !== ref) slot = (slot + 1) & mask;
    table[slot] = TOMBSTONE;
  }

  /** Without tombstones, and with room for so many series. */
  #rehash(seriesMax: number): void {
    let slots = INITIAL_SERIES * 2;
    while (slots < seriesMax * 2) slots *= 2;
    this.#bySet = new Uint32Array(slots);
    this.#byId = new Uint32Array(slots);
    this.#used = this.#count;
    for (let ref = 1; ref < this.#end; ref++) {
      if (this.setLength[ref] !== 0) this.#link(ref);
    }
  }
}
