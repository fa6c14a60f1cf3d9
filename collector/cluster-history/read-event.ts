import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { ClusterEvent } from '../../model/cluster-history.ts';

interface ObjectReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly fieldPath?: string;
}

/** An event of `events.k8s.io/v1` or of the core group: two views of one thing. */
export interface EventObject extends KubernetesObject {
  readonly regarding?: ObjectReference;
  readonly involvedObject?: ObjectReference;
  readonly note?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly type?: string;
  readonly action?: string;
  readonly reportingController?: string;
  readonly reportingInstance?: string;
  readonly reportingComponent?: string;
  readonly source?: EventSource;
  readonly deprecatedSource?: EventSource;
  readonly eventTime?: string | null;
  readonly series?: {
    readonly count?: number;
    readonly lastObservedTime?: string;
  } | null;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly deprecatedCount?: number;
  readonly deprecatedFirstTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
}

interface EventSource {
  readonly component?: string;
  readonly host?: string;
}

/** The API server allows 1 kB; what is longer did not come from it. */
const MESSAGE_CHARS_MAX = 4096;
const UINT32_MAX = 0xffff_ffff;

/**
 * @param nowMs stands in where the event tells no time at all
 */
export function readEvent(cluster: string, object: EventObject, nowMs: number): ClusterEvent {
  const about = object.regarding ?? object.involvedObject ?? {};
  const source = object.deprecatedSource ?? object.source ?? {};
  const createdMs = timeMs(object.metadata.creationTimestamp) ?? nowMs;
  const firstMs =
    timeMs(object.deprecatedFirstTimestamp) ??
    timeMs(object.firstTimestamp) ??
    timeMs(object.eventTime) ??
    createdMs;
  const lastMs =
    timeMs(object.series?.lastObservedTime) ??
    timeMs(object.deprecatedLastTimestamp) ??
    timeMs(object.lastTimestamp) ??
    timeMs(object.eventTime) ??
    createdMs;
  const count = object.series?.count ?? object.deprecatedCount ?? object.count ?? 1;
  return {
    cluster,
    uid: object.metadata.uid,
    type: object.type ?? '',
    reason: object.reason ?? '',
    action: object.action ?? '',
    message: (object.note ?? object.message ?? '').slice(0, MESSAGE_CHARS_MAX),
    objectKind: about.kind ?? '',
    objectNamespace: about.namespace ?? '',
    objectName: about.name ?? '',
    objectUid: about.uid ?? '',
    objectFieldPath: about.fieldPath ?? '',
    component: object.reportingController || object.reportingComponent || source.component || '',
    instance: object.reportingInstance || source.host || '',
    count: Math.min(UINT32_MAX, Math.max(1, Math.trunc(count) || 1)),
    firstMs: Math.min(firstMs, lastMs),
    lastMs,
  };
}

/** undefined for what is absent or no time; a year of four digits, as ClickHouse's times have. */
function timeMs(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const ms = Date.parse(text);
  return ms > 0 && ms < TIME_MS_MAX ? ms : undefined;
}

const TIME_MS_MAX = Date.parse('2299-01-01T00:00:00Z');
