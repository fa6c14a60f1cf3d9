import { type FloatColumn, floatColumn, isAbsentAt } from '../../model/value-bits.ts';
import { type ByteSlab, byteSlab, type SlabArena, type SlabPlace } from './byte-slab.ts';
import { EMPTY, HAS_HOLES } from './column-kinds.ts';
import { copyFloats } from './float-bits.ts';
import { PackedColumn, packColumn, packedBytesMax } from './pack-column.ts';
import { unpackColumn } from './unpack-column.ts';

/** Rows of a block at most: one bit each in a word. */
export const BLOCK_ROWS_MAX = 32;

/** One scrape, as it came. Nobody writes to the columns' memory any more. */
export interface Row extends FloatColumn {
  readonly timestampMs: number;
}

/**
 * Some consecutive rows of a lineage, packed column by column. In its slab: timestamps (f64 per
 * row), arguments (u32 per column), kinds (u8 per column), padding to 8, the columns.
 */
export class RowBlock {
  readonly place: SlabPlace;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly startMs: number;
  readonly endMs: number;

  constructor(place: SlabPlace, rows: readonly Row[], columnCount: number) {
    this.place = place;
    this.rowCount = rows.length;
    this.columnCount = columnCount;
    this.startMs = (rows[0] as Row).timestampMs;
    this.endMs = (rows.at(-1) as Row).timestampMs;
  }

  timestampMs(row: number): number {
    return this.place.slab.floats[(this.place.offsetBytes >>> 3) + row] as number;
  }

  /** The first row at or after `timeMs`; `rowCount` when there is none. */
  rowFrom(timeMs: number): number {
    let row = 0;
    while (row < this.rowCount && this.timestampMs(row) < timeMs) row++;
    return row;
  }
}

/** Packs rows into blocks; holds the room that takes. */
export class RowPacker {
  readonly #arena: SlabArena;
  readonly #packed = new PackedColumn();
  readonly #column = floatColumn(BLOCK_ROWS_MAX);
  #work: ByteSlab = byteSlab(1 << 16);

  constructor(arena: SlabArena) {
    this.#arena = arena;
  }

  /** @param rows 1 to BLOCK_ROWS_MAX, ascending; a row may have fewer columns than later ones */
  pack(rows: readonly Row[]): RowBlock {
    const rowCount = rows.length;
    const columnCount = (rows.at(-1) as Row).values.length;
    const argumentsAt = rowCount * 8;
    const kindsAt = argumentsAt + columnCount * 4;
    const origin = (kindsAt + columnCount + 7) & ~7;
    const roomBytes = origin + columnCount * (packedBytesMax(rowCount) + 8);
    if (roomBytes > this.#work.bytes.length) this.#work = byteSlab(Math.ceil(roomBytes / 6) * 8);
    const work = this.#work;
    rows.forEach((row, at) => {
      work.floats[at] = row.timestampMs;
    });
    let end = origin;
    for (let column = 0; column < columnCount; column++) {
      const mask = this.#gather(rows, column);
      end = this.#packOne(mask, rowCount, work, end, origin);
      work.words[(argumentsAt >>> 2) + column] = this.#packed.argument;
      work.bytes[kindsAt + column] = this.#packed.kind;
    }
    return new RowBlock(this.#arena.store(work, end), rows, columnCount);
  }

  /** The values of a column one after another; the bit of each row that has one. */
  #gather(rows: readonly Row[], column: number): number {
    const { values, words } = this.#column;
    let mask = 0;
    let to = 0;
    for (let row = 0; row < rows.length; row++) {
      const from = rows[row] as Row;
      if (column >= from.values.length) continue;
      const value = from.values[column] as number;
      if (value === value) {
        values[to] = value;
      } else {
        if (isAbsentAt(from.words, column)) continue;
        words[2 * to] = from.words[2 * column] as number;
        words[2 * to + 1] = from.words[2 * column + 1] as number;
      }
      to++;
      mask |= 1 << row;
    }
    return mask;
  }

  #packOne(mask: number, rowCount: number, work: ByteSlab, at: number, origin: number): number {
    const packed = this.#packed;
    const count = popCount(mask);
    if (count === 0) {
      packed.kind = EMPTY;
      packed.argument = 0;
      return at;
    }
    const { values, words } = this.#column;
    const isFull = count === rowCount;
    const place = isFull ? at : at + 8;
    packColumn(values, words, count, work, place, origin, packed);
    if (isFull) return packed.endBytes;
    // The argument of a column with holes is its place; what it was stands beside the bits.
    work.words[at >>> 2] = mask;
    work.words[(at >>> 2) + 1] = packed.argument;
    packed.kind |= HAS_HOLES;
    packed.argument = (at - origin) >>> 3;
    return packed.endBytes;
  }
}

