import {
  type ArrayColumn,
  type MapColumn,
  type NativeBlock,
  type NativeColumn,
  NativeFormatError,
  type StringColumn,
} from './native-column.ts';

/** Bytes per value of the types we store or ask for. */
const WIDTH_BYTES: ReadonlyMap<string, number> = new Map([
  ['UInt8', 1],
  ['Int8', 1],
  ['Bool', 1],
  ['UInt16', 2],
  ['Date', 2],
  ['Int16', 2],
  ['UInt32', 4],
  ['Int32', 4],
  ['DateTime', 4],
  ['Float32', 4],
  ['UInt64', 8],
  ['Int64', 8],
  ['DateTime64', 8],
  ['Float64', 8],
]);

const COLUMNS_MAX = 1000;

/**
 * The blocks of a `Native` answer. Columns are views of `bytes`: they live as long as it does.
 * @throws NativeFormatError for bytes that end early, or hold a type we do not read; an error text
 *   that a server has appended after the first rows is told the same way
 */
export function readNative(bytes: Uint8Array): NativeBlock[] {
  const reader = new NativeReader(bytes);
  const blocks: NativeBlock[] = [];
  while (!reader.isAtEnd) {
    const block = reader.block();
    if (block.rowCount > 0) blocks.push(block);
  }
  return blocks;
}

export class NativeReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Where the next block begins. */
  get offsetBytes(): number {
    return this.#at;
  }

  /** @throws NativeFormatError */
  block(): NativeBlock {
    const columnCount = this.#varUint();
    if (columnCount > COLUMNS_MAX) {
      throw new NativeFormatError(`${columnCount} columns in a block at byte ${this.#at}`);
    }
    const rowCount = this.#varUint();
    const columns: NativeColumn[] = [];
    const names: string[] = [];
    for (let index = 0; index < columnCount; index++) {
      names.push(this.#text());
      columns.push(this.#column(this.#text(), rowCount));
    }
    return { rowCount, columns, names };
  }

  #column(type: string, rowCount: number): NativeColumn {
    if (type === 'String') return this.#strings(rowCount);
    if (type.startsWith('Array(')) return this.#arrays(type.slice(6, -1), rowCount);
    if (type.startsWith('Map(')) return this.#maps(type.slice(4, -1), rowCount);
    const bracket = type.indexOf('(');
    const widthBytes = WIDTH_BYTES.get(bracket < 0 ? type : type.slice(0, bracket));
    if (widthBytes === undefined) throw new NativeFormatError(`cannot read a column of ${type}`);
    return { kind: 'fixed', bytes: this.#take(widthBytes * rowCount) };
  }

  #strings(rowCount: number): StringColumn {
    if (rowCount > this.#bytes.length - this.#at) throw this.#endsEarly();
    const bounds = new Uint32Array(rowCount * 2);
    const bytes = this.#bytes;
    for (let row = 0; row < rowCount; row++) {
      const first = bytes[this.#at] ?? 0x80;
      let start = this.#at + 1;
      let end = start + first;
      if (first >= 0x80) {
        const lengthBytes = this.#varUint();
        start = this.#at;
        end = start + lengthBytes;
      }
      if (end > bytes.length) throw this.#endsEarly();
      bounds[2 * row] = start;
      bounds[2 * row + 1] = end;
      this.#at = end;
    }
    return { kind: 'string', bytes: this.#bytes, bounds };
  }

  #arrays(elementType: string, rowCount: number): ArrayColumn {
    const ends = this.#ends(rowCount);
    return { kind: 'array', ends, elements: this.#column(elementType, ends.at(-1) ?? 0) };
  }

  #maps(types: string, rowCount: number): MapColumn {
    const comma = types.indexOf(', ');
    const ends = this.#ends(rowCount);
    const count = ends.at(-1) ?? 0;
    const keys = this.#column(types.slice(0, comma), count);
    return { kind: 'map', ends, keys, values: this.#column(types.slice(comma + 2), count) };
  }

  #ends(rowCount: number): Uint32Array {
    const from = this.#at;
    this.#take(8 * rowCount);
    const ends = new Uint32Array(rowCount);
    for (let row = 0; row < rowCount; row++) {
      if (this.#view.getUint32(from + 8 * row + 4, true) !== 0) throw this.#endsEarly();
      ends[row] = this.#view.getUint32(from + 8 * row, true);
    }
    return ends;
  }

  #text(): string {
    return this.#decoder.decode(this.#take(this.#varUint()));
  }

  #take(lengthBytes: number): Uint8Array {
    const end = this.#at + lengthBytes;
    if (end > this.#bytes.length) throw this.#endsEarly();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #varUint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw this.#endsEarly();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new NativeFormatError(`a length too large at byte ${this.#at}`);
  }

  #endsEarly(): NativeFormatError {
    return new NativeFormatError(`a block does not end within its ${this.#bytes.length} bytes`);
  }
}
