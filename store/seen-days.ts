import type { SeriesIndex } from './index/series-index.ts';

export const DAY_MS = 86_400_000;
/**
 * A process that dies may not have noted the samples of its last minute: a day that came from the
 * store counts this much longer.
 */
const SLACK_MS = 3_600_000;

export interface DaysToSave {
  readonly refs: readonly number[];
  readonly days: readonly number[];
  /** Series that have entered a month in which they have no row yet, and a day of it for each. */
  readonly monthRefs: readonly number[];
  readonly monthDays: readonly number[];
}

/**
 * On which days series had samples, to the day: what is in the store already, and what came from
 * there. The index knows the times of this process exactly.
 */
export class SeenDays {
  // Numbers of days plus 1; 0: none.
  #savedFirst = new Uint16Array(1024);
  #savedLast = new Uint16Array(1024);
  #loadedFirst = new Uint16Array(1024);
  #loadedLast = new Uint16Array(1024);

  /** A series with samples from `firstDay` to `lastDay` in the store. */
  load(ref: number, firstDay: number, lastDay: number): void {
    this.#grow(ref);
    this.#savedFirst[ref] = firstDay + 1;
    this.#savedLast[ref] = lastDay + 1;
    this.#loadedFirst[ref] = firstDay + 1;
    this.#loadedLast[ref] = lastDay + 1;
  }

  /** The store knows (or will, before anything else of it) that the series was seen that day. */
  markSaved(ref: number, day: number): void {
    this.#grow(ref);
    this.#savedFirst[ref] = day + 1;
    this.#savedLast[ref] = day + 1;
  }

  /** The number is free for another series. */
  forget(ref: number): void {
    if (ref >= this.#savedFirst.length) return;
    this.#savedFirst[ref] = 0;
    this.#savedLast[ref] = 0;
    this.#loadedFirst[ref] = 0;
    this.#loadedLast[ref] = 0;
  }

  /** No sample is older. */
  firstMs(index: SeriesIndex, ref: number): number {
    const own = index.firstSeenMs[ref] as number;
    const loaded = this.#loadedFirst[ref] ?? 0;
    return loaded === 0 ? own : Math.min(own, (loaded - 1) * DAY_MS);
  }

  /** No sample is newer. */
  lastMs(index: SeriesIndex, ref: number): number {
    const own = index.lastSeenMs[ref] as number;
    const loaded = this.#loadedLast[ref] ?? 0;
    return loaded === 0 ? own : Math.max(own, loaded * DAY_MS + SLACK_MS);
  }

  /** Those that may have samples in the range; the order stays. */
  seenBetween(index: SeriesIndex, refs: Uint32Array, startMs: number, endMs: number): Uint32Array {
    return refs.filter(
      (ref) => this.firstMs(index, ref) <= endMs && this.lastMs(index, ref) >= startMs,
    );
  }

  /** Days that the store does not know yet. They count as saved from now on. */
  takeUnsaved(index: SeriesIndex): DaysToSave {
    const { firstSeenMs, lastSeenMs, refEnd } = index;
    this.#grow(refEnd);
    const refs: number[] = [];
    const days: number[] = [];
    const monthRefs: number[] = [];
    const monthDays: number[] = [];
    for (let ref = 1; ref < refEnd; ref++) {
      const lastSeen = lastSeenMs[ref] as number;
      if (!Number.isFinite(lastSeen) || !index.isLive(ref)) continue;
      const last = dayOf(lastSeen);
      const first = dayOf(firstSeenMs[ref] as number);
      const savedFirst = (this.#savedFirst[ref] as number) - 1;
      const savedLast = (this.#savedLast[ref] as number) - 1;
      if (last > savedLast) {
        refs.push(ref);
        days.push(last);
        if (monthOf(last) !== monthOf(savedLast)) {
          monthRefs.push(ref);
          monthDays.push(last);
        }
        this.#savedLast[ref] = last + 1;
      }
      if (savedFirst < 0 || first < savedFirst) {
        if (first !== last) {
          refs.push(ref);
          days.push(first);
        }
        this.#savedFirst[ref] = first + 1;
      }
    }
    return { refs, days, monthRefs, monthDays };
  }

  #grow(ref: number): void {
    if (ref < this.#savedFirst.length) return;
    const length = Math.max(this.#savedFirst.length * 2, ref + 1);
    const grown = (old: Uint16Array) => {
      const array = new Uint16Array(length);
      array.set(old);
      return array;
    };
    this.#savedFirst = grown(this.#savedFirst);
    this.#savedLast = grown(this.#savedLast);
    this.#loadedFirst = grown(this.#loadedFirst);
    this.#loadedLast = grown(this.#loadedLast);
  }
}

/** Number of the day since 1970. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
