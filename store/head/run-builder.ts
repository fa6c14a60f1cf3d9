import { growFloat64, growUint16, growUint32 } from '../grow-column.ts';
import { type ByteSlab, byteSlab, type SlabArena, type SlabPlace } from './byte-slab.ts';
import { PackedColumn, packColumn, packedBytesMax } from './pack-column.ts';
import { CHUNK_SAMPLES_MAX, type Chunks, chunkScratch, SampleRun } from './sample-run.ts';

const PAGE_BYTES = 1 << 18;
const CHUNK_BYTES_MAX = 2 * packedBytesMax(CHUNK_SAMPLES_MAX);

/** Makes a run, series by series. */
export class RunBuilder {
  readonly #arena: SlabArena;
  readonly #packed = new PackedColumn();
  readonly #work: ByteSlab = byteSlab(PAGE_BYTES);
  readonly #pages: SlabPlace[] = [];
  readonly #chunk = chunkScratch();
  readonly #chunks: Chunks = {
    startMs: new Float64Array(1024),
    endMs: new Float64Array(1024),
    count: new Uint16Array(1024),
    kinds: new Uint16Array(1024),
    page: new Uint32Array(1024),
    timeArgument: new Uint32Array(1024),
    valueArgument: new Uint32Array(1024),
  };
  #refs: Uint32Array = new Uint32Array(1024);
  #chunkStarts: Uint32Array = new Uint32Array(1024);
  #seriesCount = 0;
  #chunkCount = 0;
  #sampleCount = 0;
  #usedBytes = 0;
  #startMs = Number.POSITIVE_INFINITY;
  #endMs = Number.NEGATIVE_INFINITY;

  constructor(arena: SlabArena) {
    this.#arena = arena;
  }

  /**
   * @param ref above all before it
   * @param timestampsMs strictly ascending from `start` to (excluding) `end`; at least one
   */
  add(
    ref: number,
    timestampsMs: Float64Array,
    words: Uint32Array,
    start: number,
    end: number,
  ): void {
    const series = this.#seriesCount++;
    this.#refs = growUint32(this.#refs, series + 1);
    this.#chunkStarts = growUint32(this.#chunkStarts, series + 2);
    this.#refs[series] = ref;
    for (let from = start; from < end; from += CHUNK_SAMPLES_MAX) {
      this.#addChunk(timestampsMs, words, from, Math.min(end, from + CHUNK_SAMPLES_MAX));
    }
    this.#chunkStarts[series + 1] = this.#chunkCount;
    this.#sampleCount += end - start;
    this.#startMs = Math.min(this.#startMs, timestampsMs[start] as number);
    this.#endMs = Math.max(this.#endMs, timestampsMs[end - 1] as number);
  }

  finish(): SampleRun {
    this.#flush();
    const count = this.#chunkCount;
    const chunks = this.#chunks;
    return new SampleRun(
      this.#refs.slice(0, this.#seriesCount),
      this.#chunkStarts.slice(0, this.#seriesCount + 1),
      {
        startMs: chunks.startMs.slice(0, count),
        endMs: chunks.endMs.slice(0, count),
        count: chunks.count.slice(0, count),
        kinds: chunks.kinds.slice(0, count),
        page: chunks.page.slice(0, count),
        timeArgument: chunks.timeArgument.slice(0, count),
        valueArgument: chunks.valueArgument.slice(0, count),
      },
      this.#pages,
      this.#sampleCount,
      this.#startMs,
      this.#endMs,
    );
  }

  #addChunk(timestampsMs: Float64Array, words: Uint32Array, start: number, end: number): void {
    if (this.#usedBytes + CHUNK_BYTES_MAX > PAGE_BYTES) this.#flush();
    const chunk = this.#chunkCount++;
    this.#growChunks(chunk + 1);
    const chunks = this.#chunks;
    const packed = this.#packed;
    const count = end - start;
    const { times, values } = this.#chunk;
    for (let at = 0; at < count; at++) times.values[at] = timestampsMs[start + at] as number;
    for (let at = 0; at < 2 * count; at++) values.words[at] = words[2 * start + at] as number;
    chunks.startMs[chunk] = timestampsMs[start] as number;
    chunks.endMs[chunk] = timestampsMs[end - 1] as number;
    chunks.count[chunk] = count;
    chunks.page[chunk] = this.#pages.length;
    packColumn(times.values, times.words, count, this.#work, this.#usedBytes, 0, packed);
    chunks.timeArgument[chunk] = packed.argument;
    const timeKind = packed.kind;
    packColumn(values.values, values.words, count, this.#work, packed.endBytes, 0, packed);
    chunks.valueArgument[chunk] = packed.argument;
    chunks.kinds[chunk] = timeKind | (packed.kind << 8);
    this.#usedBytes = packed.endBytes;
  }

  #growChunks(length: number): void {
    const chunks = this.#chunks;
    if (length <= chunks.count.length) return;
    chunks.startMs = growFloat64(chunks.startMs, length);
    chunks.endMs = growFloat64(chunks.endMs, length);
    chunks.count = growUint16(chunks.count, length);
    chunks.kinds = growUint16(chunks.kinds, length);
    chunks.page = growUint32(chunks.page, length);
    chunks.timeArgument = growUint32(chunks.timeArgument, length);
    chunks.valueArgument = growUint32(chunks.valueArgument, length);
  }

  #flush(): void {
    this.#pages.push(this.#arena.store(this.#work, this.#usedBytes));
    this.#usedBytes = 0;
  }
}
