import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { SeriesRef } from '../../model/sink.ts';
import type { SeriesColumns, TimeRangeMs } from '../../model/source.ts';
import { wordsOf } from '../../model/value-bits.ts';
import type { HeadColumns } from '../head/head-select.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import type { StoredHistogram } from './stored-histograms.ts';
import type { StoredPiece, StoredRuns } from './stored-samples.ts';

/** What readers must not see although it is still there. */
export interface HiddenSamples {
  /** Everything before is too old, for all series; -Infinity: nothing. */
  readonly beforeMs: number;
  /** No series has anything hidden but what is before `beforeMs`. */
  readonly isNothing: boolean;
  of(ref: SeriesRef): readonly TimeRangeMs[] | undefined;
}

export interface MergeInput {
  readonly index: SeriesIndex;
  /** In the order of the answer. */
  readonly refs: Uint32Array;
  /** In the order of `refs`. */
  readonly head: HeadColumns;
  readonly stored: StoredRuns | undefined;
  readonly storedHistograms: ReadonlyMap<SeriesRef, readonly StoredHistogram[]> | undefined;
  readonly hidden: HiddenSamples;
}

/** Copying so many samples takes a few milliseconds; then other work gets its turn. */
const SAMPLES_PER_TURN = 500_000;

/**
 * One answer from memory and ClickHouse. Where both have a sample of the same time the one from
 * memory counts, and of several in ClickHouse (a block inserted twice) any one.
 * @param head its arrays may become those of the answer
 */
export async function mergeColumns(input: MergeInput): Promise<SeriesColumns> {
  const { index, refs, head, stored, storedHistograms, hidden } = input;
  const isAllInHead = stored === undefined && storedHistograms === undefined;
  if (isAllInHead && (hidden.isNothing || !refs.some((ref) => hidden.of(ref) !== undefined))) {
    return headColumns(index, refs, head);
  }
  const runs = stored === undefined ? undefined : runByPosition(index, refs, stored);
  const storedCount = stored?.rowCount ?? 0;
  let room = head.timestampsMs.length + storedCount;
  for (const list of storedHistograms?.values() ?? []) room += list.length;
  const out = new Output(room, head.histograms !== undefined || storedHistograms !== undefined);
  const labels: Labels[] = [];
  const offsets: number[] = [0];
  let turnEnd = SAMPLES_PER_TURN;
  for (let at = 0; at < refs.length; at++) {
    const ref = refs[at] as number;
    const start = out.count;
    const run = runs?.[at] ?? 0;
    const list = storedHistograms?.get(ref);
    if (list !== undefined) out.addMixed(list, stored, run, head, at);
    else if (stored !== undefined && run > 0) out.addBoth(stored, run - 1, head, at);
    else out.addHead(head, at);
    const ranges = hidden.isNothing ? undefined : hidden.of(ref);
    if (ranges !== undefined) out.hide(start, ranges);
    // A series may have left the index while ClickHouse was read: it is past retention.
    if (!index.isLive(ref)) out.cutTo(start);
    if (out.count === start) continue;
    labels.push(index.labels(ref));
    offsets.push(out.count);
    if (out.count < turnEnd) continue;
    turnEnd = out.count + SAMPLES_PER_TURN;
    await new Promise((turn) => setImmediate(turn));
  }
  return {
    labels,
    offsets: Uint32Array.from(offsets),
    ...out.columns(),
    startTimestampsMs: undefined,
  };
}

/** Nothing to merge: the columns as they are, without the series that have no sample. */
function headColumns(index: SeriesIndex, refs: Uint32Array, head: HeadColumns): SeriesColumns {
  const labels: Labels[] = [];
  const offsets = new Uint32Array(refs.length + 1);
  for (let at = 0; at < refs.length; at++) {
    const end = head.offsets[at + 1] as number;
    if (end === head.offsets[at]) continue;
    labels.push(index.labels(refs[at] as number));
    offsets[labels.length] = end;
  }
  const { timestampsMs, values, histograms } = head;
  return {
    labels,
    offsets: offsets.subarray(0, labels.length + 1),
    timestampsMs,
    values,
    histograms,
    startTimestampsMs: undefined,
  };
}

