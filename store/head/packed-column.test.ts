import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floatColumn, setAbsentAt, setStaleAt, wordsOf } from '../../model/value-bits.ts';
import { byteSlab } from './byte-slab.ts';
import * as K from './column-kinds.ts';
import { PackedColumn, packColumn, packedBytesMax } from './pack-column.ts';
import { unpackColumn } from './unpack-column.ts';

function roundTrip(values: Float64Array): PackedColumn {
  const slab = byteSlab(packedBytesMax(values.length) + 16);
  const packed = new PackedColumn();
  packColumn(values, wordsOf(values), values.length, slab, 16, 8, packed);
  expect(packed.endBytes % 8).toBe(0);
  expect(packed.endBytes).toBeLessThanOrEqual(16 + packedBytesMax(values.length));
  const out = floatColumn(values.length + 1);
  const place = 8 + packed.argument * 8;
  unpackColumn(packed.kind, packed.argument, slab, place, values.length, out, 1);
  expect([...out.words.subarray(2)]).toEqual([...wordsOf(values)]);
  return packed;
}

describe('a packed column gives back every bit', () => {
  const bytesOf = (values: number[]): number => roundTrip(Float64Array.from(values)).endBytes - 16;

  test('what repeats takes no room', () => {
    expect(bytesOf([1, 1, 1, 1])).toBe(0);
    expect(bytesOf([-7, -7])).toBe(0);
    expect(bytesOf([1.5, 1.5, 1.5])).toBe(8);
    expect(bytesOf([-0, -0])).toBe(8);
    expect(bytesOf([2 ** 40, 2 ** 40])).toBe(8);
  });

  test('whole numbers and short decimals are small steps', () => {
    const steps = Array.from({ length: 32 }, (_, row) => row);
    expect(bytesOf(steps.map((row) => 1e15 + row * 15_000))).toBe(16);
    expect(bytesOf(steps.map((row) => 1e12 + row * 90_000 + (row % 3)))).toBe(48);
    expect(bytesOf(steps.map((row) => 20 + (row % 5) / 10))).toBe(40);
    expect(bytesOf(steps.map((row) => (row * row) / 1000))).toBe(48);
    expect(bytesOf(steps.map((row) => 12_345.678_901_234 + row / 4))).toBeLessThan(256);
  });

  test('mixed signs, zeros, infinities and markers', () => {
    bytesOf([0, -0]);
    bytesOf([Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY]);
    bytesOf([2 ** 53, 2 ** 53 - 1, -(2 ** 53)]);
    bytesOf([Number.MAX_VALUE, Number.MIN_VALUE]);
    const column = floatColumn(3);
    column.values[0] = 1;
    setStaleAt(column.words, 1);
    setAbsentAt(column.words, 2);
    roundTrip(column.values);
    setStaleAt(column.words, 0);
    setStaleAt(column.words, 2);
    expect(roundTrip(column.values).kind).toBe(K.CONST);
  });

  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.float(),
    fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1000),
    fc.constantFrom(0, -0, 1, Number.NaN, 0.1, 1e300),
  );

  test('any values', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 64 }), (values) => {
        roundTrip(Float64Array.from(values));
      }),
      { numRuns: 2000 },
    );
  });

  test('any bits', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
        fc.array(fc.integer(), { minLength: 1, maxLength: 64 }),
        (base, steps) => {
          const bits = BigInt64Array.from(steps.map((step) => base + BigInt(step) * 4099n));
          roundTrip(new Float64Array(bits.buffer));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([0, 1, 2, 3, 4, 5, 6])('runs of whole steps at scale %i', (scale) => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.array(fc.integer({ min: -70_000, max: 70_000 }), { minLength: 1, maxLength: 40 }),
        (first, steps) => {
          let whole = first;
          roundTrip(
            Float64Array.from(steps, (step) => (whole += step) / (K.SCALES[scale] as number)),
          );
        },
      ),
    );
  });
});
