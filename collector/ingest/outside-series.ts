/** Series that are exposed but have no column in the row: who was there last time, who is now. */
import type { SeriesRef } from '../../model/sink.ts';

export class OutsideSeries {
  #before = new Set<SeriesRef>();
  #now = new Set<SeriesRef>();

  see(ref: SeriesRef): void {
    this.#now.add(ref);
  }

  sees(ref: SeriesRef): boolean {
    return this.#now.has(ref);
  }

  /** Those of the page before that this one does not have. */
  *ended(): Generator<SeriesRef> {
    for (const ref of this.#before) {
      if (!this.#now.has(ref)) yield ref;
    }
  }

  /** This page was good: the next one is compared with it. */
  turn(): void {
    [this.#before, this.#now] = [this.#now, this.#before];
    this.#now.clear();
  }

  /** This page was not: it never was. */
  forgetPage(): void {
    this.#now.clear();
  }
}
