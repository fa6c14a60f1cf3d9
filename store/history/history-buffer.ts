import type {
  ClusterHistorySink,
  EventOccurrence,
  ObjectRevision,
} from '../../model/cluster-history.ts';
import { bytesOf, int64Bytes, stringBytes } from '../native/write-native.ts';
import type { SpoolBlock } from '../spool/spool-file.ts';
import { block } from '../spool/table-blocks.ts';

/** What happened in clusters since the last flush, as blocks of its tables. */
export class HistoryBuffer implements ClusterHistorySink {
  #events: EventOccurrence[] = [];
  #revisions: ObjectRevision[] = [];

  appendEvents(events: readonly EventOccurrence[]): void {
    this.#events.push(...events);
  }

  appendRevisions(revisions: readonly ObjectRevision[]): void {
    this.#revisions.push(...revisions);
  }

  takePending(): SpoolBlock[] {
    const events = this.#events;
    const revisions = this.#revisions;
    this.#events = [];
    this.#revisions = [];
    const blocks: SpoolBlock[] = [];
    if (events.length > 0) blocks.push(eventsBlock(events));
    if (revisions.length > 0) blocks.push(revisionsBlock(revisions));
    return blocks;
  }
}

function eventsBlock(events: readonly EventOccurrence[]): SpoolBlock {
  const texts = (of: (event: EventOccurrence) => string) => [stringBytes(events.map(of))];
  return block('events', events.length, [
    [int64Bytes(events.map((event) => event.lastMs))],
    texts((event) => event.cluster),
    texts((event) => event.objectNamespace),
    texts((event) => event.objectKind),
    texts((event) => event.objectName),
    texts((event) => event.reason),
    texts((event) => event.type),
    texts((event) => event.uid),
    texts((event) => event.action),
    texts((event) => event.message),
    texts((event) => event.objectUid),
    texts((event) => event.objectFieldPath),
    texts((event) => event.component),
    texts((event) => event.instance),
    [bytesOf(Uint32Array.from(events, (event) => event.count))],
    [bytesOf(Uint32Array.from(events, (event) => event.delta))],
    [int64Bytes(events.map((event) => event.firstMs))],
  ]);
}

function revisionsBlock(revisions: readonly ObjectRevision[]): SpoolBlock {
  const texts = (of: (revision: ObjectRevision) => string) => [stringBytes(revisions.map(of))];
  return block('object_revisions', revisions.length, [
    [int64Bytes(revisions.map((revision) => revision.atMs))],
    texts((revision) => revision.cluster),
    texts((revision) => revision.group),
    texts((revision) => revision.version),
    texts((revision) => revision.kind),
    texts((revision) => revision.namespace),
    texts((revision) => revision.name),
    texts((revision) => revision.uid),
    texts((revision) => revision.resourceVersion),
    texts((revision) => revision.change),
    texts((revision) => revision.manager),
    texts((revision) => revision.contentHash),
    texts((revision) => revision.object),
  ]);
}
