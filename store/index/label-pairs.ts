import { growUint32 } from '../grow-column.ts';
import { type HashWords, hashPair } from './series-hash.ts';

/** A label name and the values it has now. */
export interface LabelName {
  readonly id: number;
  readonly name: string;
  readonly pairByValue: Map<string, number>;
  /** New ones come last; entries move only when `epoch` goes up. */
  readonly pairs: number[];
  epoch: number;
}

/** Slices of long strings keep the whole alive; below this length V8 copies anyway. */
const SLICE_CHARS_MIN = 13;
const INITIAL_PAIRS = 1024;

/**
 * Every label (name and value together) that some series carries, as a dense number from 1: a
 * label set is then a few 32-bit words, and its strings exist once.
 */
export class LabelPairs {
  readonly #byName = new Map<string, LabelName>();
  readonly #names: LabelName[] = [];
  readonly #values: string[] = [''];
  readonly #free: number[] = [];
  readonly #words: HashWords = { high: 0, low: 0 };
  /** Columns by pair; `nameId` is the index of the name. Re-read after `intern`: they may grow. */
  nameId: Uint32Array = new Uint32Array(INITIAL_PAIRS);
  hashHigh: Uint32Array = new Uint32Array(INITIAL_PAIRS);
  hashLow: Uint32Array = new Uint32Array(INITIAL_PAIRS);
  /** By pair: its index in the `pairs` of its name. */
  #position: Uint32Array = new Uint32Array(INITIAL_PAIRS);
  #count = 0;
  #chars = 0;

  /** Live pairs. */
  get count(): number {
    return this.#count;
  }

  /** All pairs are below. */
  get end(): number {
    return this.#values.length;
  }

  /** Estimate: Map entries, array entries, string headers and characters. */
  get bytes(): number {
    return this.nameId.length * 16 + this.#values.length * 80 + this.#chars;
  }

  names(): IterableIterator<LabelName> {
    return this.#byName.values();
  }

  findName(name: string): LabelName | undefined {
    return this.#byName.get(name);
  }

  getName(pair: number): LabelName {
    return this.#names[this.nameId[pair] as number] as LabelName;
  }

  value(pair: number): string {
    return this.#values[pair] as string;
  }

  /** @returns 0 when there is no such label */
  find(name: string, value: string): number {
    return this.#byName.get(name)?.pairByValue.get(value) ?? 0;
  }

  internName(text: string): LabelName {
    const known = this.#byName.get(text);
    if (known !== undefined) return known;
    const name = ownCopy(text);
    const made: LabelName = {
      id: this.#names.length,
      name,
      pairByValue: new Map(),
      pairs: [],
      epoch: 0,
    };
    this.#names.push(made);
    this.#byName.set(name, made);
    return made;
  }

  intern(name: LabelName, value: string): number {
    return name.pairByValue.get(value) ?? this.#add(name, ownCopy(value));
  }

  /** As `intern`, for a text that is no part of a longer one. */
  internOwned(name: LabelName, value: string): number {
    return name.pairByValue.get(value) ?? this.#add(name, value);
  }

  /**
   * Forgets labels that no series carries any more; their numbers are given out again.
   * @param pairs each once
   */
  remove(pairs: readonly number[]): void {
    const touched = new Set<LabelName>();
    for (const pair of pairs) {
      const name = this.getName(pair);
      const value = this.value(pair);
      name.pairByValue.delete(value);
      const last = name.pairs.pop() as number;
      if (last !== pair) {
        name.pairs[this.#position[pair] as number] = last;
        this.#position[last] = this.#position[pair] as number;
      }
      this.#values[pair] = '';
      this.#chars -= value.length;
      touched.add(name);
    }
    this.#count -= pairs.length;
    for (const pair of pairs) this.#free.push(pair);
    for (const name of touched) name.epoch++;
  }

  #add(name: LabelName, value: string): number {
    const pair = this.#free.pop() ?? this.#values.length;
    this.#values[pair] = value;
    if (pair >= this.nameId.length) {
      this.nameId = growUint32(this.nameId, pair + 1);
      this.hashHigh = growUint32(this.hashHigh, pair + 1);
      this.hashLow = growUint32(this.hashLow, pair + 1);
      this.#position = growUint32(this.#position, pair + 1);
    }
    hashPair(name.name, value, this.#words);
    this.nameId[pair] = name.id;
    this.hashHigh[pair] = this.#words.high;
    this.hashLow[pair] = this.#words.low;
    name.pairByValue.set(value, pair);
    this.#position[pair] = name.pairs.length;
    name.pairs.push(pair);
    this.#count++;
    this.#chars += value.length;
    return pair;
  }
}

/** The same text in memory of its own. */
function ownCopy(text: string): string {
  return text.length < SLICE_CHARS_MIN ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
