/**
 * Running totals of senders that tell only what came since the last time (delta temporality). Held
 * in memory: after a restart, or a sender's silence, a total begins at zero again, which is a
 * counter reset like any other.
 */
import type {
  DenseBuckets,
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
} from './otlp-metrics.ts';

/** Series with a total; beyond it new ones are refused until others fall silent. */
export const DELTA_SERIES_MAX = 100_000;

/** A sender silent for so long has gone. */
const SILENCE_MS_MAX = 5 * 60_000;

/** Why a point cannot be added to its total. */
export class DeltaError extends Error {
  override readonly name = 'DeltaError';
}

export type DeltaPoint = NumberPoint | HistogramPoint | ExponentialPoint;

interface Total {
  readonly point: DeltaPoint;
  readonly seenMs: number;
}

export class DeltaMemory {
  /** By series; the one seen longest ago is first. */
  readonly #totals = new Map<string, Total>();
  readonly #seriesMax: number;

  constructor(seriesMax = DELTA_SERIES_MAX) {
    this.#seriesMax = seriesMax;
  }

  get size(): number {
    return this.#totals.size;
  }

  /**
   * @param add makes the total of the total before and a point
   * @throws DeltaError
   */
  accumulate<T extends DeltaPoint>(
    key: string,
    point: T,
    nowMs: number,
    add: (total: T, point: T) => T,
  ): T {
    this.#forgetSilent(nowMs);
    // A key belongs to one kind of metric, so the total is of the kind of the point.
    const before = this.#totals.get(key) as { point: T } | undefined;
    if (before !== undefined && point.timestampMs <= before.point.timestampMs) {
      throw new DeltaError(
        `delta point at ${point.timestampMs} is not after the one at ${before.point.timestampMs}`,
      );
    }
    if (before === undefined && this.#totals.size >= this.#seriesMax) {
      throw new DeltaError(`more than ${this.#seriesMax} series of delta temporality`);
    }
    if (point.hasNoValue) {
      this.#totals.delete(key);
      return point;
    }
    const total = before === undefined ? point : add(before.point, point);
    this.#totals.delete(key);
    this.#totals.set(key, { point: total, seenMs: nowMs });
    return total;
  }

  #forgetSilent(nowMs: number): void {
    for (const [key, total] of this.#totals) {
      if (total.seenMs >= nowMs - SILENCE_MS_MAX) return;
      this.#totals.delete(key);
    }
  }
}

export function addNumbers(total: NumberPoint, point: NumberPoint): NumberPoint {
  return { ...point, startMs: total.startMs, value: total.value + point.value };
}

/** Other bounds begin a new total. */
export function addHistograms(total: HistogramPoint, point: HistogramPoint): HistogramPoint {
  const isSame =
    total.bounds.length === point.bounds.length &&
    total.bucketCounts.length === point.bucketCounts.length &&
    total.bounds.every((bound, at) => bound === point.bounds[at]);
  if (!isSame) return point;
  return {
    ...point,
    startMs: total.startMs,
    count: total.count + point.count,
    sum: addSums(total.sum, point.sum),
    bucketCounts: point.bucketCounts.map((count, at) => count + (total.bucketCounts[at] as number)),
  };
}

/** The finer of two scales is merged down to the coarser. */
export function addExponentials(
  total: ExponentialPoint,
  point: ExponentialPoint,
): ExponentialPoint {
  if (total.zeroThreshold !== point.zeroThreshold) return point;
  const scale = Math.min(
    commonScale(total, point, (one) => one.positive),
    commonScale(total, point, (one) => one.negative),
  );
  const merged = (side: (one: ExponentialPoint) => DenseBuckets): DenseBuckets =>
    sumOf(coarser(side(total), total.scale - scale), coarser(side(point), point.scale - scale));
  return {
    ...point,
    startMs: total.startMs,
    scale,
    count: total.count + point.count,
    sum: addSums(total.sum, point.sum),
    zeroCount: total.zeroCount + point.zeroCount,
    positive: merged((one) => one.positive),
    negative: merged((one) => one.negative),
  };
}

/** As many buckets as an SDK keeps; more make the scale coarser. */
const TOTAL_BUCKETS_MAX = 320;

function commonScale(
  a: ExponentialPoint,
  b: ExponentialPoint,
  side: (one: ExponentialPoint) => DenseBuckets,
): number {
  let scale = Math.min(a.scale, b.scale);
  for (;;) {
    const left = coarser(side(a), a.scale - scale);
    const right = coarser(side(b), b.scale - scale);
    if (left.counts.length === 0 || right.counts.length === 0) return scale;
    const start = Math.min(left.offset, right.offset);
    const end = Math.max(left.offset + left.counts.length, right.offset + right.counts.length);
    if (end - start <= Math.max(TOTAL_BUCKETS_MAX, left.counts.length, right.counts.length)) {
      return scale;
    }
    scale--;
  }
}

function coarser(buckets: DenseBuckets, by: number): DenseBuckets {
  if (by === 0 || buckets.counts.length === 0) return buckets;
  const factor = 2 ** by;
  const offset = Math.floor(buckets.offset / factor);
  const last = Math.floor((buckets.offset + buckets.counts.length - 1) / factor);
  const counts = Array.from({ length: last - offset + 1 }, () => 0);
  for (const [at, count] of buckets.counts.entries()) {
    const to = Math.floor((buckets.offset + at) / factor) - offset;
    counts[to] = (counts[to] as number) + count;
  }
  return { offset, counts };
}

function sumOf(a: DenseBuckets, b: DenseBuckets): DenseBuckets {
  if (a.counts.length === 0) return b;
  if (b.counts.length === 0) return a;
  const offset = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = Array.from({ length: end - offset }, () => 0);
  for (const one of [a, b]) {
    for (const [at, count] of one.counts.entries()) {
      const to = one.offset + at - offset;
      counts[to] = (counts[to] as number) + count;
    }
  }
  return { offset, counts };
}

function addSums(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
