import type { Exemplar, ExemplarSample, SeriesRef } from '../../model/sink.ts';

interface Slot {
  readonly sample: ExemplarSample;
  /** The next newer one of the same series; undefined: this is the newest. */
  newer: Slot | undefined;
}

interface Chain {
  oldest: Slot;
  newest: Slot;
}

/** Exemplars of all series in one ring of fixed length: the oldest make room for new ones. */
export class HeadExemplars {
  readonly #slots: (Slot | undefined)[] = [];
  readonly #exemplarsMax: number;
  readonly #chains = new Map<SeriesRef, Chain>();
  #next = 0;
  #pending: ExemplarSample[] = [];
  #outOfOrderCount = 0;

  /** @param exemplarsMax 0 keeps none */
  constructor(exemplarsMax: number) {
    this.#exemplarsMax = exemplarsMax;
  }

  get count(): number {
    return Math.min(this.#slots.length, this.#exemplarsMax);
  }

  /** Older than their series' newest, and so not taken. */
  get outOfOrderCount(): number {
    return this.#outOfOrderCount;
  }

  has(ref: SeriesRef): boolean {
    return this.#chains.has(ref);
  }

  /**
   * Takes an exemplar unless it repeats the series' newest (that is how scrapes send them) or is
   * older.
   * @param isNew false for what comes from the store and need not be drained
   */
  add(sample: ExemplarSample, isNew: boolean): boolean {
    if (this.#exemplarsMax === 0) return false;
    const chain = this.#chains.get(sample.ref);
    const newest = chain?.newest.sample;
    if (newest !== undefined && !isAfter(sample, newest)) {
      const isOlder = sample.timestampMs < newest.timestampMs;
      if (isOlder) this.#outOfOrderCount++;
      return false;
    }
    const slot: Slot = { sample, newer: undefined };
    this.#replace(this.#slots[this.#next]);
    this.#slots[this.#next] = slot;
    this.#next = (this.#next + 1) % this.#exemplarsMax;
    // The chain may just have lost its last exemplar, so it is looked up anew.
    const left = this.#chains.get(sample.ref);
    if (left === undefined) this.#chains.set(sample.ref, { oldest: slot, newest: slot });
    else {
      left.newest.newer = slot;
      left.newest = slot;
    }
    if (isNew) this.#pending.push(sample);
    return true;
  }

  takePending(): readonly ExemplarSample[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }

  /** Exemplars of a series in the range, both ends included, ascending. */
  read(ref: SeriesRef, startMs: number, endMs: number): Exemplar[] {
    const found: Exemplar[] = [];
    for (let slot = this.#chains.get(ref)?.oldest; slot !== undefined; slot = slot.newer) {
      const { labels, value, timestampMs } = slot.sample;
      if (timestampMs >= startMs && timestampMs <= endMs)
        found.push({ labels, value, timestampMs });
    }
    return found;
  }

  /** @param slot the oldest of all, and so the oldest of its series */
  #replace(slot: Slot | undefined): void {
    if (slot === undefined) return;
    const { ref } = slot.sample;
    const chain = this.#chains.get(ref);
    if (chain === undefined) return;
    if (slot.newer === undefined) this.#chains.delete(ref);
    else chain.oldest = slot.newer;
  }
}

function isAfter(sample: ExemplarSample, newest: ExemplarSample): boolean {
  if (sample.timestampMs !== newest.timestampMs) return sample.timestampMs > newest.timestampMs;
  return sample.value !== newest.value || !sample.labels.equals(newest.labels);
}
