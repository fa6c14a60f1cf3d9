import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { TABLE_NAMES, type TableName } from '../schema/table-columns.ts';
import {
  type ClosedFile,
  type Recovered,
  recoverSpool,
  removeSpoolFile,
  setFileAside,
  spoolFileName,
} from './recover-spool.ts';
import { type SpoolBlock, SpoolFile } from './spool-file.ts';

/** The spool has as many bytes as it may. */
export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError';
}

export interface SpoolOptions {
  readonly dir: string;
  readonly bytesMax: number;
  /** Files stay open until `sync` has seen them through to the disk. */
  readonly isSynced: boolean;
}

/**
 * Blocks on disk that ClickHouse does not have yet. One generation of files, one per table, is
 * being written; closed ones wait for their insert.
 */
export class Spool {
  readonly dir: string;
  readonly recovered: Recovered;
  readonly #isSynced: boolean;
  #bytesMax: number;
  /** Begins with the time, so that numbers of former processes are not used again. */
  #generation: number;
  #open = new Map<TableName, SpoolFile>();
  /** No longer written to, and not yet synced. */
  #retired: SpoolFile[] = [];
  #hasNewFiles = false;
  #closed: ClosedFile[];
  #closedBytes: number;

  constructor(options: SpoolOptions) {
    this.dir = options.dir;
    this.#bytesMax = options.bytesMax;
    this.#isSynced = options.isSynced;
    mkdirSync(this.dir, { recursive: true });
    this.recovered = recoverSpool(this.dir);
    this.#generation = Math.max(this.recovered.lastGeneration + 1, Date.now());
    this.#closed = [...this.recovered.files];
    this.#closedBytes = this.#closed.reduce((sum, file) => sum + file.byteLength, 0);
  }

  get bytes(): number {
    let bytes = this.#closedBytes;
    for (const file of this.#open.values()) bytes += file.byteLength;
    return bytes;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  setBytesMax(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  get openRowCount(): number {
    let rows = 0;
    for (const file of this.#open.values()) rows += file.rowCount;
    return rows;
  }

  get openBytes(): number {
    return this.bytes - this.#closedBytes;
  }

  /** Waiting for their insert, in order. */
  get closed(): readonly ClosedFile[] {
    return this.#closed;
  }

  /** Time of the oldest sample in it; Infinity when there is none. */
  get startMs(): number {
    let startMs = Number.POSITIVE_INFINITY;
    for (const file of this.#open.values()) startMs = Math.min(startMs, file.startMs);
    for (const file of this.#closed) startMs = Math.min(startMs, file.startMs);
    return startMs;
  }

  /** @throws SpoolFullError, a system error such as ENOSPC; the block is then not in the spool */
  append(block: SpoolBlock): void {
    if (this.bytes + block.byteLength > this.#bytesMax) {
      throw new SpoolFullError(`the spool is full: ${this.bytes} of ${this.#bytesMax} bytes`);
    }
    let file = this.#open.get(block.table);
    if (file === undefined) {
      file = new SpoolFile(
        block.table,
        join(this.dir, spoolFileName(this.#generation, block.table)),
      );
      this.#open.set(block.table, file);
      this.#hasNewFiles = true;
    }
    file.append(block);
  }

  /** What was appended before the call survives a power cut. One call at a time. */
  async sync(): Promise<void> {
    const retired = this.#retired;
    this.#retired = [];
    const current = TABLE_NAMES.map((table) => this.#open.get(table));
    try {
      for (const file of [...retired, ...current]) await file?.sync();
      if (this.#hasNewFiles) {
        this.#hasNewFiles = false;
        await syncDirectory(this.dir);
      }
    } finally {
      for (const file of retired) file.close();
    }
  }

  /** Ends the generation: its files join those that wait. */
  rotate(): void {
    for (const table of TABLE_NAMES) {
      const file = this.#open.get(table);
      if (file === undefined) continue;
      if (this.#isSynced) this.#retired.push(file);
      else file.close();
      const { path, rowCount, byteLength, startMs } = file;
      if (rowCount === 0) {
        removeSpoolFile(path);
        continue;
      }
      this.#closed.push({
        table,
        path,
        generation: this.#generation,
        rowCount,
        byteLength,
        startMs,
      });
      this.#closedBytes += byteLength;
    }
    this.#open = new Map();
    this.#generation++;
  }

  /** ClickHouse has the file. */
  remove(file: ClosedFile): void {
    removeSpoolFile(file.path);
    this.#forget(file);
  }

  /** ClickHouse will never take the file: it is kept for a person to look at. */
  setAside(file: ClosedFile): void {
    setFileAside(this.dir, file.path);
    this.#forget(file);
  }

  #forget(file: ClosedFile): void {
    this.#closed = this.#closed.filter((other) => other !== file);
    this.#closedBytes -= file.byteLength;
  }
}

/** Names of new files are on disk only when their directory is. */
async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
