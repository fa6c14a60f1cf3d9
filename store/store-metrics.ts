import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Head } from './head/head.ts';
import { registerHeadMetrics } from './head/head-metrics.ts';
import type { SeriesIndex } from './index/series-index.ts';
import type { Spool } from './spool/spool.ts';
import type { StoreWriter } from './write/store-writer.ts';

/** The parts whose state is read when metrics are scraped. */
export interface MeteredParts {
  readonly index: SeriesIndex;
  readonly head: Head;
  readonly spool: Spool;
  readonly writer: StoreWriter;
}

const SECONDS_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/**
 * Names of Prometheus' TSDB where the meaning is the same, so that its dashboards and alerts work;
 * ours begin with `watchkeeper_store_`.
 */
export class StoreMetrics {
  readonly flushedRows: Counter;
  readonly flushSeconds: Histogram;
  readonly insertedRows: Counter;
  readonly insertSeconds: Histogram;
  readonly insertFailures: Counter;
  readonly spoolErrors: Counter;
  readonly spoolCorruptFiles: Counter;
  readonly droppedSamples: Counter;
  readonly alertDecisions: Counter<'kind'>;
  readonly readRows: Counter;
  readonly readSeconds: Histogram;
  readonly tombstones: Gauge;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    const counter = (name: string, help: string) =>
      new Counter({ name: `watchkeeper_store_${name}`, help, registers: [registry] });
    const histogram = (name: string, help: string) =>
      new Histogram({
        name: `watchkeeper_store_${name}`,
        help,
        buckets: SECONDS_BUCKETS,
        registers: [registry],
      });
    this.flushedRows = counter('flushed_samples_total', 'Samples written to the spool.');
    this.flushSeconds = histogram('flush_duration_seconds', 'Time to write to the spool.');
    this.insertedRows = counter('inserted_rows_total', 'Rows inserted into ClickHouse.');
    this.insertSeconds = histogram('insert_duration_seconds', 'Time of an insert.');
    this.insertFailures = counter('insert_failures_total', 'Inserts that will be tried again.');
    this.spoolErrors = counter('spool_errors_total', 'Writes the spool did not take.');
    this.spoolCorruptFiles = counter(
      'spool_corrupt_files_total',
      'Spool files set aside because they could not be read or were refused.',
    );
    this.droppedSamples = counter(
      'dropped_rows_total',
      'Rows lost because neither spool nor memory had room for them.',
    );
    this.alertDecisions = new Counter({
      name: 'watchkeeper_alert_decisions_total',
      help: 'Decisions about alerts that were kept.',
      labelNames: ['kind'],
      registers: [registry],
    });
    this.readRows = counter('read_samples_total', 'Samples read from ClickHouse for queries.');
    this.readSeconds = histogram('read_duration_seconds', 'Time to read from ClickHouse.');
    this.tombstones = new Gauge({
      name: 'watchkeeper_store_tombstones',
      help: 'Series of which something is deleted and still on disk.',
      registers: [registry],
    });
  }

  /** Adds what is known by looking. */
  watch(parts: MeteredParts): void {
    const { index, head, spool, writer } = parts;
    registerHeadMetrics(this.#registry, index, head);
    this.#gauge('watchkeeper_store_spool_bytes', 'Bytes not yet in ClickHouse.', () => spool.bytes);
    this.#gauge('watchkeeper_store_spool_limit_bytes', 'Limit of it.', () => spool.bytesMax);
    this.#gauge(
      'watchkeeper_store_spool_files',
      'Files that wait for their insert.',
      () => spool.closed.length,
    );
    this.#gauge(
      'watchkeeper_store_backlog_bytes',
      'Bytes the spool has not taken.',
      () => writer.backlogBytes,
    );
    this.#gauge(
      'watchkeeper_store_degraded',
      '1 while what comes in is kept in memory only.',
      () => (writer.isDegraded ? 1 : 0),
    );
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }
}
