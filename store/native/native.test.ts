import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arrayColumn,
  copyFloats,
  fixedColumn,
  integersOf,
  mapColumn,
  NativeFormatError,
  stringColumn,
  textsOf,
  uint32Of,
} from './native-column.ts';
import { NativeReader, readNative } from './read-native.ts';
import { arrayBytes, bytesOf, int64Bytes, stringBytes, writeNativeBlock } from './write-native.ts';

/** What ClickHouse 26.7 sent for `SELECT id, toUnixTimestamp64Milli(ts), v … FORMAT Native`. */
const FROM_CLICKHOUSE =
  '03030269640655496e7436340100000000000000010000000000000001000000000000001a746f556e697854696d' +
  '657374616d7036344d696c6c692874732905496e7436340000000000000000e803000000000000d0070000000000' +
  '00017607466c6f61743634020000000000f07f020000000000f07f020000000000f07f';

describe('readNative', () => {
  test('reads what ClickHouse writes, and NaN payloads keep their bits', () => {
    const [block] = readNative(Buffer.from(FROM_CLICKHOUSE, 'hex'));
    const values = new Float64Array(4);
    copyFloats(fixedColumn(block!, 2), values, 1);

    expect(block!.names).toEqual(['id', 'toUnixTimestamp64Milli(ts)', 'v']);
    expect([...integersOf(fixedColumn(block!, 1))]).toEqual([0, 1000, 2000]);
    const words = new Uint32Array(values.buffer);
    expect([...words.subarray(2)]).toEqual([2, 0x7ff00000, 2, 0x7ff00000, 2, 0x7ff00000]);
  });

  test('what was written is read: every type, any block', () => {
    const row = fc.record({
      integer: fc.maxSafeInteger(),
      float: fc.double(),
      text: fc.string({ unit: 'grapheme' }),
      numbers: fc.array(fc.nat(), { maxLength: 5 }),
      labels: fc.array(fc.tuple(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(row, { minLength: 1 }), { maxLength: 4 }), (blocks) => {
        const bytes = Buffer.concat(blocks.flatMap((rows) => encode(rows)));

        const read = readNative(bytes);

        expect(read.map((block) => block.rowCount)).toEqual(blocks.map((rows) => rows.length));
        read.forEach((block, at) => {
          expect(decode(block)).toEqual(blocks[at]);
        });
      }),
    );
  });

  test('a block that ends early is told, wherever it ends', () => {
    const bytes = Buffer.concat(
      encode([{ integer: 1, float: 2, text: 'abc', numbers: [1, 2], labels: [['a', 'b']] }]),
    );
    for (let length = 1; length < bytes.length; length++) {
      expect(() => readNative(bytes.subarray(0, length))).toThrow(NativeFormatError);
    }
  });

  test('any bytes at all give blocks or a NativeFormatError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          readNative(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(NativeFormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a column asked for as what it is not is told', () => {
    const [block] = readNative(Buffer.from(FROM_CLICKHOUSE, 'hex'));

    expect(() => stringColumn(block!, 0)).toThrow(NativeFormatError);
    expect(() => arrayColumn(block!, 0)).toThrow(NativeFormatError);
    expect(() => mapColumn(block!, 0)).toThrow(NativeFormatError);
    expect(() => fixedColumn(block!, 9)).toThrow(NativeFormatError);
  });

  test('blocks are read one by one, each up to where the next begins', () => {
    const bytes = Buffer.from(FROM_CLICKHOUSE + FROM_CLICKHOUSE, 'hex');
    const reader = new NativeReader(bytes);

    reader.block();

    expect(reader.offsetBytes).toBe(bytes.length / 2);
    reader.block();
    expect(reader.isAtEnd).toBe(true);
  });
});

interface Row {
  readonly integer: number;
  readonly float: number;
  readonly text: string;
  readonly numbers: readonly number[];
  readonly labels: readonly (readonly [string, string])[];
}

function encode(rows: readonly Row[]): Uint8Array[] {
  const ends = (lists: readonly (readonly unknown[])[]) => {
    let end = 0;
    return lists.map((list) => (end += list.length));
  };
  const numbers = rows.map((row) => row.numbers);
  const labels = rows.map((row) => row.labels);
  return writeNativeBlock(rows.length, [
    { name: 'i', type: 'Int64', data: [int64Bytes(rows.map((row) => row.integer))] },
    { name: 'f', type: 'Float64', data: [bytesOf(Float64Array.from(rows, (row) => row.float))] },
    { name: 't', type: 'String', data: [stringBytes(rows.map((row) => row.text))] },
    {
      name: 'n',
      type: 'Array(UInt32)',
      data: arrayBytes(ends(numbers), bytesOf(Uint32Array.from(numbers.flat()))),
    },
    {
      name: 'm',
      type: 'Map(String, String)',
      data: [
        ...arrayBytes(ends(labels), stringBytes(labels.flat().map(([name]) => name))),
        stringBytes(labels.flat().map(([, value]) => value)),
      ],
    },
  ]);
}

function decode(block: ReturnType<typeof readNative>[number]): Row[] {
  const integers = integersOf(fixedColumn(block, 0));
  const floats = new Float64Array(block.rowCount);
  copyFloats(fixedColumn(block, 1), floats, 0);
  const texts = textsOf(stringColumn(block, 2));
  const array = arrayColumn(block, 3);
  const numbers = uint32Of(array.elements as never);
  const map = mapColumn(block, 4);
  const names = textsOf(map.keys as never);
  const values = textsOf(map.values as never);
  return Array.from({ length: block.rowCount }, (_, row) => ({
    integer: integers[row]!,
    float: floats[row]!,
    text: texts[row]!,
    numbers: [...numbers.subarray(array.ends[row - 1] ?? 0, array.ends[row])],
    labels: Array.from({ length: map.ends[row]! - (map.ends[row - 1] ?? 0) }, (__, label) => {
      const at = (map.ends[row - 1] ?? 0) + label;
      return [names[at]!, values[at]!] as const;
    }),
  }));
}
