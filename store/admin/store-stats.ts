import type { Engine } from '../clickhouse/engine.ts';
import type { Cardinality } from '../index/cardinality.ts';

export interface CardinalityStats extends Cardinality {
  /** Chunks and blocks in memory. */
  readonly chunkCount: number;
  /** Times of the oldest and newest sample in memory; undefined when there is none. */
  readonly minTimeMs: number | undefined;
  readonly maxTimeMs: number | undefined;
}

/** One day of samples on disk. */
export interface StoredBlock {
  /** `2026-11-24` */
  readonly name: string;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly sampleCount: number;
  readonly sizeBytes: number;
}

/** How the store is, without asking ClickHouse. */
export interface StoreStatus {
  readonly engine: 'embedded' | 'server';
  readonly seriesCount: number;
  readonly headBytes: number;
  readonly indexBytes: number;
  readonly spoolBytes: number;
  readonly spoolBytesMax: number;
  readonly spoolFileCount: number;
  /** Damaged ones that were found at start and set aside. */
  readonly corruptFileCount: number;
  /** ClickHouse does not take what we have; it waits in the spool. */
  readonly isInsertFailing: boolean;
  /** Nor does the spool; what comes in is in memory only. */
  readonly isDegraded: boolean;
}

const DAY_MS = 86_400_000;

export async function readBlocks(
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly StoredBlock[]> {
  const text = await engine.readText(
    {
      sql: `SELECT partition, sum(rows), sum(bytes_on_disk) FROM system.parts
        WHERE active AND database = currentDatabase() AND table = 'samples'
        GROUP BY partition ORDER BY partition FORMAT TSV`,
      params: {},
    },
    { lane: 'background', signal },
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', rows, bytes] = line.split('\t');
      const minTimeMs = Date.parse(`${name}T00:00:00Z`);
      return {
        name,
        minTimeMs,
        maxTimeMs: minTimeMs + DAY_MS,
        sampleCount: Number(rows),
        sizeBytes: Number(bytes),
      };
    });
}
