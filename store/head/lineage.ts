import type { SeriesRef } from '../../model/sink.ts';
import { growUint32 } from '../grow-column.ts';
import type { SlabArena } from './byte-slab.ts';
import type { Memberships } from './memberships.ts';
import { BLOCK_ROWS_MAX, type Row, type RowBlock, RowPacker } from './row-block.ts';
import type { RowPool } from './row-pool.ts';

/**
 * Rows under one layout that only ever grew at its end, so that a series has the same column in
 * all of them. A target has one after another; nearly always one for long.
 */
export class Lineage {
  readonly id: number;
  /** The series of the columns; longer than `columnCount`. */
  refs: Uint32Array = new Uint32Array(16);
  columnCount = 0;
  /** Packed, ascending. */
  readonly blocks: RowBlock[] = [];
  /** Not yet packed, ascending, after all blocks. */
  rows: Row[] = [];
  /** Rows after which they are packed. */
  rowsTarget: number;
  /** Time of the last row. */
  lastMs: number = Number.NEGATIVE_INFINITY;
  /** No row will follow. */
  isSealed = false;

  constructor(id: number) {
    this.id = id;
    // Targets found together would all pack at once, so the first block of each ends elsewhere.
    this.rowsTarget = BLOCK_ROWS_MAX - ((id * 7) % (BLOCK_ROWS_MAX / 2));
  }

  /** True when the layout can become `refs` by growing at its end. */
  isPrefixOf(refs: Uint32Array): boolean {
    const count = this.columnCount;
    if (count > refs.length) return false;
    for (let column = 0; column < count; column++) {
      if (this.refs[column] !== refs[column]) return false;
    }
    return true;
  }
}

interface QueuedBlock {
  readonly lineage: Lineage;
  readonly block: RowBlock;
}

/** All lineages, and their packed blocks in the order they were packed. */
export class Lineages {
  readonly #arena: SlabArena;
  readonly #memberships: Memberships;
  readonly #rows: RowPool;
  readonly #packer: RowPacker;
  readonly #byId = new Map<number, Lineage>();
  #lastId = 0;
  #queue: QueuedBlock[] = [];
  #queueHead = 0;
  #openBytes = 0;
  #openRows = 0;

  constructor(arena: SlabArena, memberships: Memberships, rows: RowPool) {
    this.#rows = rows;
    this.#arena = arena;
    this.#memberships = memberships;
    this.#packer = new RowPacker(arena);
  }

  /** Rows not packed, and layouts; packed blocks are counted by the arena. */
  get bytes(): number {
    return this.#openBytes;
  }

  get blockCount(): number {
    return this.#queue.length - this.#queueHead;
  }

  get openRowCount(): number {
    return this.#openRows;
  }

  get(id: number): Lineage {
    return this.#byId.get(id) as Lineage;
  }

  open(): Lineage {
    const lineage = new Lineage(++this.#lastId);
    this.#byId.set(lineage.id, lineage);
    return lineage;
  }

  /** @param refs begins with the layout as it is */
  extend(lineage: Lineage, refs: Uint32Array): void {
    const before = lineage.columnCount;
    if (refs.length === before) return;
    const columns = lineage.refs.length;
    lineage.refs = growUint32(lineage.refs, refs.length);
    lineage.refs.set(refs.subarray(before), before);
    lineage.columnCount = refs.length;
    this.#openBytes += (lineage.refs.length - columns) * 4;
    for (let column = before; column < refs.length; column++) {
      const ref = refs[column] as SeriesRef;
      if (ref !== 0) this.#memberships.add(ref, lineage.id, column);
    }
  }

  /** @param row later than all before it; kept */
  append(lineage: Lineage, row: Row): void {
    lineage.rows.push(row);
    lineage.lastMs = row.timestampMs;
    this.#openBytes += row.values.byteLength;
    this.#openRows++;
    if (lineage.rows.length >= lineage.rowsTarget) this.#pack(lineage);
  }

  /** Ends a lineage; it goes when its last block does. */
  seal(lineage: Lineage): void {
    if (lineage.isSealed) return;
    lineage.isSealed = true;
    if (lineage.rows.length > 0) this.#pack(lineage);
    if (lineage.blocks.length === 0) this.#remove(lineage);
  }

  /** The end of the block packed first of those still here; undefined: there is none. */
  get oldestEndMs(): number | undefined {
    return this.#queue[this.#queueHead]?.block.endMs;
  }

  /** Drops the block packed first. */
  dropOldest(): void {
    const oldest = this.#queue[this.#queueHead];
    if (oldest === undefined) return;
    this.#queueHead++;
    if (this.#queueHead > 1024 && this.#queueHead * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#queueHead);
      this.#queueHead = 0;
    }
    const { lineage, block } = oldest;
    lineage.blocks.shift();
    this.#arena.release(block.place);
    if (lineage.isSealed && lineage.blocks.length === 0) this.#remove(lineage);
  }

  #pack(lineage: Lineage): void {
    const { rows } = lineage;
    const block = this.#packer.pack(rows);
    for (const row of rows) this.#openBytes -= row.values.byteLength;
    this.#openRows -= rows.length;
    this.#rows.retire(rows);
    lineage.rows = [];
    lineage.rowsTarget = BLOCK_ROWS_MAX;
    lineage.blocks.push(block);
    this.#queue.push({ lineage, block });
  }

  #remove(lineage: Lineage): void {
    for (let column = 0; column < lineage.columnCount; column++) {
      this.#memberships.remove(lineage.refs[column] as SeriesRef, lineage.id);
    }
    this.#byId.delete(lineage.id);
    this.#openBytes -= (lineage.refs.length - 16) * 4;
  }
}
