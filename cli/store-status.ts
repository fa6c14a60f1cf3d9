/** What the store tells of itself, in the words of the status API. */
import type { CardinalityStats, StoredBlock } from '../api/prometheus/status-routes.ts';
import type { StoreStats } from '../store/admin/store-stats.ts';

export function cardinalityOf(stats: StoreStats): CardinalityStats {
  const { cardinality, headMinTimeMs, headMaxTimeMs } = stats;
  return {
    ...cardinality,
    chunkCount: stats.tables.find(({ table }) => table === 'samples')?.partCount ?? 0,
    minTimeMs: Number.isFinite(headMinTimeMs) ? headMinTimeMs : undefined,
    maxTimeMs: Number.isFinite(headMaxTimeMs) ? headMaxTimeMs : undefined,
  };
}

/** One block a table: its parts come and go by the minute. */
export function blocksOf(stats: StoreStats): readonly StoredBlock[] {
  return stats.tables.map(({ table, rowCount, diskBytes }) => ({
    name: table,
    minTimeMs: 0,
    maxTimeMs: 0,
    sampleCount: rowCount,
    sizeBytes: diskBytes,
  }));
}
