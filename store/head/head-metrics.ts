import { Counter, Gauge, type Registry } from 'prom-client';
import type { SeriesIndex } from '../index/series-index.ts';
import type { Head } from './head.ts';

/** Metrics of index and head, under Prometheus' names where it has the same thing. */
export function registerHeadMetrics(registry: Registry, index: SeriesIndex, head: Head): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  gauge('prometheus_tsdb_head_series', 'Series in memory.', () => index.seriesCount);
  counter('prometheus_tsdb_head_series_created_total', 'Series made.', () => index.createdCount);
  counter(
    'prometheus_tsdb_head_series_removed_total',
    'Series removed as idle.',
    () => index.removedCount,
  );
  gauge(
    'prometheus_tsdb_head_chunks',
    'Packed blocks of scraped rows in memory.',
    () => head.lineages.blockCount,
  );
  gauge('prometheus_tsdb_head_max_time_seconds', 'Time of the newest sample.', () =>
    finiteSeconds(head.admission.newestMs),
  );
  gauge('prometheus_tsdb_head_min_time_seconds', 'Time since when the head is complete.', () =>
    finiteSeconds(head.completeSinceMs),
  );
  new Counter({
    name: 'prometheus_tsdb_head_samples_appended_total',
    help: 'Samples appended.',
    labelNames: ['type'],
    registers,
    collect() {
      this.reset();
      this.inc({ type: 'float' }, head.counts.appended);
      this.inc({ type: 'histogram' }, head.histogramCounts.appended);
    },
  });
  const sum =
    (count: 'outOfOrder' | 'tooOld' | 'tooNew' | 'duplicates' | 'unknown') => (): number =>
      head.counts[count] + head.histogramCounts[count];
  counter(
    'prometheus_tsdb_head_out_of_order_samples_appended_total',
    'Samples older than the last of their series, taken.',
    sum('outOfOrder'),
  );
  counter(
    'prometheus_tsdb_too_old_samples_total',
    'Samples refused as older than the out-of-order window.',
    sum('tooOld'),
  );
  counter(
    'watchkeeper_head_too_new_samples_total',
    'Samples refused as too far ahead of the clock.',
    sum('tooNew'),
  );
  counter(
    'watchkeeper_head_duplicate_samples_total',
    'Samples refused: the series has another value at the same time.',
    sum('duplicates'),
  );
  counter(
    'watchkeeper_head_unknown_series_samples_total',
    'Samples refused: their series is no longer in the index.',
    sum('unknown'),
  );
  counter(
    'watchkeeper_head_emergency_drops_total',
    'Blocks dropped for want of memory before ClickHouse had them.',
    () => head.emergencyDropCount,
  );
  gauge(
    'prometheus_tsdb_exemplar_exemplars_in_storage',
    'Exemplars in memory.',
    () => head.exemplarCount,
  );
  gauge('watchkeeper_head_memory_bytes', 'Memory of the samples in the head.', () => head.bytes);
  gauge('watchkeeper_index_memory_bytes', 'Memory of the series index.', () => index.bytes);
}

function finiteSeconds(timeMs: number): number {
  return Number.isFinite(timeMs) ? timeMs / 1000 : 0;
}
