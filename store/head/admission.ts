import { type AppendResult, NO_SERIES, type SeriesRef } from '../../model/sink.ts';
import type { SeriesIndex } from '../index/series-index.ts';

export interface AdmissionOptions {
  /** Prometheus' `out_of_order_time_window`; 0 refuses every sample older than its series' last. */
  readonly outOfOrderWindowMs: number;
  /** How far behind the newest sample of all a series may begin or go on. Default an hour. */
  readonly pastMaxMs?: number;
  /** How far ahead of the clock a sample may be. Default ten minutes. */
  readonly futureMaxMs?: number;
  readonly now?: () => number;
}

/** What a sample is to its series. */
export type Verdict = 'newer' | 'same-time' | 'late' | 'too-old' | 'too-new' | 'no-series';

/** Half of Prometheus' head chunk range. */
const PAST_MS_MAX = 3_600_000;
/** Prometheus' limit for scrapes and remote write. */
const FUTURE_MS_MAX = 600_000;

/** Decides which samples are taken, by the rules of Prometheus' head. */
export class Admission {
  readonly #index: SeriesIndex;
  #windowMs = 0;
  #pastMaxMs = 0;
  readonly #pastMsMax: number;
  readonly #futureMaxMs: number;
  readonly #now: () => number;
  /** Time of the newest sample of all; -Infinity at first. */
  newestMs: number = Number.NEGATIVE_INFINITY;

  constructor(index: SeriesIndex, options: AdmissionOptions) {
    this.#index = index;
    this.#pastMsMax = options.pastMaxMs ?? PAST_MS_MAX;
    this.setWindow(options.outOfOrderWindowMs);
    this.#futureMaxMs = options.futureMaxMs ?? FUTURE_MS_MAX;
    this.#now = options.now ?? Date.now;
    // Column 0 belongs to no series: nothing is ever newer than its last sample.
    index.lastSeenMs[NO_SERIES] = Number.POSITIVE_INFINITY;
  }

  setWindow(outOfOrderWindowMs: number): void {
    this.#windowMs = outOfOrderWindowMs;
    this.#pastMaxMs = Math.max(this.#pastMsMax, outOfOrderWindowMs);
  }

  /** In-order samples before are too old. */
  get oldestMs(): number {
    return this.newestMs - this.#pastMaxMs;
  }

  get latestMs(): number {
    return this.#now() + this.#futureMaxMs;
  }

  judge(ref: SeriesRef, timestampMs: number, latestMs: number): Verdict {
    if (!this.#index.isLive(ref)) return 'no-series';
    const lastMs = this.#index.lastSeenMs[ref] as number;
    if (timestampMs > latestMs) return 'too-new';
    if (timestampMs > lastMs) return timestampMs < this.oldestMs ? 'too-old' : 'newer';
    if (timestampMs === lastMs) return 'same-time';
    return this.#windowMs > 0 && timestampMs >= this.newestMs - this.#windowMs ? 'late' : 'too-old';
  }

  /** Notes a sample that was taken. */
  note(ref: SeriesRef, timestampMs: number): void {
    const { firstSeenMs, lastSeenMs } = this.#index;
    if (timestampMs > (lastSeenMs[ref] as number)) lastSeenMs[ref] = timestampMs;
    if (timestampMs < (firstSeenMs[ref] as number)) firstSeenMs[ref] = timestampMs;
    if (timestampMs > this.newestMs) this.newestMs = timestampMs;
  }
}

/** Samples by what became of them. Also what the metrics of the head count. */
export class AppendCounts {
  appended = 0;
  /** Among `appended`: older than their series' last. */
  outOfOrder = 0;
  tooOld = 0;
  tooNew = 0;
  duplicates = 0;
  /** For a reference that is no series (any more): the caller kept it for too long. */
  unknown = 0;

  add(other: AppendCounts): void {
    this.appended += other.appended;
    this.outOfOrder += other.outOfOrder;
    this.tooOld += other.tooOld;
    this.tooNew += other.tooNew;
    this.duplicates += other.duplicates;
    this.unknown += other.unknown;
  }

  result(): AppendResult {
    const { appended, tooOld, tooNew, duplicates } = this;
    return { appended, tooOld, tooNew, duplicates };
  }
}
