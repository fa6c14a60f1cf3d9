import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { TABLE_NAMES, type TableName } from '../schema/table-columns.ts';
import { SORTED_SUFFIX } from './sorted-samples.ts';
import { indexPath, RECORD_BYTES } from './spool-file.ts';

/** A file that waits to become rows. */
export interface ClosedFile {
  readonly table: TableName;
  readonly path: string;
  readonly generation: number;
  readonly rowCount: number;
  readonly byteLength: number;
  readonly startMs: number;
}

export interface Recovered {
  /** In the order in which they are to be inserted. */
  readonly files: readonly ClosedFile[];
  readonly lastGeneration: number;
  /** Files of which something could not be read; what that was lies in `corrupt`. */
  readonly corruptCount: number;
}

export const CORRUPT_DIR = 'corrupt';

export function spoolFileName(generation: number, table: TableName): string {
  return `${String(generation).padStart(16, '0')}-${table}.native`;
}

/**
 * What a process before this one has left. Whole blocks stay; an unfinished one at the end of a
 * file, never acknowledged, is cut off; from the first damaged block on a file is set aside.
 */
export function recoverSpool(dir: string): Recovered {
  const files: ClosedFile[] = [];
  let lastGeneration = 0;
  let corruptCount = 0;
  for (const name of readdirSync(dir).sort()) {
    if (name.endsWith(SORTED_SUFFIX)) rmSync(join(dir, name), { force: true });
    const match = /^(\d+)-(\w+)\.native$/.exec(name);
    if (match === null) continue;
    const path = join(dir, name);
    const table = TABLE_NAMES.find((known) => known === match[2]);
    const generation = Number(match[1]);
    lastGeneration = Math.max(lastGeneration, generation);
    if (table === undefined) {
      setAside(dir, name, readFileSync(path));
      removeSpoolFile(path);
      corruptCount++;
      continue;
    }
    const whole = checkFile(dir, name);
    if (whole.isDamaged) corruptCount++;
    if (whole.rowCount === 0) removeSpoolFile(path);
    else {
      const { rowCount, byteLength } = whole;
      // The times in it are not known; nothing of that age is in memory anyway.
      files.push({
        table,
        path,
        generation,
        rowCount,
        byteLength,
        startMs: Number.NEGATIVE_INFINITY,
      });
    }
  }
  files.sort((a, b) => a.generation - b.generation || orderOf(a) - orderOf(b));
  return { files, lastGeneration, corruptCount };
}

export function removeSpoolFile(path: string): void {
  rmSync(path, { force: true });
  rmSync(indexPath(path), { force: true });
}

/** Moves a file that ClickHouse will never take out of the way. */
export function setFileAside(dir: string, path: string): void {
  mkdirSync(join(dir, CORRUPT_DIR), { recursive: true });
  renameSync(path, join(dir, CORRUPT_DIR, path.slice(dir.length + 1)));
  removeSpoolFile(path);
}

function orderOf(file: ClosedFile): number {
  return TABLE_NAMES.indexOf(file.table);
}

function checkFile(
  dir: string,
  name: string,
): { rowCount: number; byteLength: number; isDamaged: boolean } {
  const path = join(dir, name);
  const data = readFileSync(path);
  const records = readIndex(indexPath(path));
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  let rowCount = 0;
  let at = 0;
  let isDamaged = false;
  for (let record = 0; record + RECORD_BYTES <= records.length; record += RECORD_BYTES) {
    const byteLength = view.getUint32(record, true);
    const isRecord =
      view.getUint32(record + 12, true) === crc32(records.subarray(record, record + 12));
    const isWhole = isRecord && at + byteLength <= data.length;
    if (
      !isWhole ||
      crc32(data.subarray(at, at + byteLength)) !== view.getUint32(record + 8, true)
    ) {
      isDamaged = true;
      break;
    }
    at += byteLength;
    rowCount += view.getUint32(record + 4, true);
  }
  if (isDamaged) setAside(dir, name, data.subarray(at));
  if (at < data.length) truncateSync(path, at);
  return { rowCount, byteLength: at, isDamaged };
}

function readIndex(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
}

function setAside(dir: string, name: string, bytes: Uint8Array): void {
  mkdirSync(join(dir, CORRUPT_DIR), { recursive: true });
  writeFileSync(join(dir, CORRUPT_DIR, name), bytes);
}
