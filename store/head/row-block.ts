import { type FloatColumn, floatColumn, isAbsentAt, wordsOf } from '../../model/value-bits.ts';
import { type ByteSlab, byteSlab, type SlabArena, type SlabPlace } from './byte-slab.ts';
import { EMPTY, HAS_HOLES } from './column-kinds.ts';
import { PackedColumn, packColumn, packedBytesMax } from './pack-column.ts';
import { unpackColumn } from './unpack-column.ts';

/** Rows of a block at most: one bit each in a word. */
export const BLOCK_ROWS_MAX = 32;

/** One scrape, as it came. Nobody writes to `values` any more. */
export interface Row {
  readonly timestampMs: number;
  readonly values: Float64Array;
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
    const words = rows.map((row) => wordsOf(row.values));
    let end = origin;
    for (let column = 0; column < columnCount; column++) {
      const mask = this.#gather(words, column);
      end = this.#packOne(mask, rowCount, work, end, origin);
      work.words[(argumentsAt >>> 2) + column] = this.#packed.argument;
      work.bytes[kindsAt + column] = this.#packed.kind;
    }
    return new RowBlock(this.#arena.store(work, end), rows, columnCount);
  }

  /** The values of a column one after another; the bit of each row that has one. */
  #gather(rows: readonly Uint32Array[], column: number): number {
    const { words } = this.#column;
    let mask = 0;
    let to = 0;
    for (let row = 0; row < rows.length; row++) {
      const from = rows[row] as Uint32Array;
      if (2 * column >= from.length || isAbsentAt(from, column)) continue;
      words[to] = from[2 * column] as number;
      words[to + 1] = from[2 * column + 1] as number;
      to += 2;
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
   * Appends the values of one column in rows `fromRow` to (excluding) `endRow`.
   * @returns the index after the last one written
   */
  read(
    block: RowBlock,
    column: number,
    fromRow: number,
    endRow: number,
    timestampsMs: Float64Array,
    out: FloatColumn,
    to: number,
  ): number {
    const { slab, offsetBytes } = block.place;
    const { rowCount, columnCount } = block;
    const argumentsAt = offsetBytes + rowCount * 8;
    const kindsAt = argumentsAt + columnCount * 4;
    const origin = (kindsAt + columnCount + 7) & ~7;
    const kind = slab.bytes[kindsAt + column] as number;
    if (kind === EMPTY) return to;
    const argument = slab.words[(argumentsAt >>> 2) + column] as number;
    const place = origin + argument * 8;
    const times = slab.floats;
    const timesAt = offsetBytes >>> 3;
    if (kind < HAS_HOLES) {
      const count = endRow - fromRow;
      if (count === rowCount) {
        unpackColumn(kind, argument, slab, place, rowCount, out, to);
      } else {
        unpackColumn(kind, argument, slab, place, rowCount, this.#column, 0);
        copyWords(this.#column.words, fromRow, out.words, to, count);
      }
      for (let row = fromRow; row < endRow; row++) {
        timestampsMs[to + row - fromRow] = times[timesAt + row] as number;
      }
      return to + count;
    }
    const mask = slab.words[place >>> 2] as number;
    const inline = slab.words[(place >>> 2) + 1] as number;
    const { words } = this.#column;
    unpackColumn(kind & ~HAS_HOLES, inline, slab, place + 8, popCount(mask), this.#column, 0);
    let at = to;
    let from = 0;
    for (let row = 0; row < endRow; row++) {
      if (((mask >>> row) & 1) === 0) continue;
      if (row >= fromRow) {
        timestampsMs[at] = times[timesAt + row] as number;
        out.words[2 * at] = words[2 * from] as number;
        out.words[2 * at + 1] = words[2 * from + 1] as number;
        at++;
      }
      from++;
    }
    return at;
  }
}

function copyWords(
  from: Uint32Array,
  fromIndex: number,
  to: Uint32Array,
  toIndex: number,
  count: number,
): void {
  for (let at = 0; at < 2 * count; at++) {
    to[2 * toIndex + at] = from[2 * fromIndex + at] as number;
  }
}

function popCount(bits: number): number {
  let rest = bits - ((bits >>> 1) & 0x5555_5555);
  rest = (rest & 0x3333_3333) + ((rest >>> 2) & 0x3333_3333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
