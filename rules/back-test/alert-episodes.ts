/** From what an expression gives at each slot to the lives of its alerts. */
import type { Labels } from '../../model/labels.ts';
import type { SlotSeries } from './slot-results.ts';

/** One life of an alert, from its first slot to its end. Times are slots. */
export interface AlertEpisode {
  readonly labels: Labels;
  /** What the result had, for annotations; with the metric's name. */
  readonly resultLabels: Labels;
  readonly activeAtMs: number;
  /** Undefined: it never fired. */
  readonly firedAtMs: number | undefined;
  /** When it was gone (pending) or resolved; undefined: it goes on at the end of the test. */
  readonly endedAtMs: number | undefined;
  readonly firstValue: number;
  /** The largest by amount. */
  readonly peakValue: number;
  readonly lastValue: number;
}

export interface EpisodeTimes {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly count: number;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Ascending; nothing happens to alerts at them. */
  readonly failedSlots: readonly number[];
}

/**
 * The same life as `evaluation/active-alert.ts` gives an alert evaluation by evaluation, found in
 * one pass over the slots at which it is there: between them nothing changes.
 * @param labels of the alerts, if they are the same at each slot
 */
export function episodesOf(
  series: SlotSeries,
  labels: Labels,
  times: EpisodeTimes,
): readonly AlertEpisode[] {
  return new EpisodeFinder(series, labels, times).find();
}

class EpisodeFinder {
  readonly #series: SlotSeries;
  readonly #labels: Labels;
  readonly #times: EpisodeTimes;
  readonly #episodes: AlertEpisode[] = [];
  /** Place of the first failed slot that is not before the slot at hand. */
  #failedAt = 0;

  constructor(series: SlotSeries, labels: Labels, times: EpisodeTimes) {
    this.#series = series;
    this.#labels = labels;
    this.#times = times;
  }

  find(): readonly AlertEpisode[] {
    const { slots } = this.#series;
    for (let at = 0; at < slots.length; ) at = this.#episodeFrom(at);
    return this.#episodes;
  }

  /** @returns the place behind the episode that begins here */
  #episodeFrom(start: number): number {
    const { slots } = this.#series;
    const { count, forMs, keepFiringForMs } = this.#times;
    const activeSlot = slots[start] as number;
    const waitSlots = Math.ceil(forMs / this.#times.stepMs);
    let firedSlot: number | undefined;
    for (let at = start; ; ) {
      const last = this.#runEnd(at);
      const lastSlot = slots[last] as number;
      firedSlot ??= this.#firstAt(at, last, activeSlot + waitSlots);
      const absentSlot = this.#nextEvaluated(lastSlot + 1);
      if (absentSlot >= count) return this.#end(start, last, firedSlot, undefined);
      const nextSlot = slots[last + 1] ?? count;
      if (firedSlot === undefined) return this.#end(start, last, undefined, absentSlot);
      // It fires on from the first slot without it, until the time is over at some evaluation.
      const keepSlots = Math.ceil(keepFiringForMs / this.#times.stepMs);
      const endSlot = this.#nextEvaluated(absentSlot + keepSlots);
      if (nextSlot > endSlot || last + 1 >= slots.length) {
        return this.#end(start, last, firedSlot, endSlot >= count ? undefined : endSlot);
      }
      at = last + 1;
    }
  }

  /** The last place that follows without an evaluated slot between. */
  #runEnd(from: number): number {
    const { slots } = this.#series;
    let at = from;
    if (this.#times.failedSlots.length === 0) {
      while (at + 1 < slots.length && slots[at + 1] === (slots[at] as number) + 1) at++;
      return at;
    }
    while (
      at + 1 < slots.length &&
      this.#nextEvaluated((slots[at] as number) + 1) === slots[at + 1]
    ) {
      at++;
    }
    return at;
  }

  /** The first slot of a run that is not before the one given. */
  #firstAt(from: number, last: number, notBefore: number): number | undefined {
    const { slots } = this.#series;
    for (let at = from; at <= last; at++) {
      const slot = slots[at] as number;
      if (slot >= notBefore) return slot;
    }
    return undefined;
  }

  /** Slots are asked for in ascending order within a run; a failed one does not count. */
  #nextEvaluated(slot: number): number {
    const { failedSlots } = this.#times;
    if (failedSlots.length === 0) return slot;
    while (this.#failedAt > 0 && (failedSlots[this.#failedAt - 1] as number) >= slot) {
      this.#failedAt--;
    }
    let next = slot;
    for (; this.#failedAt < failedSlots.length; this.#failedAt++) {
      const failed = failedSlots[this.#failedAt] as number;
      if (failed > next) break;
      if (failed === next) next++;
    }
    return next;
  }

  #end(
    start: number,
    last: number,
    firedSlot: number | undefined,
    endSlot: number | undefined,
  ): number {
    const { values, slots, labels } = this.#series;
    const { firstMs, stepMs } = this.#times;
    const timeOf = (slot: number): number => firstMs + slot * stepMs;
    let peak = values[start] as number;
    for (let at = start + 1; at <= last; at++) {
      const value = values[at] as number;
      if (Math.abs(value) > Math.abs(peak)) peak = value;
    }
    this.#episodes.push({
      labels: this.#labels,
      resultLabels: labels,
      activeAtMs: timeOf(slots[start] as number),
      firedAtMs: firedSlot === undefined ? undefined : timeOf(firedSlot),
      endedAtMs: endSlot === undefined ? undefined : timeOf(endSlot),
      firstValue: values[start] as number,
      peakValue: peak,
      lastValue: values[last] as number,
    });
    return last + 1;
  }
}
