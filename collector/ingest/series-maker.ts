/** Makes the slot of a series that is seen for the first time. */
import type { Labels } from '../../model/labels.ts';
import { checkLabels } from './check-labels.ts';
import type { IngestOptions } from './ingest-options.ts';
import type { SeriesSlots } from './series-slots.ts';

export class SeriesMaker {
  /** Slots made for the page being read. */
  readonly made: number[] = [];
  readonly #slots: SeriesSlots;
  readonly #options: Pick<IngestOptions, 'mutate' | 'limits' | 'validationScheme'>;

  constructor(
    slots: SeriesSlots,
    options: Pick<IngestOptions, 'mutate' | 'limits' | 'validationScheme'>,
  ) {
    this.#slots = slots;
    this.#options = options;
  }

  begin(): void {
    this.made.length = 0;
  }

  /** @throws IngestError for a series that makes the page refused */
  make(scraped: Labels, hash: number): number {
    const { mutate, limits, validationScheme } = this.#options;
    const labels = mutate(scraped);
    const kept = labels === undefined || labels.size === 0 ? undefined : labels;
    if (kept !== undefined) checkLabels(kept, limits, validationScheme);
    const slot = this.#slots.add(hash, kept);
    this.made.push(slot);
    return slot;
  }
}
