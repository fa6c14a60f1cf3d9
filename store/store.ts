import type { RetentionConfig } from '../config/own-types.ts';
import type { AlertDecisionSink, AlertDecisionSource } from '../model/alert-decisions.ts';
import type { ClusterHistorySink, ClusterHistorySource } from '../model/cluster-history.ts';
import type { DocumentStore, StateStore } from '../model/documents.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { SampleSink, SeriesRef } from '../model/sink.ts';
import type { LabelSource, SampleSource } from '../model/source.ts';
import type { CardinalityStats, StoredBlock, StoreStatus } from './admin/store-stats.ts';
import type { StoreLimits } from './store-options.ts';

/** Metrics in and out, and what those who run the program do with them. */
export interface Store extends SampleSink, SampleSource, LabelSource {
  /** The same data through the lane of the rules, so that dashboards cannot hold them up. */
  readonly rulesSource: SampleSource;
  readonly documents: DocumentStore;
  /** Of the parts of this program. */
  readonly state: StateStore;

  /** Events and object revisions, in and out. */
  readonly historySink: ClusterHistorySink;
  readonly historySource: ClusterHistorySource;

  /** What was decided of alerts, in and out. */
  readonly decisionSink: AlertDecisionSink;
  readonly decisionSource: AlertDecisionSource;

  /** Undefined when the series has been idle for long and is forgotten. */
  labelsOf(ref: SeriesRef): Labels | undefined;

  /**
   * Samples of the matching series in the range (both ends included) are gone for every reader
   * when it resolves; they leave the disk later.
   */
  deleteSeries(matchers: readonly Matcher[], startMs: number, endMs: number): Promise<void>;
  /** Removes what was deleted from the disk. */
  cleanTombstones(): Promise<void>;
  /**
   * A backup of everything acknowledged so far, in ClickHouse's own form.
   * @returns name of its folder below `snapshots` of the data directory
   */
  snapshot(): Promise<string>;
  /**
   * One read-only statement of a user.
   * @returns ClickHouse's format JSON: `meta`, `data`, `rows`, `statistics`
   * @throws QueryError, StoreUnavailableError, the signal's reason
   */
  runSql(sql: string, signal: AbortSignal): Promise<string>;
  /** True for what `runSql` throws when the statement is to blame. */
  isSqlError(error: unknown): error is Error;
  /** @param limit entries of each list */
  cardinality(limit: number): CardinalityStats;
  /** Daily partitions of the samples. */
  blocks(signal: AbortSignal): Promise<readonly StoredBlock[]>;
  status(): StoreStatus;

  applyConfig(config: {
    readonly retention: RetentionConfig;
    readonly limits: StoreLimits;
  }): Promise<void>;
  /** Applies retention by matcher and forgets idle series, now instead of in their own time. */
  maintain(): Promise<void>;
  /** Resolves when everything appended so far is in ClickHouse. */
  flush(): Promise<void>;
  /** Keeps what was appended, then lets go of everything. */
  close(): Promise<void>;
}
