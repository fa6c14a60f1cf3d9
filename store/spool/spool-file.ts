import { closeSync, fdatasync, ftruncateSync, openSync, writeSync, writevSync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import type { TableName } from '../schema/table-columns.ts';

const syncData = promisify(fdatasync);

/**
 * One record of the index beside a spool file: length of a block in bytes, its row count, CRC-32
 * of the block, CRC-32 of these three; little-endian words.
 */
export const RECORD_BYTES = 16;

/** A block on its way to a table: pieces for one `writev`. */
export interface SpoolBlock {
  readonly table: TableName;
  readonly rowCount: number;
  readonly pieces: readonly Uint8Array[];
  readonly byteLength: number;
  /** Time of its oldest sample; Infinity when it holds none. */
  readonly startMs: number;
  /** To be called when the pieces are written or given up. */
  readonly release?: () => void;
}

/**
 * An append-only file of `Native` blocks, which ClickHouse reads as it is, and its index, which
 * tells whole blocks from torn ones.
 */
export class SpoolFile {
  readonly table: TableName;
  readonly path: string;
  rowCount = 0;
  byteLength = 0;
  startMs: number = Number.POSITIVE_INFINITY;
  #recordCount = 0;
  #isDirty = false;
  readonly #data: number;
  readonly #index: number;

  /** @throws a system error such as ENOSPC */
  constructor(table: TableName, path: string) {
    this.table = table;
    this.path = path;
    this.#data = openSync(path, 'wx');
    this.#index = openSync(indexPath(path), 'wx');
  }

  /**
   * Writes a block and then its record, both into the page cache. After an error the file is as it
   * was.
   * @throws a system error such as ENOSPC
   */
  append(block: SpoolBlock): void {
    try {
      writeAll(this.#data, block.pieces, this.byteLength);
      const record = recordOf(block);
      const written = writeSync(
        this.#index,
        record,
        0,
        RECORD_BYTES,
        this.#recordCount * RECORD_BYTES,
      );
      if (written !== RECORD_BYTES) throw shortWrite();
    } catch (error) {
      ftruncateSync(this.#index, this.#recordCount * RECORD_BYTES);
      ftruncateSync(this.#data, this.byteLength);
      throw error;
    }
    this.#recordCount++;
    this.#isDirty = true;
    this.byteLength += block.byteLength;
    this.rowCount += block.rowCount;
    this.startMs = Math.min(this.startMs, block.startMs);
  }

  /** Through to the disk: data first, so that a record on disk never speaks of nothing. */
  async sync(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    await syncData(this.#data);
    await syncData(this.#index);
  }

  close(): void {
    closeSync(this.#data);
    closeSync(this.#index);
  }
}

export function indexPath(path: string): string {
  return path.replace(/\.native$/, '.idx');
}

export function recordOf(block: SpoolBlock): Uint8Array {
  let sum = 0;
  for (const piece of block.pieces) sum = crc32(piece, sum);
  const words = Uint32Array.of(block.byteLength, block.rowCount, sum, 0);
  const bytes = new Uint8Array(words.buffer);
  words[3] = crc32(bytes.subarray(0, 12));
  return bytes;
}

function writeAll(file: number, pieces: readonly Uint8Array[], position: number): void {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const written = writevSync(file, pieces, position);
  if (written === length) return;
  const rest = Buffer.concat(pieces).subarray(written);
  for (let at = 0; at < rest.length; ) {
    const more = writeSync(file, rest, at, rest.length - at, position + written + at);
    if (more === 0) throw shortWrite();
    at += more;
  }
}

function shortWrite(): Error {
  return Object.assign(new Error('ENOSPC: a write to the spool stopped early'), { code: 'ENOSPC' });
}
