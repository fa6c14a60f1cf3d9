import type { Registry } from 'prom-client';
import type {
  ClickhouseConfig,
  Durability,
  LimitsConfig,
  RetentionConfig,
} from '../config/own-types.ts';
import type { Logger } from '../model/logger.ts';

/** The limits that concern the store; 0: none, or our default. */
export type StoreLimits = Pick<
  LimitsConfig,
  'seriesMax' | 'memoryBytesMax' | 'spoolBytesMax' | 'outOfOrderWindowMs'
>;

export interface StoreOptions {
  /** Spool and lock, and with the embedded engine its tables. */
  readonly dataDir: string;
  /** A server; undefined: the embedded engine. */
  readonly clickhouse: ClickhouseConfig | undefined;
  /** What this process may take in all; head, index and embedded engine get their shares. */
  readonly memoryBytesMax: number;
  readonly retention: RetentionConfig;
  readonly limits: StoreLimits;
  readonly durability: Durability;
  /** Exemplars in memory; 0 or less keeps none. */
  readonly exemplarsMax: number;
  /** Where the store's metrics go. */
  readonly registry: Registry;
  readonly logger: Logger;
  readonly now: () => number;
  readonly tuning?: StoreTuning;
}

/** What nobody needs to set, but a test or an import. */
export interface StoreTuning {
  /** How often what came in goes to the spool without being asked for. */
  readonly flushIntervalMs?: number;
  /** How old a spool file gets before it goes to ClickHouse. */
  readonly insertIntervalMs?: number;
  readonly insertRowsMax?: number;
  /** How far behind the newest sample of all a series may begin. */
  readonly pastMaxMs?: number;
}

export const SERIES_MAX_DEFAULT = 100_000_000;
export const SPOOL_BYTES_MAX_DEFAULT = 8 * 1024 ** 3;
export const FLUSH_INTERVAL_MS = 1000;
/** Merges cost as much again as inserts when they come twice as often. */
export const INSERT_INTERVAL_MS = 20_000;
export const INSERT_ROWS_MAX = 2_000_000;
/** Shares of the memory that the process may use. */
const HEAD_MEMORY_RATIO = 0.25;
export const ENGINE_MEMORY_RATIO = 0.4;

export function headBytesMax(
  options: Pick<StoreOptions, 'memoryBytesMax'>,
  limits: StoreLimits,
): number {
  return limits.memoryBytesMax || options.memoryBytesMax * HEAD_MEMORY_RATIO;
}
