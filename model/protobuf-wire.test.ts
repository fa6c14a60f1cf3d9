import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtobufError, ProtobufReader, tagOf } from './protobuf-wire.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

function readerOf(writer: ProtobufWriter): ProtobufReader {
  return new ProtobufReader(writer.finish());
}

describe('protobuf wire format', () => {
  test('integers of every size come back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const writer = new ProtobufWriter();
        writer.int(1, value).sint(2, value).uint(3, Math.abs(value));
        const reader = readerOf(writer);
        expect(reader.readTag()).toBe(tagOf(1, 0));
        expect(reader.readInt()).toBe(value);
        reader.readTag();
        expect(reader.readSint()).toBe(value);
        reader.readTag();
        expect(reader.readUint()).toBe(Math.abs(value));
        expect(reader.atEnd).toBe(true);
      }),
    );
  });

  test('64-bit values are exact as bigint and nearest as number', () => {
    const writer = new ProtobufWriter();
    writer
      .uint64(1, 2n ** 64n - 1n)
      .uint64(1, 2n ** 64n - 1n)
      .uint64(1, 2n ** 63n);
    const reader = readerOf(writer);
    reader.readTag();
    expect(reader.readUint64()).toBe(2n ** 64n - 1n);
    reader.readTag();
    expect(reader.readInt()).toBe(-1);
    reader.readTag();
    expect(reader.readUint()).toBe(2 ** 63);
  });

  test('strings, doubles and nested messages come back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.double(),
        fc.array(fc.nat(), { maxLength: 100 }),
        (text, value, packed) => {
          const writer = new ProtobufWriter();
          const outer = writer.begin(7);
          writer.string(1, text).double(2, value);
          const inner = writer.begin(3);
          for (const entry of packed) writer.rawUint(entry);
          writer.end(inner);
          writer.end(outer);
          writer.bool(8, true);

          const reader = readerOf(writer);
          expect(reader.readTag()).toBe(tagOf(7, 2));
          const end = reader.enter();
          reader.readTag();
          expect(reader.readString()).toBe(text);
          reader.readTag();
          expect(reader.readDouble()).toBe(value);
          reader.readTag();
          const innerEnd = reader.enter();
          const got: number[] = [];
          while (!reader.atEnd) got.push(reader.readUint());
          reader.leave(innerEnd);
          expect(got).toEqual(packed);
          reader.leave(end);
          expect(reader.readTag()).toBe(tagOf(8, 0));
          expect(reader.readBool()).toBe(true);
        },
      ),
    );
  });

  test('a NaN keeps its bits through doubleBits and readDoubleBits', () => {
    const words = new Uint32Array([2, 0x7ff00000]);
    const writer = new ProtobufWriter();
    writer.doubleBits(1, words, 0);
    const reader = readerOf(writer);
    reader.readTag();
    const back = new Uint32Array(2);
    reader.readDoubleBits(back, 0);
    expect(back).toEqual(words);
  });

  test('unknown fields of every wire type are skipped', () => {
    const writer = new ProtobufWriter();
    writer.uint(1, 300).double(2, 1.5).string(3, 'x').bool(9, true);
    const bytes = [...writer.finish().subarray(0, -2), 0x25, 1, 2, 3, 4, 0x2b, 0x08, 1, 0x2c];
    const reader = new ProtobufReader(Uint8Array.from([...bytes, 0x48, 1]));
    for (let count = 0; count < 5; count++) reader.skip(reader.readTag());
    expect(reader.readTag()).toBe(tagOf(9, 0));
  });

  test.each([
    ['truncated varint', [0x80]],
    ['varint longer than 10 bytes', Array<number>(11).fill(0xff)],
    ['truncated: 5 bytes announced', [0x0a, 5, 1]],
    ['invalid field number', [0x00]],
    ['invalid wire type 7', [0x0f]],
  ])('%s is refused', (message, bytes) => {
    const reader = new ProtobufReader(Uint8Array.from(bytes));
    expect(() => reader.skip(reader.readTag())).toThrow(message);
  });

  test('random bytes give values or a ProtobufError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const reader = new ProtobufReader(bytes);
        try {
          while (!reader.atEnd) reader.skip(reader.readTag());
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
    );
  });

  test('a nested message cannot reach past its end', () => {
    const reader = new ProtobufReader(Uint8Array.from([0x0a, 2, 0x12, 4, 1, 2, 3, 4]));
    reader.readTag();
    reader.enter();
    reader.readTag();
    expect(() => reader.readString()).toThrow(ProtobufError);
  });
});
