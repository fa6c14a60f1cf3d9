import { isAbsentAt, wordsOf } from '../../model/value-bits.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import type { LooseSamples } from './loose-samples.ts';
import type { Row } from './row-block.ts';

/** Samples in the memory layout of ClickHouse's `Native` columns, little-endian. */
export interface DrainedSamples {
  readonly count: number;
  /** UInt64 `series_id`: word 2i is the low half, 2i+1 the high. */
  readonly seriesIds: Uint32Array;
  /** Int64 milliseconds (DateTime64(3)), in the same way. */
  readonly timestamps: Uint32Array;
  /** Float64 `value`; stale markers have their bits. */
  readonly values: Float64Array;
  /** Times of the oldest and newest sample; NaN when there is none. */
  readonly startMs: number;
  readonly endMs: number;
  /** To be called when nobody reads the columns any more; their memory is then used again. */
  readonly release: () => void;
}

interface DrainRoom {
  readonly seriesIds: Uint32Array;
  readonly timestamps: Uint32Array;
  readonly values: Float64Array;
}

/** Of the samples in a drain: how much more room is taken than they need. */
const ROOM_RATIO = 1.25;
/** Room larger than this is not kept: some 50 MB. */
const KEPT_ROOM_MAX = 2_000_000;

interface PendingRow {
  readonly refs: Uint32Array;
  readonly row: Row;
}

const WORD = 2 ** 32;

/** What was appended and not yet drained: scraped rows, and the undrained end of the log. */
export class PendingSamples {
  readonly #index: SeriesIndex;
  readonly #loose: LooseSamples;
  #rows: PendingRow[] = [];
  #columnCount = 0;
  #room: DrainRoom | undefined;

  constructor(index: SeriesIndex, loose: LooseSamples) {
    this.#index = index;
    this.#loose = loose;
  }

  add(refs: Uint32Array, row: Row): void {
    this.#rows.push({ refs, row });
    this.#columnCount += row.values.length;
  }

  drain(): DrainedSamples {
    const { log } = this.#loose;
    const room = this.#takeRoom(this.#columnCount + log.count - log.drained);
    const { seriesIds, timestamps, values } = room;
    const words = wordsOf(values);
    let count = 0;
    let startMs = Number.NaN;
    let endMs = Number.NaN;
    for (const { refs, row } of this.#rows) {
      const { timestampMs } = row;
      startMs = timestampMs >= startMs ? startMs : timestampMs;
      endMs = timestampMs <= endMs ? endMs : timestampMs;
      const end = this.#writeRow(refs, row, seriesIds, words, count);
      writeTime(timestampMs, timestamps, count, end);
      count = end;
    }
    const { idLow, idHigh } = this.#index;
    for (let entry = log.drained; entry < log.count; entry++) {
      const ref = log.refs[entry] as number;
      const timestampMs = log.timestampsMs[entry] as number;
      startMs = timestampMs >= startMs ? startMs : timestampMs;
      endMs = timestampMs <= endMs ? endMs : timestampMs;
      seriesIds[2 * count] = idLow[ref] as number;
      seriesIds[2 * count + 1] = idHigh[ref] as number;
      words[2 * count] = log.column.words[2 * entry] as number;
      words[2 * count + 1] = log.column.words[2 * entry + 1] as number;
      writeTime(timestampMs, timestamps, count, ++count);
    }
    log.drained = log.count;
    this.#rows = [];
    this.#columnCount = 0;
    return {
      count,
      seriesIds: seriesIds.subarray(0, 2 * count),
      timestamps: timestamps.subarray(0, 2 * count),
      values: values.subarray(0, count),
      startMs,
      endMs,
      release: () => {
        if (values.length <= KEPT_ROOM_MAX) this.#room = room;
      },
    };
  }

  #takeRoom(samples: number): DrainRoom {
    const kept = this.#room;
    this.#room = undefined;
    if (kept !== undefined && kept.values.length >= samples) return kept;
    const length = Math.ceil(samples * ROOM_RATIO);
    return {
      seriesIds: new Uint32Array(2 * length),
      timestamps: new Uint32Array(2 * length),
      values: new Float64Array(length),
    };
  }

  #writeRow(
    refs: Uint32Array,
    row: Row,
    seriesIds: Uint32Array,
    words: Uint32Array,
    start: number,
  ): number {
    const { idLow, idHigh } = this.#index;
    const from = row.words;
    let at = start;
    for (let column = 0; column < row.values.length; column++) {
      if (isAbsentAt(from, column)) continue;
      const ref = refs[column] as number;
      seriesIds[2 * at] = idLow[ref] as number;
      seriesIds[2 * at + 1] = idHigh[ref] as number;
      words[2 * at] = from[2 * column] as number;
      words[2 * at + 1] = from[2 * column + 1] as number;
      at++;
    }
    return at;
  }
}

function writeTime(timestampMs: number, timestamps: Uint32Array, start: number, end: number): void {
  const high = Math.floor(timestampMs / WORD);
  const low = timestampMs - high * WORD;
  for (let at = start; at < end; at++) {
    timestamps[2 * at] = low;
    timestamps[2 * at + 1] = high;
  }
}
