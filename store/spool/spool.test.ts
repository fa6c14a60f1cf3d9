import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Spool, SpoolFullError } from './spool.ts';
import { indexPath, RECORD_BYTES, type SpoolBlock } from './spool-file.ts';
import { samplesBlock } from './table-blocks.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wk-spool-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (bytesMax = 1e9) => new Spool({ dir, bytesMax, isSynced: false });

function block(rows: number, startMs = 1000): SpoolBlock {
  return samplesBlock({
    count: rows,
    seriesIds: new Uint32Array(2 * rows).fill(7),
    timestamps: new Uint32Array(2 * rows).fill(9),
    values: new Float64Array(rows).fill(1.5),
    startMs,
  });
}

describe('Spool', () => {
  test('what is written and not removed is found by the next process, in order', () => {
    const first = open();
    first.append(block(3, 500));
    first.append(block(2, 400));
    first.rotate();
    first.append(block(5));

    const second = open();

    expect(second.closed.map((file) => [file.table, file.rowCount])).toEqual([
      ['samples', 5],
      ['samples', 5],
    ]);
    expect(second.recovered.corruptCount).toBe(0);
    expect(first.startMs).toBe(400);
  });

  test('an unfinished block at the end is cut off: nobody was told that it is kept', () => {
    const first = open();
    first.append(block(3));
    first.rotate();
    const [file] = first.closed;
    appendFileSync(file!.path, block(100).pieces[2]!.subarray(0, 77));

    const second = open();

    expect(second.closed[0]).toMatchObject({ rowCount: 3, byteLength: file!.byteLength });
    expect(statSync(file!.path).size).toBe(file!.byteLength);
    expect(second.recovered.corruptCount).toBe(0);
  });

  test('a torn record at the end of the index is left out', () => {
    const first = open();
    first.append(block(3));
    first.append(block(4));
    first.rotate();
    const path = first.closed[0]!.path;
    truncateSync(indexPath(path), 2 * RECORD_BYTES - 5);

    expect(open().closed[0]).toMatchObject({ rowCount: 3 });
  });

  test('from a damaged block on a file is set aside, what is before it stays', () => {
    const first = open();
    first.append(block(3));
    const goodBytes = first.bytes;
    first.append(block(4));
    first.rotate();
    const path = first.closed[0]!.path;
    const bytes = readFileSync(path);
    bytes[goodBytes + 40]! ^= 1;
    writeFileSync(path, bytes);

    const second = open();

    expect(second.closed[0]).toMatchObject({ rowCount: 3, byteLength: goodBytes });
    expect(second.recovered.corruptCount).toBe(1);
    const [aside] = readdirSync(join(dir, 'corrupt'));
    expect(readFileSync(join(dir, 'corrupt', aside!))).toEqual(bytes.subarray(goodBytes));
  });

  test('a file of an unknown table is set aside whole', () => {
    writeFileSync(join(dir, '0000000000000001-nonsense.native'), 'x');

    const spool = open();

    expect(spool.recovered.corruptCount).toBe(1);
    expect(spool.closed).toEqual([]);
    expect(existsSync(join(dir, 'corrupt', '0000000000000001-nonsense.native'))).toBe(true);
  });

  test('a full spool takes nothing more, and again when something has left it', () => {
    const spool = open(block(10).byteLength + 10);
    spool.append(block(10));

    expect(() => spool.append(block(10))).toThrow(SpoolFullError);
    spool.rotate();
    spool.remove(spool.closed[0]!);
    spool.append(block(10));

    expect(spool.bytes).toBe(block(10).byteLength);
    expect(readdirSync(dir)).toHaveLength(2);
  });

  test('a name that is still in use is not used again, even when the clock was set back', () => {
    const name = '0009999999999999-samples.native';
    const first = open();
    first.append(block(1));
    first.rotate();
    renameSync(first.closed[0]!.path, join(dir, name));
    renameSync(indexPath(first.closed[0]!.path), indexPath(join(dir, name)));

    const second = open();
    second.append(block(1));
    second.rotate();

    expect(second.closed.map((file) => file.generation)).toEqual([9999999999999, 10000000000000]);
  });
});

describe('a synced spool', () => {
  test('files that end while they are synced are synced, and closed by the next sync', async () => {
    const spool = new Spool({ dir, bytesMax: 1e9, isSynced: true });
    for (let round = 0; round < 20; round++) {
      spool.append(block(3));
      const syncing = spool.sync();
      spool.rotate();
      spool.append(block(3));
      await syncing;
      await spool.sync();
    }

    expect(spool.closed).toHaveLength(20);
    const openFiles = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(dir));
    expect(openFiles).toHaveLength(2);
  });
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
