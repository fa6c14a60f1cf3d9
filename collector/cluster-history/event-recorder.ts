import type { Counter } from 'prom-client';
import type { ObjectListener } from '../../kubernetes/object-cache.ts';
import type { ClusterHistorySink, EventOccurrence } from '../../model/cluster-history.ts';
import { type EventObject, readEvent } from './read-event.ts';

/** Reasons of a cluster that have a series of their own; the others are counted as 'other'. */
const REASONS_MAX = 200;
/** Namespaces the same. */
const NAMESPACES_MAX = 2000;

export interface EventRecorderOptions {
  readonly cluster: string;
  readonly sink: ClusterHistorySink;
  /** Of what is stored already: the highest count by uid. */
  readonly known: ReadonlyMap<string, number>;
  /** Labels: cluster, namespace, kind, reason, type. */
  readonly counter: Counter;
  readonly now: () => number;
}

/**
 * Writes each event once for each time its count has grown, over restarts of ours and relists too.
 * That an event leaves the API server (after an hour) is no news.
 */
export class EventRecorder implements ObjectListener<EventObject> {
  readonly #options: EventRecorderOptions;
  readonly #counts: Map<string, number>;
  readonly #reasons = new Set<string>();
  readonly #namespaces = new Set<string>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#counts = new Map(options.known);
  }

  added(object: EventObject): void {
    this.#record(object);
  }

  modified(object: EventObject): void {
    this.#record(object);
  }

  deleted(object: EventObject): void {
    this.#counts.delete(object.metadata.uid);
  }

  #record(object: EventObject): void {
    const { cluster, sink, now } = this.#options;
    const event = readEvent(cluster, object, now());
    const before = this.#counts.get(event.uid) ?? 0;
    if (event.count <= before) return;
    this.#counts.set(event.uid, event.count);
    const occurrence = { ...event, delta: event.count - before };
    sink.appendEvents([occurrence]);
    this.#count(occurrence);
  }

  #count(event: EventOccurrence): void {
    this.#options.counter.inc(
      {
        cluster: event.cluster,
        namespace: capped(this.#namespaces, event.objectNamespace, NAMESPACES_MAX),
        kind: event.objectKind,
        reason: capped(this.#reasons, event.reason, REASONS_MAX),
        type: event.type,
      },
      event.delta,
    );
  }
}

function capped(known: Set<string>, text: string, max: number): string {
  if (known.has(text)) return text;
  if (known.size >= max) return 'other';
  known.add(text);
  return text;
}
