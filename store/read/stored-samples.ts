import { type BoundQuery, decimal64, IdList } from '../clickhouse/bound-query.ts';
import type { Engine, LaneName } from '../clickhouse/engine.ts';
import { copyFloats, copyIntegers, fixedColumn, wordsOf64 } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { storedMs } from '../stored-time.ts';

/** Runs of samples by series id, as ClickHouse sends them: ordered by id and time. */
export interface StoredRuns {
  /** Word 2i is the low half of the id of run i. */
  readonly idWords: Uint32Array;
  readonly runCount: number;
  /** Samples of run i are those from `starts[i]` to (excluding) `starts[i + 1]`. */
  readonly starts: Uint32Array;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** Which rows of a table of samples: of these ids, from `startMs` to `endMs`, both included. */
export interface StoredRange {
  readonly ids: StoredIds;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Ids one by one, or all from `lowest` to `highest` when the selection takes (nearly) all of them:
 * the ids of one metric are adjacent, so that is one contiguous read.
 */
export type StoredIds =
  | { readonly kind: 'list'; readonly words: Uint32Array }
  | { readonly kind: 'range'; readonly lowest: IdWords; readonly highest: IdWords };

export interface IdWords {
  readonly low: number;
  readonly high: number;
}

/** The condition and its values, for all tables that have `series_id` and `ts`. */
export function whereStored(range: StoredRange): BoundQuery {
  const times = {
    startMs: storedMs(Math.ceil(range.startMs)),
    endMs: storedMs(Math.floor(range.endMs)),
  };
  const inTime = `ts >= fromUnixTimestamp64Milli({startMs:Int64}, 'UTC')
    AND ts <= fromUnixTimestamp64Milli({endMs:Int64}, 'UTC')`;
  const { ids } = range;
  if (ids.kind === 'list') {
    return {
      sql: `series_id IN {ids:Array(UInt64)} AND ${inTime}`,
      params: { ...times, ids: new IdList(ids.words) },
    };
  }
  return {
    sql: `series_id >= {lowest:UInt64} AND series_id <= {highest:UInt64} AND ${inTime}`,
    params: {
      ...times,
      lowest: decimal64(ids.lowest.low, ids.lowest.high),
      highest: decimal64(ids.highest.low, ids.highest.high),
    },
  };
}

/**
 * @param rowsMax the caller asks for one more than it takes, to tell "full" from "cut"
 * @throws QueryError, StoreUnavailableError, the signal's reason
 */
export async function readStoredSamples(
  engine: Engine,
  range: StoredRange,
  rowsMax: number,
  lane: LaneName,
  signal: AbortSignal,
): Promise<StoredRuns> {
  const where = whereStored(range);
  const bytes = await engine.read(
    {
      sql: `SELECT series_id, ts, value FROM samples WHERE ${where.sql}
        ORDER BY series_id, ts LIMIT {rowsMax:UInt64}`,
      params: { ...where.params, rowsMax },
    },
    { lane, signal },
  );
  return decodeRuns(bytes);
}

/** Decoding so many rows takes a few milliseconds; then other work gets its turn. */
const ROWS_PER_TURN = 500_000;

async function decodeRuns(bytes: Uint8Array): Promise<StoredRuns> {
  const blocks = readNative(bytes);
  const rowCount = blocks.reduce((sum, block) => sum + block.rowCount, 0);
  const timestampsMs = new Float64Array(rowCount);
  const values = new Float64Array(rowCount);
  const ids: number[] = [];
  const starts: number[] = [];
  let at = 0;
  let low = 0;
  let high = 0;
  let turnEnd = ROWS_PER_TURN;
  for (const block of blocks) {
    copyIntegers(fixedColumn(block, 1), timestampsMs, at);
    copyFloats(fixedColumn(block, 2), values, at);
    const words = wordsOf64(fixedColumn(block, 0));
    for (let row = 0; row < block.rowCount; row++) {
      const rowLow = words[2 * row] as number;
      const rowHigh = words[2 * row + 1] as number;
      if (rowLow === low && rowHigh === high && at + row > 0) continue;
      low = rowLow;
      high = rowHigh;
      ids.push(low, high);
      starts.push(at + row);
    }
    at += block.rowCount;
    if (at < turnEnd) continue;
    turnEnd = at + ROWS_PER_TURN;
    await new Promise((turn) => setImmediate(turn));
  }
  starts.push(rowCount);
  return {
    idWords: Uint32Array.from(ids),
    runCount: starts.length - 1,
    starts: Uint32Array.from(starts),
    timestampsMs,
    values,
  };
}
