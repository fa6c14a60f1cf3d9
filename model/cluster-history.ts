/**
 * What happened in clusters, beside metrics: events and the states that objects have been in. The
 * seam between who watches clusters and who stores. Times are Unix milliseconds.
 */

/** One event as the API server last told it; the same `uid` comes again with a higher count. */
export interface ClusterEvent {
  readonly cluster: string;
  readonly uid: string;
  /** 'Normal' or 'Warning'. */
  readonly type: string;
  readonly reason: string;
  readonly action: string;
  readonly message: string;
  /** The object it is about; `objectNamespace` is '' for objects of the whole cluster. */
  readonly objectKind: string;
  readonly objectNamespace: string;
  readonly objectName: string;
  readonly objectUid: string;
  /** Such as 'spec.containers{app}'. */
  readonly objectFieldPath: string;
  readonly component: string;
  readonly instance: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** That an event happened again: `delta` times by `atMs`. */
export interface EventOccurrence extends ClusterEvent {
  readonly delta: number;
}

export type ObjectChange = 'added' | 'modified' | 'deleted';

/** A state that an object was in from `atMs` on. */
export interface ObjectRevision {
  readonly cluster: string;
  /** '' is the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly atMs: number;
  readonly change: ObjectChange;
  /** Who changed it, by the object's managed fields; '' when they do not tell. */
  readonly manager: string;
  /** Equal for states that differ only in noise. */
  readonly contentHash: string;
  /** The object in JSON, without values of Secrets. */
  readonly object: string;
}

/** What tells a revision without its object. */
export type RevisionHead = Omit<ObjectRevision, 'object'>;

/** Takes what happened; it is safe from kill -9 when `commit` of the store has resolved. */
export interface ClusterHistorySink {
  appendEvents(events: readonly EventOccurrence[]): void;
  appendRevisions(revisions: readonly ObjectRevision[]): void;
}

export interface EventFilter {
  readonly fromMs: number;
  readonly toMs: number;
  /** Each list: any of them; empty for all. */
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly kinds: readonly string[];
  readonly names: readonly string[];
  readonly reasons: readonly string[];
  readonly types: readonly string[];
  /** A part of the message or the reason, whatever the case; '' for all. */
  readonly text: string;
}

export interface EventPage {
  readonly events: readonly ClusterEvent[];
  /** To go on with; undefined at the end. */
  readonly next: EventCursor | undefined;
}

/** The last event of a page. */
export interface EventCursor {
  readonly lastMs: number;
  readonly cluster: string;
  readonly uid: string;
}

/** How often events happened in `[startMs, startMs + stepMs)`. */
export interface EventBucket {
  readonly startMs: number;
  readonly type: string;
  readonly reason: string;
  readonly count: number;
}

export interface RevisionFilter {
  readonly fromMs: number;
  readonly toMs: number;
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly kinds: readonly string[];
  readonly names: readonly string[];
  readonly uids: readonly string[];
}

/** An object by its name; '' as namespace for one of the whole cluster. */
export interface ObjectName {
  readonly cluster: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Reads what happened; what was appended in the last seconds may be missing. */
export interface ClusterHistorySource {
  /** Newest first. */
  events(
    filter: EventFilter,
    limit: number,
    after: EventCursor | undefined,
    signal: AbortSignal,
  ): Promise<EventPage>;
  eventHistogram(
    filter: EventFilter,
    stepMs: number,
    signal: AbortSignal,
  ): Promise<readonly EventBucket[]>;
  /** Newest first. */
  revisions(
    filter: RevisionFilter,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly RevisionHead[]>;
  /** The newest state at the time; undefined when none is known. */
  objectAt(
    object: ObjectName,
    atMs: number,
    signal: AbortSignal,
  ): Promise<ObjectRevision | undefined>;
  /** Of each event that was seen after `sinceMs`, the highest count. By uid. */
  eventCounts(cluster: string, sinceMs: number): Promise<ReadonlyMap<string, number>>;
  /** The last known state of each object that was not deleted. */
  liveRevisions(cluster: string): Promise<readonly RevisionHead[]>;
}
