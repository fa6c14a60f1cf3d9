import { type FloatColumn, floatColumn } from '../../model/value-bits.ts';
import type { SlabArena } from './byte-slab.ts';
import { RunBuilder } from './run-builder.ts';
import { SampleLog } from './sample-log.ts';
import { chunkScratch, type SampleRun } from './sample-run.ts';
import { isAscending, sortSamples } from './sort-samples.ts';

/** When a log is packed. */
export interface LogLimits {
  /** When its series have this many samples each, on average … */
  readonly samplesPerSeries: number;
  /** … but not before it has this many, and at the latest with that many, … */
  readonly samplesMin: number;
  readonly samplesMax: number;
  /** … or when time has gone on this much since its first entry. */
  readonly ageMsMax: number;
}

const LOG_LIMITS: LogLimits = {
  samplesPerSeries: 32,
  samplesMin: 65_536,
  samplesMax: 16_777_216,
  ageMsMax: 1_800_000,
};

/** A log being packed, a part at a time. It answers reads until all of it is packed. */
interface Packing {
  readonly log: SampleLog;
  readonly builder: RunBuilder;
  nextRef: number;
}

/** Samples that came one by one: a log that takes them, and packed runs of earlier ones. */
export class LooseSamples {
  readonly #arena: SlabArena;
  readonly #limits: LogLimits;
  readonly #scratch = chunkScratch();
  readonly #runs: SampleRun[] = [];
  #times: Float64Array = new Float64Array(1024);
  #values: FloatColumn = floatColumn(1024);
  #packing: Packing | undefined;
  log: SampleLog = new SampleLog();

  constructor(arena: SlabArena, limits: LogLimits = LOG_LIMITS) {
    this.#arena = arena;
    this.#limits = limits;
  }

  /** Without the slabs, which the arena counts. */
  get bytes(): number {
    let bytes = this.log.bytes + (this.#packing?.log.bytes ?? 0);
    for (const run of this.#runs) bytes += run.bytes;
    return bytes;
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0 && this.#packing === undefined && this.log.count === 0;
  }

  has(ref: number): boolean {
    return (
      this.log.has(ref) ||
      this.#packing?.log.has(ref) === true ||
      this.#runs.some((run) => run.has(ref))
    );
  }

  /** An upper bound of what `read` will write. */
  countOf(ref: number, startMs: number, endMs: number): number {
    let count = this.log.countOf(ref, startMs, endMs);
    if (this.#packing !== undefined) count += this.#packing.log.countOf(ref, startMs, endMs);
    for (const run of this.#runs) {
      if (run.startMs <= endMs && run.endMs >= startMs) count += run.countOf(ref, startMs, endMs);
    }
    return count;
  }

  /**
   * Appends the samples of a series in the range, not sorted over all.
   * @returns the index after the last one written
   */
  read(
    ref: number,
    startMs: number,
    endMs: number,
    times: FloatColumn,
    out: FloatColumn,
    to: number,
  ): number {
    let at = to;
    for (const run of this.#runs) {
      if (run.startMs > endMs || run.endMs < startMs) continue;
      at = run.read(ref, startMs, endMs, times, out, at, this.#scratch);
    }
    if (this.#packing !== undefined) {
      at = this.#packing.log.read(ref, startMs, endMs, times.values, out, at);
    }
    return this.log.read(ref, startMs, endMs, times.values, out, at);
  }

  /**
   * Packs what is due, at most about `samplesMax` samples of it.
   * @param newestMs time of the newest sample of the whole head
   * @returns true when there is more to do
   */
  pack(samplesMax: number, newestMs: number): boolean {
    this.#packing ??= this.#startPacking(newestMs);
    const packing = this.#packing;
    if (packing === undefined) return false;
    let left = samplesMax;
    while (packing.nextRef < packing.log.refEnd && left > 0) {
      const ref = packing.nextRef++;
      if (packing.log.has(ref)) left -= this.#packSeries(packing, ref);
    }
    if (packing.nextRef < packing.log.refEnd) return true;
    this.addRun(packing.builder.finish());
    this.#packing = undefined;
    return false;
  }

  addRun(run: SampleRun): void {
    this.#runs.push(run);
    this.#runs.sort((a, b) => a.endMs - b.endMs);
  }

  /** The end of the run that ends first; undefined: there is none. */
  get oldestEndMs(): number | undefined {
    return this.#runs[0]?.endMs;
  }

  dropOldest(): void {
    this.#runs.shift()?.release(this.#arena);
  }

  /** Only a log that is drained whole is packed: its entries are gone afterwards. */
  #startPacking(newestMs: number): Packing | undefined {
    const { log } = this;
    if (log.count === 0 || log.drained < log.count) return undefined;
    const { samplesPerSeries, samplesMin, samplesMax, ageMsMax } = this.#limits;
    const filled = Math.max(samplesMin, log.seriesCount * samplesPerSeries);
    const wanted = Math.min(samplesMax, filled);
    if (log.count < wanted && newestMs - log.openedMs < ageMsMax) return undefined;
    this.log = new SampleLog();
    return { log, builder: new RunBuilder(this.#arena), nextRef: 0 };
  }

  #packSeries(packing: Packing, ref: number): number {
    const { log, builder } = packing;
    const count = log.countOf(ref, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    if (count > this.#times.length) {
      this.#times = new Float64Array(count * 2);
      this.#values = floatColumn(count * 2);
    }
    const times = this.#times;
    const values = this.#values;
    log.read(ref, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, times, values, 0);
    const end = isAscending(times, 0, count)
      ? count
      : sortSamples(times, values, undefined, 0, count);
    builder.add(ref, times, values.words, 0, end);
    return count;
  }
}
