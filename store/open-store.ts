import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailableError } from '../model/sink.ts';
import { SeriesDeleter } from './admin/delete-series.ts';
import { RetentionSweeper } from './admin/retention-sweeper.ts';
import { type DirectoryLock, lockDirectory } from './clickhouse/directory-lock.ts';
import { openEmbeddedEngine } from './clickhouse/embedded-engine.ts';
import type { Engine } from './clickhouse/engine.ts';
import { openServerEngine } from './clickhouse/server-engine.ts';
import { ClickHouseStore } from './clickhouse-store.ts';
import { DecisionBuffer } from './decisions/decision-buffer.ts';
import { StoredDocuments } from './documents/stored-documents.ts';
import { StoredState } from './documents/stored-state.ts';
import { Head } from './head/head.ts';
import { Tombstones } from './hidden-samples.ts';
import { HistoryBuffer } from './history/history-buffer.ts';
import { SeriesIndex } from './index/series-index.ts';
import { loadMetadata, loadSeenDays, loadSeries, readExtent } from './load-store.ts';
import { migrate } from './schema/migrate.ts';
import { setDurability } from './schema/set-durability.ts';
import { setRetention } from './schema/set-retention.ts';
import { SeenDays } from './seen-days.ts';
import { Inserter } from './spool/inserter.ts';
import { Spool } from './spool/spool.ts';
import type { SpoolBlock } from './spool/spool-file.ts';
import type { Store } from './store.ts';
import { storeId } from './store-id.ts';
import { StoreMetrics } from './store-metrics.ts';
import {
  ENGINE_MEMORY_RATIO,
  FLUSH_INTERVAL_MS,
  headBytesMax,
  INSERT_INTERVAL_MS,
  INSERT_ROWS_MAX,
  SERIES_MAX_DEFAULT,
  SPOOL_BYTES_MAX_DEFAULT,
  type StoreOptions,
} from './store-options.ts';
import { MetadataCache } from './write/metadata-cache.ts';
import { StoreWriter } from './write/store-writer.ts';

/** What a former process has left must be in ClickHouse before anybody reads. */
const RECOVERY_TIMEOUT_MS = 300_000;
const DRAIN_TIMEOUT_MS = 10_000;

