/** Finds the slot of a series by its exposed labels, for formats that have no lines. */
import type { Labels } from '../../model/labels.ts';
import type { SeriesSlots } from './series-slots.ts';

export class EntryIndex {
  readonly #slots: SeriesSlots;
  readonly #byKey = new Map<string, number>();

  constructor(slots: SeriesSlots) {
    this.#slots = slots;
  }

  find(labels: Labels): number | undefined {
    return this.#byKey.get(labels.key);
  }

  add(labels: Labels, slot: number): void {
    this.#byKey.set(labels.key, slot);
  }

  /** Forgets the slots that are no longer in use; before any of them is used anew. */
  sweep(): void {
    for (const [key, slot] of this.#byKey) {
      if (this.#slots.used[slot] !== 1) this.#byKey.delete(key);
    }
  }
}
