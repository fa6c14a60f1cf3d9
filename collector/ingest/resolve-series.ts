/** New series of a page, asked of the store within its limits. */
import { type SampleSink, SeriesLimitError } from '../../model/sink.ts';
import type { SeriesSlots } from './series-slots.ts';

/**
 * At a series limit the store is asked until it has refused this often in one page; the rest is
 * refused unasked, as a page may have a hundred thousand new series in every scrape.
 */
const REFUSALS_PER_PAGE_MAX = 256;

export interface Resolution {
  readonly added: number;
  readonly refused: number;
  /** The last refusal, which names the label at fault. */
  readonly refusal: SeriesLimitError | undefined;
}

/** @param slotList slots without reference; one may come twice */
export function resolveSeries(
  sink: SampleSink,
  slots: SeriesSlots,
  slotList: readonly number[],
  page: number,
): Resolution {
  let added = 0;
  let refused = 0;
  let refusal: SeriesLimitError | undefined;
  // Beyond what one page may ask for, the asking begins elsewhere in every page, so that a series
  // that the store knows gets its turn.
  const isTooMany = slotList.length > REFUSALS_PER_PAGE_MAX && slots.refusedBefore;
  const first = isTooMany ? (page * REFUSALS_PER_PAGE_MAX) % slotList.length : 0;
  for (let index = 0; index < slotList.length; index++) {
    const slot = slotList[(first + index) % slotList.length] as number;
    const labels = slots.waiting.get(slot);
    if (labels === undefined) continue;
    if (refused >= REFUSALS_PER_PAGE_MAX) {
      refused++;
      continue;
    }
    try {
      slots.ref[slot] = sink.resolve(labels);
      slots.waiting.delete(slot);
      added++;
    } catch (error) {
      if (!(error instanceof SeriesLimitError)) throw error;
      refused++;
      refusal = error;
    }
  }
  slots.refusedBefore = refused > 0;
  return { added, refused, refusal };
}
