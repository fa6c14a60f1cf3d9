import { type FloatColumn, floatColumn } from '../../model/value-bits.ts';
import type { SlabArena, SlabPlace } from './byte-slab.ts';
import { unpackColumn } from './unpack-column.ts';

/** Samples in one chunk of a run at most. */
export const CHUNK_SAMPLES_MAX = 128;

/** Columns of the chunks of a run. A kind byte each for times and values, in one word. */
export interface Chunks {
  startMs: Float64Array;
  endMs: Float64Array;
  count: Uint16Array;
  kinds: Uint16Array;
  page: Uint32Array;
  timeArgument: Uint32Array;
  valueArgument: Uint32Array;
}

/** Of all columns together, per chunk. */
const CHUNK_BYTES = 8 + 8 + 2 + 2 + 4 + 4 + 4;

/** Samples by series, packed; never changed. */
export class SampleRun {
  readonly #refs: Uint32Array;
  /** Series i has the chunks from `chunkStarts[i]` to (excluding) `chunkStarts[i + 1]`. */
  readonly #chunkStarts: Uint32Array;
  readonly #chunks: Chunks;
  readonly #pages: readonly SlabPlace[];
  readonly sampleCount: number;
  readonly startMs: number;
  readonly endMs: number;

  constructor(
    refs: Uint32Array,
    chunkStarts: Uint32Array,
    chunks: Chunks,
    pages: readonly SlabPlace[],
    sampleCount: number,
    startMs: number,
    endMs: number,
  ) {
    this.#refs = refs;
    this.#chunkStarts = chunkStarts;
    this.#chunks = chunks;
    this.#pages = pages;
    this.sampleCount = sampleCount;
    this.startMs = startMs;
    this.endMs = endMs;
  }

  /** Without the slabs, which the arena counts. */
  get bytes(): number {
    return this.#refs.length * 8 + this.#chunks.count.length * CHUNK_BYTES;
  }

  release(arena: SlabArena): void {
    for (const page of this.#pages) arena.release(page);
  }

  has(ref: number): boolean {
    return this.#find(ref) >= 0;
  }

  /** Samples of a series in the range; chunks that overlap it are counted whole. */
  countOf(ref: number, startMs: number, endMs: number): number {
    const series = this.#find(ref);
    if (series < 0) return 0;
    const chunks = this.#chunks;
    const last = this.#chunkStarts[series + 1] as number;
    let count = 0;
    for (let chunk = this.#chunkStarts[series] as number; chunk < last; chunk++) {
      if ((chunks.startMs[chunk] as number) > endMs) break;
      if ((chunks.endMs[chunk] as number) >= startMs) count += chunks.count[chunk] as number;
    }
    return count;
  }

  /**
   * Appends the samples of a series in the range, ascending.
   * @param scratch room for a chunk
   * @returns the index after the last one written
   */
  read(
    ref: number,
    startMs: number,
    endMs: number,
    times: FloatColumn,
    out: FloatColumn,
    to: number,
    scratch: ChunkScratch,
  ): number {
    const series = this.#find(ref);
    if (series < 0) return to;
    const chunks = this.#chunks;
    const last = this.#chunkStarts[series + 1] as number;
    let at = to;
    for (let chunk = this.#chunkStarts[series] as number; chunk < last; chunk++) {
      if ((chunks.startMs[chunk] as number) > endMs) break;
      if ((chunks.endMs[chunk] as number) < startMs) continue;
      const count = chunks.count[chunk] as number;
      if (
        (chunks.startMs[chunk] as number) >= startMs &&
        (chunks.endMs[chunk] as number) <= endMs
      ) {
        this.#unpack(chunk, times, out, at);
        at += count;
        continue;
      }
      this.#unpack(chunk, scratch.times, scratch.values, 0);
      const chunkTimes = scratch.times.values;
      const { words } = scratch.values;
      for (let from = 0; from < count; from++) {
        const timeMs = chunkTimes[from] as number;
        if (timeMs < startMs || timeMs > endMs) continue;
        times.values[at] = timeMs;
        out.words[2 * at] = words[2 * from] as number;
        out.words[2 * at + 1] = words[2 * from + 1] as number;
        at++;
      }
    }
    return at;
  }

  #unpack(chunk: number, times: FloatColumn, values: FloatColumn, to: number): void {
    const chunks = this.#chunks;
    const { slab, offsetBytes } = this.#pages[chunks.page[chunk] as number] as SlabPlace;
    const kinds = chunks.kinds[chunk] as number;
    const count = chunks.count[chunk] as number;
    const time = chunks.timeArgument[chunk] as number;
    const value = chunks.valueArgument[chunk] as number;
    unpackColumn(kinds & 0xff, time, slab, offsetBytes + time * 8, count, times, to);
    unpackColumn(kinds >>> 8, value, slab, offsetBytes + value * 8, count, values, to);
  }

  #find(ref: number): number {
    const refs = this.#refs;
    // Each is at least one more than the one before, so a series lies here or further left; here
    // when all between take part, as they do when one sender writes them.
    const furthest = ref - (refs[0] as number);
    if (refs[furthest] === ref) return furthest;
    let low = 0;
    let high = Math.min(furthest, refs.length - 1);
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = refs[middle] as number;
      if (found === ref) return middle;
      if (found < ref) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

/** Room for one chunk, shared by reads. */
export interface ChunkScratch {
  readonly times: FloatColumn;
  readonly values: FloatColumn;
}

export function chunkScratch(): ChunkScratch {
  return { times: floatColumn(CHUNK_SAMPLES_MAX), values: floatColumn(CHUNK_SAMPLES_MAX) };
}