/**
 * Opens (or makes) the store of a data directory. When it resolves, everything that a process
 * before this one has acknowledged can be read.
 * @throws DirectoryInUseError, SchemaTooNewError, StoreUnavailableError, QueryError
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  mkdirSync(options.dataDir, { recursive: true });
  const { engine, lock } = await openEngine(options);
  try {
    return await openOn(engine, lock, options);
  } catch (error) {
    await engine.close().catch(() => undefined);
    lock?.release();
    throw error;
  }
}

async function openEngine(
  options: StoreOptions,
): Promise<{ engine: Engine; lock: DirectoryLock | undefined }> {
  const { dataDir, clickhouse } = options;
  if (clickhouse === undefined) {
    const memoryBytesMax = options.memoryBytesMax * ENGINE_MEMORY_RATIO;
    return { engine: await openEmbeddedEngine({ dataDir, memoryBytesMax }), lock: undefined };
  }
  const lock = lockDirectory(dataDir);
  return { engine: await openServerEngine(clickhouse), lock };
}

async function openOn(
  engine: Engine,
  lock: DirectoryLock | undefined,
  options: StoreOptions,
): Promise<Store> {
  const { dataDir, logger, registry } = options;
  const { now, limits, tuning = {} } = options;
  const metrics = new StoreMetrics(registry);
  const startMs = performance.now();
  const applied = await migrate(engine);
  if (applied.length > 0) logger.info('schema brought up to date', { versions: applied });

  const spool = new Spool({
    dir: join(dataDir, 'spool'),
    bytesMax: limits.spoolBytesMax || SPOOL_BYTES_MAX_DEFAULT,
    isSynced: options.durability === 'fsync',
  });
  if (spool.recovered.corruptCount > 0) {
    metrics.spoolCorruptFiles.inc(spool.recovered.corruptCount);
    logger.error('damaged spool files were set aside', {
      files: spool.recovered.corruptCount,
      dir: join(dataDir, 'spool', 'corrupt'),
    });
  }
  const ownId = storeId(dataDir);
  const inserter = new Inserter({
    engine,
    spool,
    storeId: ownId,
    logger,
    events: {
      onInserted: (file, seconds) => {
        metrics.insertedRows.inc(file.rowCount);
        metrics.insertSeconds.observe(seconds);
      },
      onRetry: () => metrics.insertFailures.inc(),
      onSetAside: () => metrics.spoolCorruptFiles.inc(),
    },
  });
  if (!(await inserter.drain(RECOVERY_TIMEOUT_MS))) {
    await inserter.close();
    throw new Error('what the spool holds from before could not be inserted in time');
  }

  const index = new SeriesIndex({ seriesMax: limits.seriesMax || SERIES_MAX_DEFAULT });
  const seen = new SeenDays();
  const metadata = new MetadataCache();
  const history = new HistoryBuffer();
  const decisions = new DecisionBuffer({
    kept: (kind) => metrics.alertDecisions.inc({ kind }),
    dropped: (count) => metrics.droppedSamples.inc(count),
  });
  const tombstones = new Tombstones(now);
  const sweeper = new RetentionSweeper(engine, index, options.retention, now);
  const deleter = new SeriesDeleter(engine, index, tombstones, now);
  await setDurability(engine, options.durability);
  await setRetention(engine, sweeper.longestMs);
  tombstones.setRetention(sweeper.longestMs, sweeper.perSeries);
  await loadSeries(engine, index);
  await loadSeenDays(engine, index, seen);
  await loadMetadata(engine, metadata);
  await deleter.load();
  const extent = await readExtent(engine);

  const head = new Head(index, {
    bytesMax: headBytesMax(options, limits),
    exemplarsMax: Math.max(0, options.exemplarsMax),
    outOfOrderWindowMs: limits.outOfOrderWindowMs,
    ...(tuning.pastMaxMs === undefined ? {} : { pastMaxMs: tuning.pastMaxMs }),
    now,
  });
  // What comes from here on is in memory; what was before is in ClickHouse.
  head.markCompleteSince(extent.newestMs + 1);
  if (extent.newestMs <= now()) head.admission.newestMs = extent.newestMs;

  const writer = new StoreWriter({
    index,
    head,
    seen,
    metadata,
    history,
    decisions,
    spool,
    inserter,
    isSynced: options.durability === 'fsync',
    flushIntervalMs: tuning.flushIntervalMs ?? FLUSH_INTERVAL_MS,
    insertIntervalMs: tuning.insertIntervalMs ?? INSERT_INTERVAL_MS,
    insertRowsMax: tuning.insertRowsMax ?? INSERT_ROWS_MAX,
    now,
    logger,
    events: {
      onFlush: (rowCount, seconds) => {
        metrics.flushedRows.inc(rowCount);
        metrics.flushSeconds.observe(seconds);
      },
      onSpoolError: () => metrics.spoolErrors.inc(),
      onDropped: (rowCount) => metrics.droppedSamples.inc(rowCount),
    },
  });
  const keep = (block: SpoolBlock): Promise<void> => writer.keep(block);
  const documents = new StoredDocuments({
    engine,
    keep,
    drain: async () => {
      if (await writer.drain(DRAIN_TIMEOUT_MS)) return;
      throw new StoreUnavailableError('ClickHouse does not take what the spool holds', 5000);
    },
    now,
  });
  const state = new StoredState({ engine, storeId: ownId, keep });
  await documents.load();
  await state.open();
  metrics.watch({ index, head, spool, writer });
  writer.start();
  logger.info('store is open', {
    engine: engine.kind,
    series: index.seriesCount,
    samples: extent.sampleCount,
    seconds: (performance.now() - startMs) / 1000,
  });
  return new ClickHouseStore({
    dataDir,
    engine,
    lock,
    index,
    head,
    seen,
    metadata,
    history,
    decisions,
    tombstones,
    sweeper,
    deleter,
    spool,
    inserter,
    writer,
    documents,
    state,
    metrics,
    logger,
    now,
    memoryBytesMax: options.memoryBytesMax,
    histogramCount: extent.histogramCount,
    storedNewestMs: extent.newestMs,
  });
}
