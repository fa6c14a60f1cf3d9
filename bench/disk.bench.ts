/**
 * `disk`: hours of real expositions in motion (bench/moving-dumps.ts) written into each program by
 * remote write, merged as far as each can, and all files counted: samples, series, index.
 */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openEmbeddedEngine } from '../store/clickhouse/embedded-engine.ts';
import { writeHistory } from '../test/conformance/compliance/write-history.ts';
import { suitesDir } from '../test/suites.ts';
import { movingDumps } from './moving-dumps.ts';
import { contenders } from './peers.ts';
import { type Program, pauseMs, removeDataDir, startProgram } from './process.ts';
import { machineLine, printTable, ratio } from './table.ts';

const INTERVAL_MS = 15_000;
const ENGINE_MEMORY_BYTES = 2 * 1024 ** 3;
const SETTLE_MS = 5000;

interface Figure {
  readonly name: string;
  readonly bytes: number;
  readonly samples: number;
}

export async function run(isQuick: boolean): Promise<void> {
  const hours = isQuick ? 1 : 24;
  const scrapes = (hours * 3_600_000) / INTERVAL_MS;
  const startMs = Math.floor(Date.now() / INTERVAL_MS - scrapes - 20) * INTERVAL_MS;
  const plan = { startMs, intervalMs: INTERVAL_MS, scrapes };
  const history = movingDumps(resolve(suitesDir(), 'exposition/dumps'), plan);
  const figures: Figure[] = [];
  for (const spec of contenders(undefined)) {
    const program = await startProgram(spec);
    const samples = await writeHistory(history, [program.url]);
    const bytes = await settledBytes(program);
    figures.push({ name: `${spec.name} ${spec.version}`, bytes, samples });
    removeDataDir(program);
  }
  const ours = figures[0]?.bytes ?? Number.NaN;
  printTable(
    `disk: ${history.series.length} series of real expositions, ${hours} h at 15 s, ${machineLine()}`,
    ['program', 'MB', 'bytes/sample', 'ours / theirs'],
    figures.map(({ name, bytes, samples }) => [
      name,
      (bytes / 1e6).toFixed(1),
      (bytes / samples).toFixed(3),
      ratio(ours, bytes),
    ]),
  );
}

/** Merged and stopped; Prometheus' head is cut into a block by a snapshot. */
async function settledBytes(program: Program): Promise<number> {
  const data = join(program.dataDir, 'data');
  if (program.name === 'prometheus') {
    const answer = await fetch(`${program.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
    const { data: snapshot } = (await answer.json()) as {
      readonly data: { readonly name: string };
    };
    await program.stop();
    return folderBytes(join(data, 'snapshots', snapshot.name));
  }
  if (program.name === 'victoriametrics') {
    await fetch(`${program.url}/internal/force_flush`);
    await fetch(`${program.url}/internal/force_merge`);
    await pauseMs(SETTLE_MS);
  }
  await program.stop();
  return program.name === 'watchkeeper' ? mergedBytes(data) : folderBytes(data);
}

/**
 * After what background merges would do with time. Parts that were merged away stay for some
 * minutes and are not counted; everything else is.
 */
async function mergedBytes(dataDir: string): Promise<number> {
  const engine = await openEmbeddedEngine({ dataDir, memoryBytesMax: ENGINE_MEMORY_BYTES });
  const lane = { lane: 'background' } as const;
  for (const table of ['samples', 'series', 'series_days']) {
    await engine.run({ sql: `OPTIMIZE TABLE ${table} FINAL`, params: {} }, lane);
  }
  const text = await engine.readText(
    { sql: 'SELECT sum(bytes_on_disk) FROM system.parts WHERE active FORMAT TSV', params: {} },
    lane,
  );
  await engine.close();
  return Number(text) + folderBytes(join(dataDir, 'spool'));
}

function folderBytes(dir: string): number {
  let bytes = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}
