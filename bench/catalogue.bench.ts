/**
 * What the built-in metrics of a large cluster cost: one evaluation of the whole catalogue over the
 * series of 10,000 Pods (`--quick`: 1,000) in the real store. No peer: nobody else has these rules.
 */
import { Registry } from 'prom-client';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import { Labels } from '../model/labels.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { createEngine } from '../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { AliasSource } from '../rules/catalogue/alias-source.ts';
import { builtInRules } from '../rules/catalogue/built-in-rules.ts';
import { rateWindowMs } from '../rules/catalogue/expand-macros.ts';
import { buildGroup } from '../rules/evaluation/build-group.ts';
import { ConcurrencyLimit } from '../rules/evaluation/concurrency-limit.ts';
import { groupMetrics, ruleMetrics } from '../rules/evaluation/rule-metrics.ts';
import { engineQuery } from '../rules/evaluation/rule-query.ts';
import type { Store } from '../store/store.ts';
import { openTestStore } from '../test/store/open-test-store.ts';
import { type NodeColumn, nodeColumns } from './cluster-columns.ts';
import { machineLine, printTable } from './table.ts';

const PODS = 10_000;
const PODS_QUICK = 1_000;
const PODS_PER_NODE = 100;
const SCRAPE_INTERVAL_MS = 30_000;
/** Ten minutes, the longest window of the catalogue. */
const SCRAPES = 21;
const SLOWEST_SHOWN = 12;
const EVALUATIONS = 5;

export async function run(isQuick: boolean): Promise<void> {
  const podCount = isQuick ? PODS_QUICK : PODS;
  const opened = await openTestStore();
  try {
    const startMs = Date.now() - SCRAPES * SCRAPE_INTERVAL_MS;
    const seriesCount = feed(opened.store, podCount, startMs);
    console.log(`${machineLine()}; ${podCount} Pods, ${seriesCount} series`);
    await evaluate(opened.store, startMs + (SCRAPES - 1) * SCRAPE_INTERVAL_MS);
  } finally {
    await opened.remove();
  }
}

/** @returns the number of series */
function feed(store: Store, podCount: number, startMs: number): number {
  let seriesCount = 0;
  for (let node = 0; node < podCount / PODS_PER_NODE; node++) {
    const columns = nodeColumns(node, PODS_PER_NODE);
    seriesCount += columns.length;
    const writer = store.openScrapeWriter();
    writer.setLayout(Uint32Array.from(columns, ({ labels }) => store.resolve(labels)));
    for (let scrape = 0; scrape < SCRAPES; scrape++) {
      writer.appendRow(startMs + scrape * SCRAPE_INTERVAL_MS, valuesOf(columns, scrape));
    }
    writer.close();
  }
  return seriesCount;
}

function valuesOf(columns: readonly NodeColumn[], scrape: number): Float64Array {
  return Float64Array.from(columns, ({ base, growth }) => base + growth * scrape);
}

async function evaluate(store: Store, fromMs: number): Promise<void> {
  const windowMs = rateWindowMs(SCRAPE_INTERVAL_MS);
  const settings = { mixinRules: false, windowMs, parser: ENGINE_DEFAULTS.parser };
  const [file] = await builtInRules(settings);
  const config = file?.groups[0];
  if (file === undefined || config === undefined) throw new Error('no catalogue');
  const group = buildGroup(
    config,
    {
      file: file.file,
      defaultIntervalMs: SCRAPE_INTERVAL_MS,
      externalLabels: Labels.EMPTY,
      externalUrl: '',
      isRestored: true,
    },
    {
      query: engineQuery(createEngine(new AliasSource(store), ENGINE_DEFAULTS)),
      sink: store,
      clock: SYSTEM_CLOCK,
      logger: SILENT_LOGGER,
      metrics: groupMetrics(ruleMetrics(new Registry()), config.name),
      concurrency: new ConcurrencyLimit(4),
      resendDelayMs: 60_000,
      defaultQueryOffsetMs: () => 0,
      send: () => undefined,
    },
  );
  for (let round = 0; round < EVALUATIONS; round++) {
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    await group.evaluate(fromMs + round * 1000, new AbortController().signal);
    const wallMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(cpu);
    const failed = group.rules.filter(({ health }) => health !== 'ok');
    console.log(
      `round ${round + 1}: ${wallMs.toFixed(0)} ms, ${((user + system) / 1e6).toFixed(2)} s CPU, ${failed.length} rules failed ${failed[0]?.lastError ?? ''}`,
    );
  }
  const slowest = group.rules.toSorted((a, b) => b.lastDurationMs - a.lastDurationMs);
  printTable(
    'Slowest rules of the last round',
    ['rule', 'ms'],
    slowest
      .slice(0, SLOWEST_SHOWN)
      .map(({ name, lastDurationMs }) => [name, lastDurationMs.toFixed(0)]),
  );
}
