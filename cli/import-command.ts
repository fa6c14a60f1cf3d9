/**
 * `watchkeeper import FROM`: takes over the samples of a Prometheus through its remote read,
 * straight into a data folder, while no program runs on it.
 */
import { Registry } from 'prom-client';
import { RemoteReadClient } from '../collector/remote-read/client.ts';
import type { ReadSeries } from '../collector/remote-read/decode-response.ts';
import { loadConfig } from '../config/load-config.ts';
import { DEFAULT_HTTP_CLIENT } from '../config/read-http-client.ts';
import { parseDurationMs } from '../model/duration.ts';
import type { Matcher } from '../model/matcher.ts';
import { NO_SERIES, SeriesLimitError } from '../model/sink.ts';
import { ParseError } from '../promql/parser/parse-error.ts';
import { parseMetricSelector } from '../promql/parser/parser.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { commitWhenTaken } from '../store/write/commit-when-taken.ts';
import type { FlagSpec } from './flag-table.ts';
import { type ParsedFlags, UsageError } from './flags.ts';
import { createLogger } from './logger.ts';
import { defaultMemoryBytes } from './memory-limit.ts';
import { ProgressBar, type ProgressOutput } from './progress-bar.ts';

export const IMPORT_FLAGS: readonly FlagSpec[] = [
  {
    name: 'data',
    kind: 'text',
    fallback: 'watchkeeper-data',
    env: 'WATCHKEEPER_DATA',
    help: 'Folder to import into; no program may run on it.',
  },
  {
    name: 'config.file',
    kind: 'text',
    fallback: '',
    alias: 'config',
    help: 'Configuration with the limits, the retention and the ClickHouse server of the store.',
  },
  { name: 'since', kind: 'duration', fallback: '90d', help: 'From so long ago.' },
  { name: 'until', kind: 'duration', fallback: '0s', help: 'Until so long ago.' },
  { name: 'slice', kind: 'duration', fallback: '30m', help: 'Time that one request asks for.' },
  {
    name: 'match',
    kind: 'text',
    fallback: '{__name__!=""}',
    help: 'Selector of the series to take.',
  },
];

const READ_TIMEOUT_MS = 5 * 60_000;
/** Whatever its age, a sample of the source is taken. */
const ANY_AGE_MS = 100 * 365 * 86_400_000;

interface Counts {
  samples: number;
  refused: number;
}

/**
 * @returns the exit code
 * @throws UsageError, ConfigErrors, RemoteReadError, DirectoryInUseError
 */
export async function runImport(flags: ParsedFlags, output: ProgressOutput): Promise<number> {
  const [from, ...rest] = flags.positionals;
  if (from === undefined || rest.length > 0 || !URL.canParse(from)) {
    throw new UsageError('usage: watchkeeper import [flags] http://prometheus:9090');
  }
  const get = (name: string): string => flags.values.get(name) ?? '';
  const matchers = readSelector(get('match'));
  const nowMs = Date.now();
  const startMs = nowMs - parseDurationMs(get('since'));
  const endMs = nowMs - parseDurationMs(get('until'));
  const sliceMs = parseDurationMs(get('slice'));
  if (!(startMs < endMs) || sliceMs <= 0) {
    throw new UsageError('--since must lie before --until, and --slice be above 0');
  }
  const store = await openImportStore(get('data'), get('config.file'));
  const client = new RemoteReadClient({
    url: new URL('/api/v1/read', from).href,
    httpClient: DEFAULT_HTTP_CLIENT,
    timeoutMs: READ_TIMEOUT_MS,
    wantsChunks: true,
  });
  const counts: Counts = { samples: 0, refused: 0 };
  const progress = new ProgressBar(output, Date.now);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new UsageError('interrupted; what was imported stays')));
  try {
    for (let at = startMs; at <= endMs; at += sliceMs) {
      const slice = { startMs: at, endMs: Math.min(at + sliceMs - 1, endMs) };
      for (const series of await client.readSlice(matchers, slice, stop.signal)) {
        appendSeries(store, series, counts);
      }
      await commitWhenTaken(store);
      const share = (slice.endMs - startMs + 1) / (endMs - startMs + 1);
      progress.update(Math.min(1, share), `${counts.samples.toLocaleString('en')} samples`);
    }
    progress.finish();
    await store.flush();
  } finally {
    client.close();
    await store.close();
  }
  output.write(
    `imported ${counts.samples} samples from ${from}` +
      `${counts.refused > 0 ? `; ${counts.refused} were refused (series limit, or other values are stored)` : ''}\n`,
  );
  return counts.refused > 0 ? 1 : 0;
}

function readSelector(text: string): readonly Matcher[] {
  try {
    return parseMetricSelector(text);
  } catch (error) {
    if (error instanceof ParseError) throw new UsageError(`--match: ${error.message}`);
    throw error;
  }
}

async function openImportStore(dataDir: string, configFile: string): Promise<Store> {
  const config = await loadConfig(configFile === '' ? undefined : configFile, { env: process.env });
  return openStore({
    dataDir,
    clickhouse: config.clickhouse,
    memoryBytesMax: defaultMemoryBytes(),
    retention: config.retention,
    limits: { ...config.limits, outOfOrderWindowMs: ANY_AGE_MS },
    durability: config.durability,
    exemplarsMax: 0,
    registry: new Registry(),
    logger: createLogger({
      level: 'warn',
      format: 'logfmt',
      write: (line) => process.stderr.write(line),
      now: Date.now,
    }),
    now: Date.now,
    tuning: { pastMaxMs: ANY_AGE_MS },
  });
}

function appendSeries(store: Store, series: ReadSeries, counts: Counts): void {
  const { labels, timestampsMs, values, histograms } = series;
  const ref = resolve(store, series);
  const count = timestampsMs.length;
  if (ref === NO_SERIES || labels.size === 0) {
    counts.refused += count + histograms.length;
    return;
  }
  const refs = new Uint32Array(count).fill(ref);
  const results = [
    store.append({ count, refs, timestampsMs, values }),
    store.appendHistograms(histograms.map((one) => ({ ref, ...one }))),
  ];
  for (const { appended, tooOld, tooNew, duplicates } of results) {
    counts.samples += appended;
    counts.refused += tooOld + tooNew + duplicates;
  }
}

function resolve(store: Store, { labels }: ReadSeries): number {
  try {
    return store.resolve(labels);
  } catch (error) {
    if (error instanceof SeriesLimitError) return NO_SERIES;
    throw error;
  }
}
