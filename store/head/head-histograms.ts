import type { FloatHistogram } from '../../model/histogram.ts';
import type { HistogramSample, SeriesRef } from '../../model/sink.ts';

/** Estimates of what objects take. */
const HISTOGRAM_BYTES = 240;
const BUCKET_BYTES = 8;
const SPAN_BYTES = 40;

interface HistogramColumn {
  /** Strictly ascending. */
  timestampsMs: number[];
  histograms: FloatHistogram[];
}

/** Native histograms of the head, by series. */
export class HeadHistograms {
  readonly #columns = new Map<SeriesRef, HistogramColumn>();
  #pending: HistogramSample[] = [];
  #bytes = 0;
  #count = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  has(ref: SeriesRef): boolean {
    return this.#columns.has(ref);
  }

  at(ref: SeriesRef, timestampMs: number): FloatHistogram | undefined {
    const column = this.#columns.get(ref);
    if (column === undefined) return undefined;
    const index = firstFrom(column.timestampsMs, timestampMs);
    return column.timestampsMs[index] === timestampMs ? column.histograms[index] : undefined;
  }

  /** @param isNew false for what comes from the store and need not be drained */
  add(sample: HistogramSample, isNew: boolean): void {
    let column = this.#columns.get(sample.ref);
    if (column === undefined) {
      column = { timestampsMs: [], histograms: [] };
      this.#columns.set(sample.ref, column);
    }
    const { timestampsMs, histograms } = column;
    const index = firstFrom(timestampsMs, sample.timestampMs);
    if (timestampsMs[index] === sample.timestampMs) return;
    timestampsMs.splice(index, 0, sample.timestampMs);
    histograms.splice(index, 0, sample.histogram);
    this.#bytes += bytesOf(sample.histogram);
    this.#count++;
    if (isNew) this.#pending.push(sample);
  }

  takePending(): readonly HistogramSample[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }

  countOf(ref: SeriesRef, startMs: number, endMs: number): number {
    const column = this.#columns.get(ref);
    if (column === undefined) return 0;
    return (
      firstFrom(column.timestampsMs, nextAfter(endMs)) - firstFrom(column.timestampsMs, startMs)
    );
  }

  /** @returns the index after the last one written */
  read(
    ref: SeriesRef,
    startMs: number,
    endMs: number,
    timestampsMs: Float64Array,
    histograms: (FloatHistogram | undefined)[],
    to: number,
  ): number {
    const column = this.#columns.get(ref);
    if (column === undefined) return to;
    let at = to;
    const end = firstFrom(column.timestampsMs, nextAfter(endMs));
    for (let index = firstFrom(column.timestampsMs, startMs); index < end; index++) {
      timestampsMs[at] = column.timestampsMs[index] as number;
      histograms[at++] = column.histograms[index];
    }
    return at;
  }

  /** Drops what is older. @returns the time of the newest sample dropped; undefined: none */
  dropBefore(timeMs: number): number | undefined {
    let newestMs: number | undefined;
    for (const [ref, column] of this.#columns) {
      const count = firstFrom(column.timestampsMs, timeMs);
      if (count === 0) continue;
      newestMs = Math.max(
        newestMs ?? Number.NEGATIVE_INFINITY,
        column.timestampsMs[count - 1] as number,
      );
      for (const histogram of column.histograms.splice(0, count)) {
        this.#bytes -= bytesOf(histogram);
      }
      column.timestampsMs.splice(0, count);
      this.#count -= count;
      if (column.timestampsMs.length === 0) this.#columns.delete(ref);
    }
    return newestMs;
  }

  /** Drops the older half of the time before `beforeMs`. @see dropBefore */
  dropOlderHalf(beforeMs: number): number | undefined {
    let oldestMs = beforeMs;
    for (const { timestampsMs } of this.#columns.values()) {
      oldestMs = Math.min(oldestMs, timestampsMs[0] as number);
    }
    return this.dropBefore(Math.ceil((oldestMs + beforeMs) / 2));
  }
}

/** The first index whose time is at or after `timeMs`. Most look-ups are near the end. */
function firstFrom(timestampsMs: readonly number[], timeMs: number): number {
  let low = 0;
  let high = timestampsMs.length;
  if (high > 0 && (timestampsMs[high - 1] as number) < timeMs) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timestampsMs[middle] as number) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Times are whole milliseconds. */
function nextAfter(timeMs: number): number {
  return timeMs + 1;
}

function bytesOf(histogram: FloatHistogram): number {
  const { positiveBuckets, negativeBuckets, customValues, positiveSpans, negativeSpans } =
    histogram;
  const buckets = positiveBuckets.length + negativeBuckets.length + customValues.length;
  const spans = positiveSpans.length + negativeSpans.length;
  return HISTOGRAM_BYTES + buckets * BUCKET_BYTES + spans * SPAN_BYTES;
}