/** For every position in `refs`: the number of its run plus 1; 0: none. */
function runByPosition(index: SeriesIndex, refs: Uint32Array, stored: StoredRuns): Uint32Array {
  const runByRef = new Uint32Array(index.refEnd);
  for (let run = 0; run < stored.runCount; run++) {
    const { idWords } = stored;
    const ref = index.findId(idWords[2 * run + 1] as number, idWords[2 * run] as number);
    runByRef[ref] = run + 1;
  }
  runByRef[0] = 0;
  return refs.map((ref) => runByRef[ref] as number);
}

/** Columns that fill up series by series. */
class Output {
  readonly #timestampsMs: Float64Array;
  readonly #values: Float64Array;
  readonly #words: Uint32Array;
  readonly #timeBytes: Uint8Array;
  readonly #valueBytes: Uint8Array;
  readonly #histograms: (FloatHistogram | undefined)[] | undefined;
  count = 0;

  constructor(room: number, hasHistograms: boolean) {
    this.#timestampsMs = new Float64Array(room);
    this.#values = new Float64Array(room);
    this.#words = wordsOf(this.#values);
    this.#timeBytes = new Uint8Array(this.#timestampsMs.buffer);
    this.#valueBytes = new Uint8Array(this.#values.buffer);
    this.#histograms = hasHistograms ? [] : undefined;
  }

  columns(): Pick<SeriesColumns, 'timestampsMs' | 'values' | 'histograms'> {
    const histograms = this.#histograms;
    if (histograms !== undefined) histograms.length = this.count;
    const hasAny = histograms?.some((histogram) => histogram !== undefined) === true;
    return {
      timestampsMs: this.#timestampsMs.subarray(0, this.count),
      values: this.#values.subarray(0, this.count),
      histograms: hasAny ? histograms : undefined,
    };
  }

  /** Nothing of what is cut off shows in what comes next. */
  cutTo(count: number): void {
    this.count = count;
    const histograms = this.#histograms;
    if (histograms !== undefined && histograms.length > count) histograms.length = count;
  }

  addHead(head: HeadColumns, series: number): void {
    this.#copyHead(head, head.offsets[series] as number, head.offsets[series + 1] as number);
  }

