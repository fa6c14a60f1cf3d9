import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStaleAt, setStaleAt, wordsOf } from '../../model/value-bits.ts';
import { ChunkError } from './bit-reader.ts';
import { frame, framesOf } from './chunk-frames.ts';
import { crc32c } from './crc32c.ts';
import { decodeXorChunk, encodeXorChunk } from './xor-chunk.ts';

const TIME = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });

describe('XOR chunks', () => {
  test('bytes are those of Prometheus', () => {
    const chunk = encodeXorChunk(
      Float64Array.of(1000, 2000, 3000, 4005),
      Float64Array.of(1, 1, 2, 2.5),
    );

    // Two bytes of count, varint 1000 (zigzag), 1.0, varint 1000, then bits.
    expect(Buffer.from(chunk).toString('hex')).toBe('0004d00f3ff0000000000000e8073097ffe0017683');
  });

  test('what goes in comes out, bit by bit', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(TIME, { maxLength: 300 }),
        fc.infiniteStream(fc.double()),
        (times, values) => {
          const timestampsMs = Float64Array.from(times).sort();
          const column = Float64Array.from(times, () => values.next().value as number);
          const decoded = decodeXorChunk(encodeXorChunk(timestampsMs, column));
          expect(decoded.timestampsMs).toEqual(timestampsMs);
          expect(wordsOf(decoded.values)).toEqual(wordsOf(column));
        },
      ),
    );
  });

  test('slowly changing values and steady times', () => {
    const timestampsMs = Float64Array.from(
      { length: 120 },
      (_, at) => 1.7e12 + at * 15_000 + (at % 3),
    );
    const values = Float64Array.from({ length: 120 }, (_, at) => Math.floor(at * 1.5));
    const chunk = encodeXorChunk(timestampsMs, values);

    expect(decodeXorChunk(chunk)).toEqual({ timestampsMs, values });
    expect(chunk.length).toBeLessThan(600);
  });

  test('a stale marker stays one', () => {
    const values = new Float64Array(2);
    setStaleAt(wordsOf(values), 1);

    const decoded = decodeXorChunk(encodeXorChunk(Float64Array.of(1, 2), values));

    expect(isStaleAt(wordsOf(decoded.values), 1)).toBe(true);
  });

  test('whatever the bytes, only ChunkError is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const read of [() => decodeXorChunk(bytes), () => [...framesOf(bytes)]]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(ChunkError);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('frames', () => {
  test('CRC-32C of the check text', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  test('messages come out of their frames; a changed byte is noticed', () => {
    const messages = [Buffer.from('a'), Buffer.alloc(300, 'x')];
    const bytes = Buffer.concat(messages.map(frame));

    expect([...framesOf(bytes)].map((one) => Buffer.from(one))).toEqual(messages);
    bytes[bytes.length - 1] = 0;
    expect(() => [...framesOf(bytes)]).toThrow(ChunkError);
  });
});
