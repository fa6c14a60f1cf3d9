import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNative } from '../native/read-native.ts';
import { SampleSorter } from './sorted-samples.ts';
import { SpoolFile } from './spool-file.ts';
import { samplesBlock } from './table-blocks.ts';

interface TestRow {
  readonly id: bigint;
  readonly timestampMs: bigint;
  /** Bits of the value: a NaN must stay the NaN it is. */
  readonly bits: bigint;
}

let dir: string;
let fileCount = 0;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'wk-sort-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function spoolFile(blocks: readonly (readonly TestRow[])[]): string {
  const path = join(dir, `${fileCount++}-samples.native`);
  const file = new SpoolFile('samples', path);
  for (const rows of blocks) {
    const words = (of: (row: TestRow) => bigint) =>
      new Uint32Array(BigUint64Array.from(rows, of).buffer);
    file.append(
      samplesBlock({
        count: rows.length,
        seriesIds: words((row) => row.id),
        timestamps: words((row) => row.timestampMs),
        values: new Float64Array(BigUint64Array.from(rows, (row) => row.bits).buffer),
        startMs: 0,
      }),
    );
  }
  file.close();
  return path;
}

function sorted(sorter: SampleSorter, blocks: readonly (readonly TestRow[])[]): TestRow[] {
  const path = spoolFile(blocks);
  sorter.sort(path, `${path}.sorted`);
  const found = readNative(readFileSync(`${path}.sorted`));
  expect(found.length).toBe(blocks.some((rows) => rows.length > 0) ? 1 : 0);
  return found.flatMap(({ rowCount, columns }) => {
    const [ids, timestamps, bits] = columns.map((column) =>
      column.kind === 'fixed' ? new BigUint64Array(Uint8Array.from(column.bytes).buffer) : [],
    );
    return Array.from({ length: rowCount }, (_, row) => ({
      id: ids?.[row] as bigint,
      timestampMs: timestamps?.[row] as bigint,
      bits: bits?.[row] as bigint,
    }));
  });
}

function expected(blocks: readonly (readonly TestRow[])[]): TestRow[] {
  return blocks.flat().sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

describe('SampleSorter', () => {
  test('rows are ordered by series, and within one as they came', () => {
    const id = fc.oneof(
      fc.bigInt({ min: 0n, max: 20n }),
      fc.bigInt({ min: 0n, max: 20n }).map((high) => (high << 32n) | 7n),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    );
    const row = fc.record({
      id,
      timestampMs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      bits: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    });
    const file = fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 4 }), (files) => {
        const sorter = new SampleSorter();
        for (const blocks of files) expect(sorted(sorter, blocks)).toEqual(expected(blocks));
      }),
      { numRuns: 60 },
    );
  });

  test('many series that come, stay in other places, and go for good', () => {
    const sorter = new SampleSorter();
    const blockOf = (from: number, step: number, second: number): TestRow[] =>
      Array.from({ length: 3000 }, (_, n) => ({
        id: (BigInt(from + ((n * step) % 3001)) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn,
        timestampMs: BigInt(second),
        bits: BigInt(n),
      }));

    for (const from of [0, 1000, 50_000, 50_500, 200_000, 0]) {
      const blocks = [blockOf(from, 1, 1), blockOf(from, 7, 2), blockOf(from, 1, 3)];
      expect(sorted(sorter, blocks)).toEqual(expected(blocks));
    }
  });

  test('a file that is not what its index says is refused', () => {
    const path = spoolFile([[{ id: 1n, timestampMs: 2n, bits: 3n }]]);
    rmSync(path);
    const sorter = new SampleSorter();
    expect(() => sorter.sort(path, `${path}.sorted`)).toThrow('ENOENT');
    const good: TestRow[][] = [[{ id: 9n, timestampMs: 2n, bits: 3n }]];
    expect(sorted(sorter, good)).toEqual(good[0]);
  });
});
