/** Samples of a page that carry their own timestamps, gathered until the page is known to be good. */
import { NO_SERIES, type SampleBatch } from '../../model/sink.ts';
import { floatColumn, setNormalNanAt, setStaleAt } from '../../model/value-bits.ts';
import { grownUint32 } from './line-table.ts';

const SAMPLES_MIN = 64;

export class OwnTimeSamples {
  count = 0;
  /** Slots while the page is read, references afterwards. */
  #ids: Uint32Array = new Uint32Array(SAMPLES_MIN);
  #timestampsMs: Float64Array = new Float64Array(SAMPLES_MIN);
  #values = floatColumn(SAMPLES_MIN);

  clear(): void {
    this.count = 0;
  }

  add(slot: number, timestampMs: number, value: number): void {
    const index = this.#next(slot, timestampMs);
    if (Number.isNaN(value)) setNormalNanAt(this.#values.words, index);
    else this.#values.values[index] = value;
  }

  /** Puts the series' references in the place of slots; those without one are left out. */
  resolve(refs: Uint32Array): void {
    const { words } = this.#values;
    let kept = 0;
    for (let index = 0; index < this.count; index++) {
      const ref = refs[this.#ids[index] as number] as number;
      if (ref === NO_SERIES) continue;
      this.#ids[kept] = ref;
      this.#timestampsMs[kept] = this.#timestampsMs[index] as number;
      words[2 * kept] = words[2 * index] as number;
      words[2 * kept + 1] = words[2 * index + 1] as number;
      kept++;
    }
    this.count = kept;
  }

  /** After `resolve`. */
  addStale(ref: number, timestampMs: number): void {
    setStaleAt(this.#values.words, this.#next(ref, timestampMs));
  }

  /** After `resolve`. */
  forEachRef(visit: (ref: number) => void): void {
    for (let index = 0; index < this.count; index++) visit(this.#ids[index] as number);
  }

  batch(): SampleBatch {
    return {
      count: this.count,
      refs: this.#ids,
      timestampsMs: this.#timestampsMs,
      values: this.#values.values,
    };
  }

  #next(id: number, timestampMs: number): number {
    const index = this.count++;
    if (index >= this.#ids.length) this.#grow();
    this.#ids[index] = id;
    this.#timestampsMs[index] = timestampMs;
    return index;
  }

  #grow(): void {
    const capacity = this.#ids.length * 2;
    this.#ids = grownUint32(this.#ids, capacity);
    const timestampsMs = new Float64Array(capacity);
    timestampsMs.set(this.#timestampsMs);
    this.#timestampsMs = timestampsMs;
    const values = floatColumn(capacity);
    values.words.set(this.#values.words);
    this.#values = values;
  }
}
