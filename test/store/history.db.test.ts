import { afterEach, expect, test } from 'vitest';
import type {
  EventFilter,
  EventOccurrence,
  ObjectRevision,
  RevisionFilter,
} from '../../model/cluster-history.ts';
import { openTestStore, type TestStore } from './open-test-store.ts';

const T0 = Date.parse('2026-11-24T10:00:00Z');
const EVERYTHING: EventFilter & RevisionFilter = {
  fromMs: 0,
  toMs: T0 + 86_400_000,
  clusters: [],
  namespaces: [],
  kinds: [],
  names: [],
  reasons: [],
  types: [],
  uids: [],
  text: '',
};
const { signal } = new AbortController();

let store: TestStore | undefined;
afterEach(async () => {
  await store?.remove();
});

function event(differing: Partial<EventOccurrence>): EventOccurrence {
  return {
    cluster: 'east',
    uid: 'e1',
    type: 'Warning',
    reason: 'BackOff',
    action: '',
    message: "it's \\ back-off\tof “app”",
    objectKind: 'Pod',
    objectNamespace: 'shop',
    objectName: 'cart-0',
    objectUid: 'p1',
    objectFieldPath: 'spec.containers{app}',
    component: 'kubelet',
    instance: 'node-1',
    count: 1,
    firstMs: T0,
    lastMs: T0,
    delta: 1,
    ...differing,
  };
}

function revision(differing: Partial<ObjectRevision>): ObjectRevision {
  return {
    cluster: 'east',
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'cart',
    uid: 'd1',
    resourceVersion: '7',
    atMs: T0,
    change: 'modified',
    manager: 'kubectl',
    contentHash: 'h1',
    object: '{"spec":{"replicas":1}}',
    ...differing,
  };
}

test('an event that comes again is one event with its newest count, its times add up', async () => {
  store = await openTestStore();
  const { historySink, historySource } = store.store;
  historySink.appendEvents([event({})]);
  await store.store.flush();
  historySink.appendEvents([event({ count: 4, delta: 3, lastMs: T0 + 60_000 })]);
  await store.store.flush();

  const page = await historySource.events(EVERYTHING, 10, undefined, signal);
  const histogram = await historySource.eventHistogram(EVERYTHING, 3_600_000, signal);

  const { delta: _, ...expected } = event({ count: 4, lastMs: T0 + 60_000 });
  expect(page).toEqual({ events: [expected], next: undefined });
  expect(histogram).toEqual([{ startMs: T0, type: 'Warning', reason: 'BackOff', count: 4 }]);
  expect(await historySource.eventCounts('east', 0)).toEqual(new Map([['e1', 4]]));
});

test('filters are any of a list and all lists; a quote in a name is a name', async () => {
  store = await openTestStore();
  const { historySink, historySource } = store.store;
  historySink.appendEvents([
    event({ uid: 'a', objectName: "o'b\\rien" }),
    event({ uid: 'b', objectNamespace: 'kube-system', type: 'Normal' }),
    event({ uid: 'c', cluster: 'west' }),
  ]);
  await store.store.flush();
  const uids = async (filter: Partial<EventFilter>): Promise<string[]> => {
    const found = await historySource.events({ ...EVERYTHING, ...filter }, 10, undefined, signal);
    return found.events.map((one) => one.uid).toSorted();
  };

  expect(await uids({ names: ["o'b\\rien", 'nobody'] })).toEqual(['a']);
  expect(await uids({ clusters: ['east'], types: ['Normal'] })).toEqual(['b']);
  expect(await uids({ text: 'BACK-OFF' })).toEqual(['a', 'b', 'c']);
  expect(await uids({ text: "') OR 1 = 1 --" })).toEqual([]);
});

test('pages follow each other without a gap or a double', async () => {
  store = await openTestStore();
  const { historySink, historySource } = store.store;
  historySink.appendEvents(
    Array.from({ length: 25 }, (_, at) =>
      event({ uid: `u${at}`, lastMs: T0 + Math.floor(at / 3) * 1000 }),
    ),
  );
  historySink.appendEvents([event({ uid: 'u3', count: 2, lastMs: T0 + 60_000 })]);
  await store.store.flush();

  const seen: string[] = [];
  let next: Parameters<typeof historySource.events>[2];
  do {
    const page = await historySource.events(EVERYTHING, 4, next, signal);
    seen.push(...page.events.map((one) => one.uid));
    next = page.next;
  } while (next !== undefined);

  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
});

test('the object as it was at a time is the newest revision before it', async () => {
  store = await openTestStore();
  const { historySink, historySource } = store.store;
  const second = revision({
    atMs: T0 + 5000,
    contentHash: 'h2',
    object: '{"spec":{"replicas":2}}',
  });
  historySink.appendRevisions([
    revision({}),
    second,
    revision({ atMs: T0 + 9000, change: 'deleted', contentHash: 'h3' }),
    revision({ uid: 'd2', name: 'other' }),
  ]);
  await store.store.flush();
  const name = {
    cluster: 'east',
    group: 'apps',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'cart',
  };

  expect(await historySource.objectAt(name, T0 - 1, signal)).toBeUndefined();
  expect(await historySource.objectAt(name, T0 + 4999, signal)).toEqual(revision({}));
  expect(await historySource.objectAt(name, T0 + 5000, signal)).toEqual(second);
  const live = await historySource.liveRevisions('east');
  expect(live.map((one) => one.name)).toEqual(['other']);
  const all = await historySource.revisions({ ...EVERYTHING, names: ['cart'] }, 10, signal);
  expect(all.map((one) => one.change)).toEqual(['deleted', 'modified', 'modified']);
});

test('what was committed survives the end of the process before ClickHouse had it', async () => {
  store = await openTestStore();
  store.store.historySink.appendEvents([event({})]);
  await store.store.commit();
  await store.reopen();

  const page = await store.store.historySource.events(EVERYTHING, 10, undefined, signal);

  expect(page.events.map((one) => one.uid)).toEqual(['e1']);
});
