import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { openEmbeddedEngine } from '../../store/clickhouse/embedded-engine.ts';
import type { Engine } from '../../store/clickhouse/engine.ts';
import { migrate } from '../../store/schema/migrate.ts';
import { Inserter } from '../../store/spool/inserter.ts';
import { Spool } from '../../store/spool/spool.ts';
import { samplesBlock } from '../../store/spool/table-blocks.ts';

const MIDNIGHT_MS = Date.UTC(2026, 10, 24);
const SERIES = 3000;
const SECONDS = 40;

let dir: string;
let engine: Engine;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wk-sorted-'));
  engine = await openEmbeddedEngine({ dataDir: dir, memoryBytesMax: 2e9 });
  await migrate(engine);
});
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true });
});

function fill(spool: Spool): void {
  for (let second = 0; second < SECONDS; second++) {
    const seriesIds = new Uint32Array(2 * SERIES);
    const timestamps = new BigUint64Array(SERIES);
    const values = new Float64Array(SERIES);
    // Half of it before midnight: two partitions.
    timestamps.fill(BigInt(MIDNIGHT_MS + (second - SECONDS / 2) * 1000));
    for (let n = 0; n < SERIES; n++) {
      seriesIds[2 * n] = Math.imul(n, 2_654_435_761);
      seriesIds[2 * n + 1] = n % 7;
      values[n] = n * second;
    }
    spool.append(
      samplesBlock({
        count: SERIES,
        seriesIds,
        timestamps: new Uint32Array(timestamps.buffer),
        values,
        startMs: MIDNIGHT_MS,
      }),
    );
  }
  spool.rotate();
}

async function answer(): Promise<string> {
  const sql =
    'SELECT count(), uniqExact(series_id, ts), sum(value) FROM samples FORMAT TabSeparated';
  return engine.readText({ sql, params: {} }, { lane: 'background' });
}

/** Inserts what the spool holds. @returns errors */
async function insertAll(spool: Spool): Promise<readonly string[]> {
  const failures: string[] = [];
  const inserter = new Inserter({
    engine,
    spool,
    storeId: 'store',
    logger: SILENT_LOGGER,
    sortedRowsMin: 0,
    events: {
      onInserted: () => undefined,
      onRetry: (error) => failures.push(error.message),
      onSetAside: () => undefined,
    },
  });
  expect(await inserter.drain(60_000)).toBe(true);
  await inserter.close();
  return failures;
}

test('a file that was inserted just before a crash is not inserted twice', async () => {
  const spool = new Spool({ dir: join(dir, 'spool'), bytesMax: 1e9, isSynced: false });
  fill(spool);
  const again = join(dir, 'again');
  cpSync(spool.dir, again, { recursive: true });

  expect(await insertAll(spool)).toEqual([]);
  const rows = SERIES * SECONDS;
  const sum = ((SERIES * (SERIES - 1)) / 2) * ((SECONDS * (SECONDS - 1)) / 2);
  expect(await answer()).toBe(`${rows}\t${rows}\t${sum}\n`);
  expect(readdirSync(spool.dir)).toEqual([]);

  expect(await insertAll(new Spool({ dir: again, bytesMax: 1e9, isSynced: false }))).toEqual([]);
  expect(await answer()).toBe(`${rows}\t${rows}\t${sum}\n`);
  expect(readdirSync(again)).toEqual([]);
});

test('a file that cannot be sorted is inserted as it is', async () => {
  const spool = new Spool({ dir: join(dir, 'unsortable'), bytesMax: 1e9, isSynced: false });
  fill(spool);
  const before = await answer();
  const [file] = spool.closed;
  mkdirSync(`${file?.path}.sorted`); // nothing can be written there

  expect(await insertAll(spool)).toEqual([]);
  expect(spool.closed).toEqual([]);
  expect(await answer()).not.toBe(before);
});

test('a sorted copy that a process before left behind goes', () => {
  const left = join(dir, 'left');
  const spool = new Spool({ dir: left, bytesMax: 1e9, isSynced: false });
  writeFileSync(join(left, '0000000000000001-samples.native.sorted'), 'half');

  expect(new Spool({ dir: left, bytesMax: 1e9, isSynced: false }).closed).toEqual(spool.closed);
  expect(readdirSync(left)).toEqual([]);
});
