/** What the program says of itself: build, run time, flags, configuration, cardinality. */
import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import { anchoredRegex, RegexError } from '../../model/matcher.ts';
import type { CardinalityStats, StoredBlock } from '../../store/admin/store-stats.ts';
import { ApiError } from './api-error.ts';
import { success } from './envelope.ts';
import { readParams } from './params.ts';

/** Fields of Prometheus' answer; those of Go's runtime carry ours where there is a counterpart. */
export interface RuntimeInfo {
  readonly startTimeMs: number;
  readonly workingDirectory: string;
  readonly hostname: string;
  readonly reloadConfigSuccess: boolean;
  readonly lastConfigTimeMs: number;
  readonly corruptionCount: number;
  readonly memoryLimitBytes: number;
  readonly storageRetention: string;
}

export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
  readonly nodeVersion: string;
}

export interface StatusSource {
  readonly registry: Registry;
  readonly build: BuildInfo;
  readonly flags: ReadonlyMap<string, string>;
  runtime(): RuntimeInfo;
  /** The loaded configuration, secrets replaced. */
  configYaml(): string;
  cardinality(limit: number): CardinalityStats;
  blocks(signal: AbortSignal): Promise<readonly StoredBlock[]>;
  /** What is switched on, by category. */
  features(): Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

const STATS_DEFAULT = 10;
const STATS_MAX = 10_000;

export function statusRoutes(source: StatusSource, now: () => number): Hono {
  const app = new Hono();
  app.get('/status/config', (c) => success(c, { yaml: source.configYaml() }));
  app.get('/status/flags', (c) => success(c, Object.fromEntries(source.flags)));
  app.get('/status/buildinfo', (c) => success(c, buildAnswer(source.build)));
  app.get('/status/runtimeinfo', (c) => success(c, runtimeAnswer(source.runtime(), now())));
  app.get('/status/walreplay', (c) => success(c, { min: 0, max: 0, current: 0 }));
  app.get('/features', (c) => success(c, source.features()));
  app.get('/notifications', (c) => success(c, []));
  app.get('/status/tsdb', async (c) => {
    const text = (await readParams(c)).get('limit');
    const limit = text === '' ? STATS_DEFAULT : Number(text);
    if (!Number.isInteger(limit) || limit < 1) {
      throw new ApiError('bad_data', 'limit must be a positive number');
    }
    if (limit > STATS_MAX) throw new ApiError('bad_data', `limit must not exceed ${STATS_MAX}`);
    return success(c, cardinalityAnswer(source.cardinality(limit)));
  });
  app.get('/status/tsdb/blocks', async (c) => {
    const blocks = await source.blocks(c.req.raw.signal);
    return success(c, { blocks: blocks.map(blockAnswer) });
  });
  app.get('/status/self_metrics', async (c) => {
    const isWanted = metricNameTest((await readParams(c)).get('metric_name_pattern'));
    const metrics = await source.registry.getMetricsAsJSON();
    return success(c, metrics.filter((metric) => isWanted(metric.name)).map(selfMetricAnswer));
  });
  return app;
}

function buildAnswer(build: BuildInfo): unknown {
  return {
    version: build.version,
    revision: build.revision,
    branch: 'main',
    buildUser: '',
    buildDate: '',
    goVersion: build.nodeVersion,
  };
}

function runtimeAnswer(info: RuntimeInfo, nowMs: number): unknown {
  return {
    startTime: new Date(info.startTimeMs).toISOString(),
    CWD: info.workingDirectory,
    hostname: info.hostname,
    serverTime: new Date(nowMs).toISOString(),
    reloadConfigSuccess: info.reloadConfigSuccess,
    lastConfigTime: new Date(info.lastConfigTimeMs).toISOString(),
    corruptionCount: info.corruptionCount,
    goroutineCount: 1,
    GOMAXPROCS: 1,
    GOMEMLIMIT: info.memoryLimitBytes,
    GOGC: '',
    GODEBUG: '',
    storageRetention: info.storageRetention,
  };
}

function cardinalityAnswer(stats: CardinalityStats): unknown {
  return {
    headStats: {
      numSeries: stats.seriesCount,
      numLabelPairs: stats.labelPairCount,
      chunkCount: stats.chunkCount,
      minTime: stats.minTimeMs ?? 0,
      maxTime: stats.maxTimeMs ?? 0,
    },
    seriesCountByMetricName: stats.seriesCountByMetricName,
    labelValueCountByLabelName: stats.labelValueCountByLabelName,
    memoryInBytesByLabelName: stats.memoryInBytesByLabelName,
    seriesCountByLabelValuePair: stats.seriesCountByLabelValuePair,
  };
}

function blockAnswer(block: StoredBlock): unknown {
  return {
    ulid: block.name,
    minTime: block.minTimeMs,
    maxTime: block.maxTimeMs,
    stats: { numSamples: block.sampleCount, numBytes: block.sizeBytes },
    compaction: { level: 1, sources: [block.name] },
    version: 1,
  };
}

function metricNameTest(pattern: string): (name: string) => boolean {
  if (pattern === '') return () => true;
  try {
    return anchoredRegex(pattern);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new ApiError('bad_data', `invalid metric_name_pattern: ${error.message}`);
  }
}

interface SelfMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly { readonly labels: object; readonly value: number }[];
}

/** The shape of the protobuf's JSON form, one value a metric. */
function selfMetricAnswer(metric: SelfMetric): unknown {
  return {
    name: metric.name,
    help: metric.help,
    type: String(metric.type).toUpperCase(),
    metric: metric.values.map(({ labels, value }) => ({
      label: Object.entries(labels).map(([name, text]) => ({ name, value: String(text) })),
      untyped: { value },
    })),
  };
}
