import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../model/sink.ts';
import { until } from '../until.ts';
import { openTestStore, type TestStore } from './open-test-store.ts';
import { appendSamples, named, selectAll } from './samples.ts';
import { openServerTarget, type ServerTarget } from './server-target.ts';

const T0_MS = Date.UTC(2026, 10, 24, 12);
const LIMITS = { seriesMax: 0, memoryBytesMax: 0, spoolBytesMax: 0, outOfOrderWindowMs: 0 };
const now = () => T0_MS + 3_600_000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('a server that goes away', () => {
  test('data wait in the spool, answers stay whole, and all goes in when it is back', async () => {
    const { target, opened } = await openOnServer({ insertIntervalMs: 1 });
    target.front!.isAway = true;
    for (let n = 0; n < 5; n++) {
      appendSamples(opened.store, { __name__: 'm' }, [[T0_MS + n * 1000, n]]);
      await opened.store.commit();
    }
    await until('an insert fails', () => opened.store.status().isInsertFailing);
    expect(await readValues(opened)).toEqual([0, 1, 2, 3, 4]);

    target.front!.isAway = false;
    await until('the spool is empty', () => opened.store.status().spoolFileCount === 0);
    expect(await metric(opened, 'watchkeeper_store_insert_failures_total')).toBeGreaterThan(0);
    await opened.reopen();
    expect(await readValues(opened)).toEqual([0, 1, 2, 3, 4]);
  });

  test('a full spool refuses receivers, and takes again when there is room', async () => {
    const limits = { ...LIMITS, spoolBytesMax: 2000 };
    const { target, opened } = await openOnServer({ insertIntervalMs: 1 }, limits);
    target.front!.isAway = true;
    const refused = async () => {
      for (let n = 0; ; n++) {
        appendSamples(opened.store, { __name__: 'm' }, [[T0_MS + n * 1000, n]]);
        await opened.store.commit();
      }
    };
    await expect(refused()).rejects.toThrow(StoreUnavailableError);
    expect(opened.store.status().isDegraded).toBe(true);
    const inMemory = await readValues(opened);

    target.front!.isAway = false;
    await until('the spool is empty', () => opened.store.status().spoolFileCount === 0);
    await opened.store.commit();
    expect(opened.store.status().isDegraded).toBe(false);
    await opened.reopen({ limits: LIMITS });
    expect(await readValues(opened)).toEqual(inMemory);
  });

  test('a file that ClickHouse refuses again and again is set aside, the next goes in', async () => {
    const { target, opened } = await openOnServer({ insertIntervalMs: 1 });
    target.front!.refuseInserts = { code: 27, text: 'cannot parse' };
    appendSamples(opened.store, { __name__: 'm' }, [[T0_MS, 1]]);
    await opened.store.commit();
    const corrupt = join(opened.dataDir, 'spool', 'corrupt');
    await until('files are set aside', () => filesIn(corrupt).length >= 3);
    target.front!.refuseInserts = undefined;

    appendSamples(opened.store, { __name__: 'n' }, [[T0_MS, 2]]);
    await opened.store.flush();

    expect(filesIn(corrupt).map((name) => name.replace(/^\d+-/, ''))).toEqual(
      expect.arrayContaining(['series.native', 'samples.native']),
    );
    await opened.reopen();
    expect(await selectAll(opened.store, named('n'), T0_MS, T0_MS)).toEqual({
      '{__name__="n"}': [[T0_MS, 2]],
    });
  });
});

describe('a disk without room', () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'wk-small-'));
  const canMount =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mountPoint]).status === 0;
  if (canMount) spawnSync('umount', [mountPoint]);

  test.skipIf(!canMount)(
    'refuses commits, keeps what it had, and goes on when there is room',
    async () => {
      // The spool alone lies on the small disk.
      const dataDir = mkdtempSync(join(tmpdir(), 'wk-full-'));
      const spool = join(dataDir, 'spool');
      mkdirSync(spool);
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', spool]);
      cleanups.push(() => {
        spawnSync('umount', [spool]);
        rmSync(dataDir, { recursive: true, force: true });
      });
      const opened = await openTestStore({ dataDir, now, tuning: { insertIntervalMs: 1e9 } });
      cleanups.push(() => opened.store.close());
      writeFileSync(join(spool, 'ballast'), new Uint8Array(900_000));
      const step = async (n: number) => {
        for (let series = 0; series < 200; series++) {
          appendSamples(opened.store, { __name__: 'm', series: `${series}` }, [
            [T0_MS + n * 1000, n],
          ]);
        }
        await opened.store.commit();
      };
      let steps = 0;
      const fill = async () => {
        for (;;) await step(steps++);
      };
      await expect(fill()).rejects.toThrow(/ENOSPC/);
      expect(opened.store.status().isDegraded).toBe(true);

      rmSync(join(spool, 'ballast'));
      await step(steps++);

      expect(opened.store.status().isDegraded).toBe(false);
      expect(await metric(opened, 'watchkeeper_store_dropped_rows_total')).toBe(0);
      await opened.reopen();
      const found = await selectAll(opened.store, named('m'), T0_MS, T0_MS + 1e7);
      expect(Object.keys(found)).toHaveLength(200);
      for (const samples of Object.values(found)) {
        expect(samples.map(([, value]) => value)).toEqual(
          Array.from({ length: steps }, (_, n) => n),
        );
      }
    },
  );
});

describe('a damaged spool', () => {
  test('is set aside and told; what is whole is kept', async () => {
    const opened = await openTestStore({ now });
    cleanups.push(() => opened.remove());
    appendSamples(opened.store, { __name__: 'm' }, [[T0_MS, 1]]);
    await opened.store.close();
    const spool = join(opened.dataDir, 'spool');
    writeFileSync(join(spool, '0000000000000009-samples.native'), 'not a block');
    writeFileSync(join(spool, '0000000000000009-samples.idx'), new Uint8Array(32));

    await opened.reopen();

    expect(await readValues(opened)).toEqual([1]);
    expect(await metric(opened, 'watchkeeper_store_spool_corrupt_files_total')).toBe(1);
    expect(readFileSync(join(spool, 'corrupt', '0000000000000009-samples.native'), 'utf8')).toBe(
      'not a block',
    );
  });
});

async function openOnServer(
  tuning: { insertIntervalMs: number },
  limits: typeof LIMITS = LIMITS,
): Promise<{ target: ServerTarget; opened: TestStore }> {
  const target = await openServerTarget('front');
  cleanups.push(() => target.close());
  const { clickhouse } = target;
  const opened = await openTestStore({ clickhouse, now, tuning, limits });
  cleanups.push(() => opened.remove());
  return { target, opened };
}

async function readValues(opened: TestStore): Promise<unknown[]> {
  const found = await selectAll(opened.store, named('m'), T0_MS, T0_MS + 3_000_000);
  return Object.values(found)[0]?.map(([, value]) => value) ?? [];
}

async function metric(opened: TestStore, name: string): Promise<number | undefined> {
  const found = await opened.registry.getSingleMetric(name)?.get();
  return found?.values[0]?.value;
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