/** Reads columns of packed blocks; holds the room that takes. */
export class RowReader {
  readonly #column = floatColumn(BLOCK_ROWS_MAX);

  /**
   * Appends rows `fromRow` to (excluding) `endRow` of some columns, each to its own series.
   * @param columns by member
   * @param series by member: the index into `ends`
   * @param ends by series: where its next sample goes; moved on
   */
  read(
    block: RowBlock,
    fromRow: number,
    endRow: number,
    columns: readonly number[],
    series: readonly number[],
    timestampsMs: Float64Array,
    out: FloatColumn,
    ends: Uint32Array,
  ): void {
    const { slab, offsetBytes } = block.place;
    const { rowCount, columnCount } = block;
    const argumentsAt = (offsetBytes + rowCount * 8) >>> 2;
    const kindsAt = offsetBytes + rowCount * 8 + columnCount * 4;
    const origin = (kindsAt + columnCount + 7) & ~7;
    const timesAt = offsetBytes >>> 3;
    const { bytes, words, floats } = slab;
    const count = endRow - fromRow;
    for (let member = 0; member < columns.length; member++) {
      const column = columns[member] as number;
      if (column >= columnCount) continue;
      const kind = bytes[kindsAt + column] as number;
      if (kind === EMPTY) continue;
      const argument = words[argumentsAt + column] as number;
      const place = origin + argument * 8;
      const to = ends[series[member] as number] as number;
      if (kind >= HAS_HOLES) {
        const end = this.#readHoles(block, kind, place, fromRow, endRow, timestampsMs, out, to);
        ends[series[member] as number] = end;
        continue;
      }
      if (count === rowCount) {
        unpackColumn(kind, argument, slab, place, rowCount, out, to);
      } else {
        unpackColumn(kind, argument, slab, place, rowCount, this.#column, 0);
        copyFloats(this.#column, fromRow, out, to, count);
      }
      for (let row = 0; row < count; row++) {
        timestampsMs[to + row] = floats[timesAt + fromRow + row] as number;
      }
      ends[series[member] as number] = to + count;
    }
  }

  #readHoles(
    block: RowBlock,
    kind: number,
    place: number,
    fromRow: number,
    endRow: number,
    timestampsMs: Float64Array,
    out: FloatColumn,
    to: number,
  ): number {
    const { slab } = block.place;
    const mask = slab.words[place >>> 2] as number;
    const argument = slab.words[(place >>> 2) + 1] as number;
    unpackColumn(kind & ~HAS_HOLES, argument, slab, place + 8, popCount(mask), this.#column, 0);
    let at = to;
    let from = 0;
    for (let row = 0; row < endRow; row++) {
      if (((mask >>> row) & 1) === 0) continue;
      if (row >= fromRow) {
        timestampsMs[at] = block.timestampMs(row);
        copyFloats(this.#column, from, out, at, 1);
        at++;
      }
      from++;
    }
    return at;
  }
}

function popCount(bits: number): number {
  let rest = bits - ((bits >>> 1) & 0x5555_5555);
  rest = (rest & 0x3333_3333) + ((rest >>> 2) & 0x3333_3333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
