import { Counter, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject, ObjectMeta } from '../../kubernetes/kubernetes-object.ts';
import { DEPLOYMENTS } from '../../kubernetes/resources.ts';
import type {
  ClusterHistorySink,
  EventOccurrence,
  ObjectRevision,
} from '../../model/cluster-history.ts';
import { EventRecorder } from './event-recorder.ts';
import { type EventObject, readEvent } from './read-event.ts';
import { KEEP_MS, RevisionRecorder } from './revision-recorder.ts';

class MemorySink implements ClusterHistorySink {
  readonly events: EventOccurrence[] = [];
  readonly revisions: ObjectRevision[] = [];
  appendEvents(events: readonly EventOccurrence[]): void {
    this.events.push(...events);
  }
  appendRevisions(revisions: readonly ObjectRevision[]): void {
    this.revisions.push(...revisions);
  }
}

const T0 = Date.parse('2026-11-24T10:00:00Z');

function counter(labelNames: readonly string[]): Counter {
  return new Counter({ name: 'x', help: 'x', labelNames, registers: [new Registry()] });
}

describe('EventRecorder', () => {
  const coreEvent = (count: number, uid = 'e1'): EventObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'cart.1', namespace: 'shop', uid, resourceVersion: String(count) },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'cart-0', uid: 'p1' },
    reason: 'BackOff',
    type: 'Warning',
    message: 'Back-off restarting failed container',
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: '2026-11-24T09:00:00Z',
    lastTimestamp: '2026-11-24T09:59:00Z',
    count,
  });
  const recorder = (sink: MemorySink, known = new Map<string, number>()) =>
    new EventRecorder({
      cluster: 'east',
      sink,
      known,
      counter: counter(['cluster', 'namespace', 'kind', 'reason', 'type']),
      now: () => T0,
    });

  test('each growth of the count is one row, a relist none', () => {
    const sink = new MemorySink();
    const events = recorder(sink);

    events.added(coreEvent(1));
    events.modified(coreEvent(4));
    events.added(coreEvent(4));
    events.deleted(coreEvent(4));

    expect(sink.events.map((event) => [event.count, event.delta])).toEqual([
      [1, 1],
      [4, 3],
    ]);
  });

  test('what was stored before a restart is not written again', () => {
    const sink = new MemorySink();
    const events = recorder(sink, new Map([['e1', 4]]));

    events.added(coreEvent(4));
    events.modified(coreEvent(6));

    expect(sink.events.map((event) => event.delta)).toEqual([2]);
  });

  test('both views of the API give the same row', () => {
    const core = coreEvent(3);
    const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, ...rest } = core;
    const newer: EventObject = {
      ...rest,
      apiVersion: 'events.k8s.io/v1',
      ...(involvedObject === undefined ? {} : { regarding: involvedObject }),
      ...(message === undefined ? {} : { note: message }),
      ...(source === undefined ? {} : { deprecatedSource: source }),
      deprecatedFirstTimestamp: firstTimestamp ?? null,
      deprecatedLastTimestamp: lastTimestamp ?? null,
      deprecatedCount: count ?? 1,
      eventTime: null,
      series: null,
    };

    expect(readEvent('east', newer, T0)).toEqual(readEvent('east', core, T0));
  });

  test('an event without any time is of now, whatever else is missing', () => {
    const bare: EventObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'x', uid: 'u', resourceVersion: '1' },
      lastTimestamp: 'yesterday',
    };

    expect(readEvent('east', bare, T0)).toMatchObject({ firstMs: T0, lastMs: T0, count: 1 });
  });
});

describe('RevisionRecorder', () => {
  let nowMs = T0;
  const deployment = (replicas: number, metadata: Partial<ObjectMeta> = {}) =>
    ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'cart',
        namespace: 'shop',
        uid: 'd1',
        resourceVersion: '1',
        lastManager: 'kubectl',
        ...metadata,
      },
      spec: { replicas },
      status: { observedGeneration: Number(metadata.resourceVersion ?? 1) },
    }) as KubernetesObject;
  const recorder = (sink: MemorySink, known: readonly ObjectRevision[] = []) =>
    new RevisionRecorder({
      cluster: 'east',
      resource: DEPLOYMENTS,
      sink,
      known,
      skipped: counter(['cluster', 'kind']),
      now: () => nowMs,
    });
  const told = (sink: MemorySink) => sink.revisions.map((revision) => revision.change);

  test('a change of noise alone is none', () => {
    const sink = new MemorySink();
    const revisions = recorder(sink);

    revisions.added(deployment(1));
    revisions.modified(deployment(1, { resourceVersion: '2', lastManager: 'controller' }));
    revisions.modified(deployment(2, { resourceVersion: '3' }));
    revisions.deleted(deployment(2, { resourceVersion: '4' }));

    expect(told(sink)).toEqual(['added', 'modified', 'deleted']);
    expect(sink.revisions[1]).toMatchObject({ manager: 'kubectl', kind: 'Deployment' });
    expect(JSON.parse(sink.revisions[1]?.object ?? '')).toEqual(
      deployment(2, { resourceVersion: '3' }),
    );
  });

  test('states of one millisecond have times that tell which is the later', () => {
    const sink = new MemorySink();
    const revisions = recorder(sink);

    revisions.added(deployment(1));
    revisions.modified(deployment(2));
    revisions.deleted(deployment(2));

    const times = sink.revisions.map((revision) => revision.atMs);
    expect(times).toEqual([nowMs, nowMs + 1, nowMs + 2]);
  });

  test('over a restart only what differs is written, and what went meanwhile', () => {
    const before = new MemorySink();
    const first = recorder(before);
    first.added(deployment(1));
    first.added(deployment(1, { uid: 'd2', name: 'gone' }));
    first.added(deployment(1, { uid: 'd3', name: 'scaled' }));
    const after = new MemorySink();
    const second = recorder(after, before.revisions);

    second.added(deployment(1, { resourceVersion: '9' }));
    second.added(deployment(5, { uid: 'd3', name: 'scaled' }));
    second.synced();

    expect(after.revisions.map(({ name, change }) => [name, change])).toEqual([
      ['scaled', 'modified'],
      ['gone', 'deleted'],
    ]);
  });

  test('an object that changes all the time is written now and then', () => {
    const sink = new MemorySink();
    const revisions = recorder(sink);
    for (let at = 0; at < 600; at++) {
      nowMs += 1000;
      revisions.modified(deployment(at));
    }

    expect(sink.revisions.length).toBeGreaterThan(30);
    expect(sink.revisions.length).toBeLessThan(60);
  });

  test('what has not changed for long is written again', () => {
    const sink = new MemorySink();
    const revisions = recorder(sink);
    revisions.added(deployment(1));
    revisions.keep([deployment(1)]);
    nowMs += KEEP_MS + 1;
    revisions.keep([deployment(1)]);
    revisions.keep([deployment(1)]);

    expect(told(sink)).toEqual(['added', 'modified']);
  });
});
