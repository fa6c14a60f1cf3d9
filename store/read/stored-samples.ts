import { type BoundQuery, decimal64, IdList } from '../clickhouse/bound-query.ts';
import type { Engine, LaneName } from '../clickhouse/engine.ts';
import { fixedColumn, type NativeBlock } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { storedMs } from '../stored-time.ts';

/**
 * Samples as ClickHouse sent them, ordered by id and time, and where each series lies in them.
 * Nothing is copied before its place in the answer is known.
 */
export interface StoredRuns {
  readonly rowCount: number;
  readonly runCount: number;
  /** Word 2i is the low half of the id of run i. */
  readonly idWords: Uint32Array;
  /** Pieces of run i are those from `pieceEnds[i - 1]` (or 0) up to `pieceEnds[i]`. */
  readonly pieceEnds: Uint32Array;
  readonly pieces: readonly StoredPiece[];
}

/** Consecutive samples of one series in one block; bytes of doubles, little-endian. */
export interface StoredPiece {
  readonly timestampsMs: Uint8Array;
  readonly values: Uint8Array;
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
      // Times come as the doubles that we want, so that they need no loop here.
      sql: `SELECT series_id, toFloat64(toUnixTimestamp64Milli(ts)), value
        FROM samples WHERE ${where.sql}
        ORDER BY series_id, ts LIMIT {rowsMax:UInt64}`,
      params: { ...where.params, rowsMax },
    },
    { lane, signal },
  );
  return findRuns(readNative(bytes));
}

const DOUBLE_BYTES = 8;

/** Exported for its test. */
export function findRuns(blocks: readonly NativeBlock[]): StoredRuns {
  const ids: number[] = [];
  const pieceEnds: number[] = [];
  const pieces: StoredPiece[] = [];
  let rowCount = 0;
  let low = 0;
  let high = 0;
  for (const block of blocks) {
    const idBytes = fixedColumn(block, 0).bytes;
    const times = fixedColumn(block, 1).bytes;
    const values = fixedColumn(block, 2).bytes;
    const view = new DataView(idBytes.buffer, idBytes.byteOffset, idBytes.length);
    for (let row = 0; row < block.rowCount; ) {
      const end = runEnd(view, row, block.rowCount);
      const rowLow = view.getUint32(row * DOUBLE_BYTES, true);
      const rowHigh = view.getUint32(row * DOUBLE_BYTES + 4, true);
      if (pieces.length === 0 || rowLow !== low || rowHigh !== high) {
        low = rowLow;
        high = rowHigh;
        ids.push(low, high);
        pieceEnds.push(0);
      }
      pieces.push({
        timestampsMs: times.subarray(row * DOUBLE_BYTES, end * DOUBLE_BYTES),
        values: values.subarray(row * DOUBLE_BYTES, end * DOUBLE_BYTES),
      });
      pieceEnds[pieceEnds.length - 1] = pieces.length;
      row = end;
    }
    rowCount += block.rowCount;
  }
  return {
    rowCount,
    runCount: pieceEnds.length,
    idWords: Uint32Array.from(ids),
    pieceEnds: Uint32Array.from(pieceEnds),
    pieces,
  };
}

/**
 * The first row after `row` with another id. Ids are ordered, so rows with the same id at both
 * ends have it between: steps that double, then halve, look at a few of them.
 */
function runEnd(ids: DataView, row: number, rowCount: number): number {
  const low = ids.getUint32(row * DOUBLE_BYTES, true);
  const high = ids.getUint32(row * DOUBLE_BYTES + 4, true);
  const isSame = (other: number) =>
    ids.getUint32(other * DOUBLE_BYTES, true) === low &&
    ids.getUint32(other * DOUBLE_BYTES + 4, true) === high;
  let same = row;
  let step = 1;
  while (same + step < rowCount && isSame(same + step)) {
    same += step;
    step *= 2;
  }
  for (; step >= 1; step = step >>> 1) {
    if (same + step < rowCount && isSame(same + step)) same += step;
  }
  return same + 1;
}
