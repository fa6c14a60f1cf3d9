import type { AlertDecisionSink, AlertDecisionSource } from '../model/alert-decisions.ts';
import type { ClusterHistorySink, ClusterHistorySource } from '../model/cluster-history.ts';
import type { DocumentStore, StateStore } from '../model/documents.ts';
import type { Labels } from '../model/labels.ts';
import type { Logger } from '../model/logger.ts';
import type { Matcher } from '../model/matcher.ts';
import type {
  AppendResult,
  ExemplarSample,
  HistogramSample,
  MetricMetadata,
  SampleBatch,
  ScrapeWriter,
  SeriesRef,
} from '../model/sink.ts';
import type {
  LabelSelection,
  SampleSource,
  Selection,
  SelectionEstimate,
  SeriesColumns,
  SeriesExemplars,
} from '../model/source.ts';
import type { SeriesDeleter } from './admin/delete-series.ts';
import { ReadOnlySql } from './admin/read-only-sql.ts';
import type { RetentionSweeper } from './admin/retention-sweeper.ts';
import { takeSnapshot } from './admin/snapshot.ts';
import {
  type CardinalityStats,
  readBlocks,
  type StoredBlock,
  type StoreStatus,
} from './admin/store-stats.ts';
import type { DirectoryLock } from './clickhouse/directory-lock.ts';
import type { Engine, LaneName } from './clickhouse/engine.ts';
import { QueryError } from './clickhouse/engine-error.ts';
import type { DecisionBuffer } from './decisions/decision-buffer.ts';
import { DecisionReader } from './decisions/decision-reader.ts';
import type { Head } from './head/head.ts';
import type { Tombstones } from './hidden-samples.ts';
import type { HistoryBuffer } from './history/history-buffer.ts';
import { HistoryReader } from './history/history-reader.ts';
import type { SeriesIndex } from './index/series-index.ts';
import { LabelReader } from './label-reader.ts';
import { Maintenance } from './maintenance.ts';
import { SampleReader } from './read/sample-reader.ts';
import { ExemplarReader } from './read/stored-exemplars.ts';
import { setRetention } from './schema/set-retention.ts';
import type { SeenDays } from './seen-days.ts';
import type { Inserter } from './spool/inserter.ts';
import type { Spool } from './spool/spool.ts';
import type { Store } from './store.ts';
import type { StoreMetrics } from './store-metrics.ts';
import { headBytesMax, SERIES_MAX_DEFAULT, SPOOL_BYTES_MAX_DEFAULT } from './store-options.ts';
import type { MetadataCache } from './write/metadata-cache.ts';
import type { StoreWriter } from './write/store-writer.ts';

export interface StoreParts {
  readonly dataDir: string;
  readonly engine: Engine;
  readonly lock: DirectoryLock | undefined;
  readonly index: SeriesIndex;
  readonly head: Head;
  readonly seen: SeenDays;
  readonly metadata: MetadataCache;
  readonly history: HistoryBuffer;
  readonly decisions: DecisionBuffer;
  readonly tombstones: Tombstones;
  readonly sweeper: RetentionSweeper;
  readonly deleter: SeriesDeleter;
  readonly spool: Spool;
  readonly inserter: Inserter;
  readonly writer: StoreWriter;
  readonly documents: DocumentStore;
  readonly state: StateStore;
  readonly metrics: StoreMetrics;
  readonly logger: Logger;
  readonly now: () => number;
  readonly memoryBytesMax: number;
  readonly histogramCount: number;
  readonly storedNewestMs: number;
}

/** How long `close` waits for ClickHouse; what it has not taken then waits in the spool. */
const CLOSE_TIMEOUT_MS = 10_000;
const FLUSH_TIMEOUT_MS = 60_000;

