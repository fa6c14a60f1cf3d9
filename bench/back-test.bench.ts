/**
 * `back-test`: a rule over 1,000 series of 30 days in an embedded store, read from ClickHouse. The
 * firings are compared with those that the samples say.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { loadConfig } from '../config/load-config.ts';
import { Labels } from '../model/labels.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { backTest } from '../rules/back-test/back-test.ts';
import { parseRuleFile } from '../rules/file/parse-rule-file.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { commitWhenTaken } from '../store/write/commit-when-taken.ts';
import { machineLine, printTable } from './table.ts';

const SERIES = 1000;
const DAY_MS = 86_400_000;
const DAYS = 30;
const ANY_AGE_MS = 365 * DAY_MS;
const MEMORY_BYTES = 4 * 2 ** 30;
const ROUNDS = 3;
/** Rows that are appended at once. */
const BATCH_ROWS = 240;

interface Case {
  readonly name: string;
  readonly expr: string;
  readonly forText: string;
}

const CASES: readonly Case[] = [
  { name: 'threshold, for 5m', expr: 'wk_pod_memory_limit_ratio > 0.9', forText: '5m' },
  {
    name: 'average of 5m',
    expr: 'avg_over_time(wk_pod_memory_limit_ratio[5m]) > 0.9',
    forText: '0s',
  },
  {
    name: '3 of 5 minutes',
    expr: 'count_over_time((avg_over_time(wk_pod_memory_limit_ratio[1m]) > 0.9)[5m:1m]) >= 3',
    forText: '0s',
  },
];

export async function run(isQuick: boolean): Promise<void> {
  const intervalMs = isQuick ? 300_000 : 60_000;
  const dataDir = await mkdtemp(join(tmpdir(), 'back-test-'));
  const endMs = Math.floor(Date.now() / intervalMs) * intervalMs - 600_000;
  const startMs = endMs - DAYS * DAY_MS;
  try {
    let store = await open(dataDir);
    await fill(store, startMs, endMs, intervalMs);
    await store.flush();
    await store.close();
    // As after a restart: nothing of it is in memory.
    store = await open(dataDir);
    const rows: string[][] = [];
    for (const one of CASES) rows.push(await measure(store, one, startMs, endMs, intervalMs));
    await store.close();
    console.log(machineLine());
    printTable(
      `back-test of ${DAYS} days, ${SERIES} series, a sample and an evaluation every ${intervalMs / 1000} s`,
      ['rule', 'median s', 'min s', 'max s', 'CPU s', 'firings', 'expected'],
      rows,
    );
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function open(dataDir: string): Promise<Store> {
  const config = await loadConfig(undefined, { env: {} });
  return openStore({
    dataDir,
    clickhouse: config.clickhouse,
    memoryBytesMax: MEMORY_BYTES,
    limits: { ...config.limits, outOfOrderWindowMs: ANY_AGE_MS },
    retention: config.retention,
    durability: config.durability,
    exemplarsMax: 0,
    registry: new Registry(),
    logger: SILENT_LOGGER,
    now: Date.now,
    tuning: { pastMaxMs: ANY_AGE_MS },
  });
}

/** Each series is at 0.95 for half an hour a day, each at another time, and below 0.6 else. */
function valueAt(series: number, timeMs: number): number {
  const minuteOfDay = Math.floor((timeMs % DAY_MS) / 60_000);
  const isHigh = (minuteOfDay + series * 7) % 1440 < 30;
  return isHigh ? 0.95 : 0.3 + (((series * 31 + minuteOfDay * 17) % 100) / 100) * 0.3;
}

async function fill(
  store: Store,
  startMs: number,
  endMs: number,
  intervalMs: number,
): Promise<void> {
  const refs = Array.from({ length: SERIES }, (_, index) =>
    store.resolve(
      Labels.fromRecord({
        __name__: 'wk_pod_memory_limit_ratio',
        cluster: 'bench',
        namespace: `ns-${index % 20}`,
        pod: `pod-${index}`,
      }),
    ),
  );
  for (let fromMs = startMs; fromMs <= endMs; fromMs += BATCH_ROWS * intervalMs) {
    const rows = Math.min(BATCH_ROWS, Math.floor((endMs - fromMs) / intervalMs) + 1);
    const count = rows * SERIES;
    const batch = {
      count,
      refs: new Uint32Array(count),
      timestampsMs: new Float64Array(count),
      values: new Float64Array(count),
    };
    for (let at = 0; at < count; at++) {
      const series = Math.floor(at / rows);
      const timeMs = fromMs + (at % rows) * intervalMs;
      batch.refs[at] = refs[series] as number;
      batch.timestampsMs[at] = timeMs;
      batch.values[at] = valueAt(series, timeMs);
    }
    const { appended } = store.append(batch);
    if (appended !== count) throw new Error(`${count - appended} samples were not taken`);
    await commitWhenTaken(store);
  }
}

async function measure(
  store: Store,
  { name, expr, forText }: Case,
  startMs: number,
  endMs: number,
  intervalMs: number,
): Promise<string[]> {
  const interval = `${intervalMs / 1000}s`;
  const yaml = `groups: [{name: g, interval: ${interval}, rules: [{alert: A, expr: '${expr}', for: ${forText}}]}]`;
  const options = {
    parser: ENGINE_DEFAULTS.parser,
    nameValidation: 'utf8',
    ignoreUnknownFields: false,
  } as const;
  const parsed = parseRuleFile('bench', Buffer.from(yaml), options);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  let firings = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const cpuBefore = process.cpuUsage();
    const beganMs = performance.now();
    const [test] = await backTest([parsed.file], {
      source: store,
      engine: ENGINE_DEFAULTS,
      startMs,
      endMs,
      defaultIntervalMs: intervalMs,
      defaultQueryOffsetMs: 0,
      externalLabels: Labels.EMPTY,
      externalUrl: '',
      signal: new AbortController().signal,
    });
    seconds.push((performance.now() - beganMs) / 1000);
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuSeconds.push((user + system) / 1e6);
    firings = test?.episodes.filter(({ firedAtMs }) => firedAtMs !== undefined).length ?? 0;
  }
  seconds.sort((a, b) => a - b);
  cpuSeconds.sort((a, b) => a - b);
  const cpu = (cpuSeconds[ROUNDS >> 1] ?? 0).toFixed(2);
  const shown = [seconds[ROUNDS >> 1], seconds[0], seconds.at(-1)].map((one) =>
    (one ?? 0).toFixed(2),
  );
  return [name, ...shown, cpu, String(firings), String(expectedFirings(startMs, endMs))];
}

/** Times a series is high for long enough: once a day and series, but where the range cuts it. */
function expectedFirings(startMs: number, endMs: number): number {
  let count = 0;
  for (let series = 0; series < SERIES; series++) {
    let minutes = 0;
    for (let timeMs = startMs; timeMs <= endMs; timeMs += 60_000) {
      minutes = valueAt(series, timeMs) > 0.9 ? minutes + 1 : 0;
      if (minutes === 7) count++;
    }
  }
  return count;
}