  addBoth(stored: StoredRuns, run: number, head: HeadColumns, series: number): void {
    const start = this.count;
    this.#copyRun(stored, run);
    const headStart = head.offsets[series] as number;
    const headEnd = head.offsets[series + 1] as number;
    const isApart =
      headStart === headEnd ||
      (this.#timestampsMs[this.count - 1] as number) < (head.timestampsMs[headStart] as number);
    if (isApart) this.#copyHead(head, headStart, headEnd);
    else this.#interleave(start, head, headStart, headEnd);
  }

  /** A series that has (or had) native histograms: rare, so simply sorted. */
  addMixed(
    list: readonly StoredHistogram[],
    stored: StoredRuns | undefined,
    run: number,
    head: HeadColumns,
    series: number,
  ): void {
    const start = this.count;
    if (stored === undefined || run === 0) this.addHead(head, series);
    else this.addBoth(stored, run - 1, head, series);
    const bits = this.#words.slice(2 * start, 2 * this.count);
    const entries = Array.from({ length: this.count - start }, (_, at) => ({
      timestampMs: this.#timestampsMs[start + at] as number,
      histogram: this.#histograms?.[start + at],
      low: bits[2 * at] as number,
      high: bits[2 * at + 1] as number,
    }));
    const known = new Set(entries.map((entry) => entry.timestampMs));
    for (const { timestampMs, histogram } of list) {
      if (known.has(timestampMs)) continue;
      known.add(timestampMs);
      entries.push({ timestampMs, histogram, low: 0, high: 0 });
    }
    entries.sort((a, b) => a.timestampMs - b.timestampMs);
    this.count = start;
    for (const entry of entries) {
      const at = this.count++;
      this.#timestampsMs[at] = entry.timestampMs;
      this.#words[2 * at] = entry.low;
      this.#words[2 * at + 1] = entry.high;
      if (this.#histograms !== undefined) this.#histograms[at] = entry.histogram;
    }
  }

  /** Takes out what lies in one of the ranges, from `start` on. */
  hide(start: number, ranges: readonly TimeRangeMs[]): void {
    let to = start;
    for (let from = start; from < this.count; from++) {
      const timeMs = this.#timestampsMs[from] as number;
      if (ranges.some((range) => timeMs >= range.startMs && timeMs <= range.endMs)) continue;
      if (to !== from) {
        this.#timestampsMs[to] = timeMs;
        this.#words.copyWithin(2 * to, 2 * from, 2 * from + 2);
        if (this.#histograms !== undefined) this.#histograms[to] = this.#histograms[from];
      }
      to++;
    }
    this.cutTo(to);
  }

  #copyHead(head: HeadColumns, start: number, end: number): void {
    if (start === end) return;
    this.#timestampsMs.set(head.timestampsMs.subarray(start, end), this.count);
    this.#values.set(head.values.subarray(start, end), this.count);
    if (this.#histograms !== undefined && head.histograms !== undefined) {
      for (let at = start; at < end; at++) {
        this.#histograms[this.count + at - start] = head.histograms[at];
      }
    }
    this.count += end - start;
  }

  /** Runs come sorted; a block that was inserted twice shows as equal times. */
  #copyRun(stored: StoredRuns, run: number): void {
    const start = this.count;
    const pieceEnd = stored.pieceEnds[run] as number;
    for (let at = run === 0 ? 0 : (stored.pieceEnds[run - 1] as number); at < pieceEnd; at++) {
      const { timestampsMs, values } = stored.pieces[at] as StoredPiece;
      this.#timeBytes.set(timestampsMs, this.count * 8);
      this.#valueBytes.set(values, this.count * 8);
      this.count += timestampsMs.length >>> 3;
    }
    const times = this.#timestampsMs;
    for (let at = start + 1; at < this.count; at++) {
      if ((times[at] as number) > (times[at - 1] as number)) continue;
      this.#dropRepeats(at);
      return;
    }
  }

  /** @param first the first sample whose time is that of the one before it */
  #dropRepeats(first: number): void {
    const times = this.#timestampsMs;
    let to = first;
    for (let from = first + 1; from < this.count; from++) {
      if (times[from] === times[to - 1]) continue;
      times[to] = times[from] as number;
      this.#words.copyWithin(2 * to, 2 * from, 2 * from + 2);
      to++;
    }
    this.count = to;
  }

  /** Merges what stands from `start` on with samples of the head, which win where times are equal. */
  #interleave(start: number, head: HeadColumns, headStart: number, headEnd: number): void {
    const storedTimes = this.#timestampsMs.slice(start, this.count);
    const storedWords = this.#words.slice(2 * start, 2 * this.count);
    const headWords = wordsOf(head.values);
    let from = 0;
    let headFrom = headStart;
    this.count = start;
    while (from < storedTimes.length || headFrom < headEnd) {
      const storedMs = storedTimes[from] ?? Number.POSITIVE_INFINITY;
      const headMs =
        headFrom < headEnd ? (head.timestampsMs[headFrom] as number) : Number.POSITIVE_INFINITY;
      const isHead = headMs <= storedMs;
      const words = isHead ? headWords : storedWords;
      const source = isHead ? headFrom : from;
      const at = this.count++;
      this.#timestampsMs[at] = isHead ? headMs : storedMs;
      this.#words[2 * at] = words[2 * source] as number;
      this.#words[2 * at + 1] = words[2 * source + 1] as number;
      if (this.#histograms !== undefined) {
        this.#histograms[at] = isHead ? head.histograms?.[headFrom] : undefined;
      }
      if (headMs === storedMs) from++;
      if (isHead) headFrom++;
      else from++;
    }
  }
}