/** The parts put together. */
export class ClickHouseStore implements Store {
  readonly rulesSource: SampleSource;
  readonly documents: DocumentStore;
  readonly state: StateStore;
  readonly historySource: ClusterHistorySource;
  readonly decisionSource: AlertDecisionSource;
  readonly #parts: StoreParts;
  readonly #reader: SampleReader;
  readonly #labels: LabelReader;
  readonly #sql: ReadOnlySql;
  readonly #maintenance: Maintenance;
  #hasHistograms: boolean;
  #closing: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.documents = parts.documents;
    this.state = parts.state;
    const { engine, index, head, seen, tombstones, metadata, metrics } = parts;
    this.#hasHistograms = parts.histogramCount > 0;
    this.#reader = new SampleReader({
      engine,
      index,
      head,
      seen,
      hidden: tombstones,
      hasStoredHistograms: () => this.#hasHistograms,
      onStoredRead: (rowCount, seconds) => {
        metrics.readRows.inc(rowCount);
        metrics.readSeconds.observe(seconds);
      },
    });
    const exemplars = new ExemplarReader(engine, index, head);
    this.#labels = new LabelReader({ index, head, seen, hidden: tombstones, metadata, exemplars });
    this.historySource = new HistoryReader(engine);
    this.decisionSource = new DecisionReader(engine);
    this.#sql = new ReadOnlySql(engine);
    this.rulesSource = this.#source('rules');
    this.#maintenance = new Maintenance(parts);
    this.#maintenance.start();
  }

  get historySink(): ClusterHistorySink {
    return this.#parts.history;
  }

  get decisionSink(): AlertDecisionSink {
    return this.#parts.decisions;
  }

  resolve(labels: Labels): SeriesRef {
    return this.#parts.index.resolve(labels);
  }

  labelsOf(ref: SeriesRef): Labels | undefined {
    const { index } = this.#parts;
    return index.isLive(ref) ? index.labels(ref) : undefined;
  }

  openScrapeWriter(): ScrapeWriter {
    return this.#parts.head.openScrapeWriter();
  }

  append(batch: SampleBatch): AppendResult {
    return this.#parts.head.append(batch);
  }

  appendHistograms(samples: readonly HistogramSample[]): AppendResult {
    this.#hasHistograms ||= samples.length > 0;
    return this.#parts.head.appendHistograms(samples);
  }

  appendExemplars(exemplars: readonly ExemplarSample[]): void {
    this.#parts.head.appendExemplars(exemplars);
  }

  appendMetadata(metadata: readonly MetricMetadata[]): void {
    this.#parts.metadata.add(metadata);
  }

  commit(): Promise<void> {
    return this.#parts.writer.commit();
  }

  select(selection: Selection, signal: AbortSignal): Promise<SeriesColumns> {
    return this.#reader.select(selection, 'interactive', signal);
  }

  estimate(selection: Selection, signal: AbortSignal): Promise<SelectionEstimate> {
    return this.#reader.estimate(selection, 'interactive', signal);
  }

  series(selection: LabelSelection, signal: AbortSignal): Promise<readonly Labels[]> {
    return this.#labels.series(selection, signal);
  }

  labelNames(selection: LabelSelection, signal: AbortSignal): Promise<readonly string[]> {
    return this.#labels.labelNames(selection, signal);
  }

  labelValues(
    name: string,
    selection: LabelSelection,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#labels.labelValues(name, selection, signal);
  }

  exemplars(selection: LabelSelection, signal: AbortSignal): Promise<readonly SeriesExemplars[]> {
    return this.#labels.exemplars(selection, signal);
  }

  metadata(
    metricName: string | undefined,
    limit: number,
  ): ReadonlyMap<string, readonly MetricMetadata[]> {
    return this.#labels.metadata(metricName, limit);
  }

  async deleteSeries(matchers: readonly Matcher[], startMs: number, endMs: number): Promise<void> {
    const { deleter, head, storedNewestMs, tombstones, metrics } = this.#parts;
    const newestMs = Math.max(head.admission.newestMs, storedNewestMs);
    await deleter.delete(matchers, { startMs, endMs: Math.min(endMs, newestMs) });
    metrics.tombstones.set(tombstones.count);
  }

  async cleanTombstones(): Promise<void> {
    await this.flush();
    await this.#parts.deleter.apply();
  }

  async snapshot(): Promise<string> {
    await this.flush();
    const { engine, dataDir, now } = this.#parts;
    return takeSnapshot(engine, dataDir, now());
  }

  runSql(sql: string, signal: AbortSignal): Promise<string> {
    return this.#sql.run(sql, signal);
  }

  isSqlError(error: unknown): error is Error {
    return error instanceof QueryError;
  }

  cardinality(limit: number): CardinalityStats {
    const { index, head } = this.#parts;
    const { newestMs } = head.admission;
    const hasSamples = head.counts.appended > 0;
    return {
      ...index.cardinality(limit),
      chunkCount: head.lineages.blockCount,
      minTimeMs: hasSamples ? Math.max(head.completeSinceMs, oldestSeenMs(index)) : undefined,
      maxTimeMs: hasSamples ? newestMs : undefined,
    };
  }

  blocks(signal: AbortSignal): Promise<readonly StoredBlock[]> {
    return readBlocks(this.#parts.engine, signal);
  }

  status(): StoreStatus {
    const { engine, index, head, spool, inserter, writer } = this.#parts;
    return {
      engine: engine.kind,
      seriesCount: index.seriesCount,
      headBytes: head.bytes,
      indexBytes: index.bytes,
      spoolBytes: spool.bytes,
      spoolBytesMax: spool.bytesMax,
      spoolFileCount: spool.closed.length,
      corruptFileCount: spool.recovered.corruptCount,
      isInsertFailing: inserter.isFailing,
      isDegraded: writer.isDegraded,
    };
  }

  async applyConfig({ retention, limits }: Parameters<Store['applyConfig']>[0]): Promise<void> {
    const { engine, sweeper, tombstones, index, head, spool } = this.#parts;
    sweeper.configure(retention);
    tombstones.setRetention(sweeper.longestMs, sweeper.perSeries);
    index.setSeriesMax(limits.seriesMax || SERIES_MAX_DEFAULT);
    head.configure(headBytesMax(this.#parts, limits), limits.outOfOrderWindowMs);
    spool.setBytesMax(limits.spoolBytesMax || SPOOL_BYTES_MAX_DEFAULT);
    await setRetention(engine, sweeper.longestMs);
  }

  /** Retention by matcher and the removal of idle series, now instead of in their own time. */
  maintain(): Promise<void> {
    return this.#maintenance.run();
  }

  async flush(): Promise<void> {
    const { writer, inserter } = this.#parts;
    writer.flush();
    writer.rotate();
    if (!(await inserter.drain(FLUSH_TIMEOUT_MS))) {
      throw new Error('ClickHouse did not take what the spool holds in time');
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #source(lane: LaneName): SampleSource {
    return {
      select: (selection, signal) => this.#reader.select(selection, lane, signal),
      estimate: (selection, signal) => this.#reader.estimate(selection, lane, signal),
    };
  }

  async #close(): Promise<void> {
    const { engine, lock, writer, spool, inserter, logger } = this.#parts;
    await this.#maintenance.close();
    try {
      await writer.stop();
      if (!(await this.#keepAll())) {
        logger.error('the end of the data is lost: neither spool nor ClickHouse takes it', {
          bytes: writer.backlogBytes,
        });
      } else if (spool.closed.length > 0) {
        logger.warn('ClickHouse has not taken everything; the rest waits in the spool');
      }
    } finally {
      await inserter.close();
      await engine.close();
      lock?.release();
    }
  }

  /**
   * What memory has goes into the spool, and on from there. A full spool gets a second chance when
   * ClickHouse has taken from it.
   */
  async #keepAll(): Promise<boolean> {
    const { writer, inserter, spool } = this.#parts;
    for (let attempt = 0; attempt < 2; attempt++) {
      const isKept = isDone(() => writer.flush());
      if (isKept) await spool.sync();
      writer.rotate();
      await inserter.drain(CLOSE_TIMEOUT_MS);
      if (isKept) return true;
    }
    return false;
  }
}

/** The writer has told why not. */
function isDone(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function oldestSeenMs(index: SeriesIndex): number {
  const { firstSeenMs, refEnd } = index;
  let oldestMs = Number.POSITIVE_INFINITY;
  for (let ref = 1; ref < refEnd; ref++) {
    if (index.isLive(ref)) oldestMs = Math.min(oldestMs, firstSeenMs[ref] as number);
  }
  return Number.isFinite(oldestMs) ? oldestMs : Number.NaN;
}
