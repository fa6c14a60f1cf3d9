import type { Counter } from 'prom-client';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { ObjectListener, Resource } from '../../kubernetes/object-cache.ts';
import type {
  ClusterHistorySink,
  ObjectChange,
  RevisionHead,
} from '../../model/cluster-history.ts';
import { contentHash } from './object-noise.ts';

/** An object may change this often at once and then this often in a minute; more is left out. */
const BURST_MAX = 30;
const PER_MINUTE = 2;
const MINUTE_MS = 60_000;
/** What does not change is written again after this time, so that retention never loses it. */
export const KEEP_MS = 20 * 86_400_000;

export interface RevisionRecorderOptions {
  readonly cluster: string;
  readonly resource: Resource;
  readonly sink: ClusterHistorySink;
  /** The last stored state of each living object of this resource. */
  readonly known: readonly RevisionHead[];
  /** Labels: cluster, kind. Changes that came too fast to be stored each. */
  readonly skipped: Counter;
  readonly now: () => number;
}

interface Known {
  contentHash: string;
  atMs: number;
  /** How many more revisions it might have at `atMs`. */
  allowance: number;
  isPresent: boolean;
  head: Pick<RevisionHead, 'namespace' | 'name' | 'resourceVersion'>;
}

/**
 * Writes the states of the objects of one resource: each that differs from the one before in more
 * than noise, once, whatever restarts lie between.
 */
export class RevisionRecorder implements ObjectListener<KubernetesObject> {
  readonly #options: RevisionRecorderOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: RevisionRecorderOptions) {
    this.#options = options;
    for (const head of options.known) {
      const { contentHash: hash, atMs } = head;
      this.#known.set(head.uid, {
        contentHash: hash,
        atMs,
        allowance: BURST_MAX,
        isPresent: false,
        head,
      });
    }
  }

  added(object: KubernetesObject): void {
    this.#seen(object, 'added');
  }

  modified(object: KubernetesObject): void {
    this.#seen(object, 'modified');
  }

  deleted(object: KubernetesObject): void {
    const { uid, name, namespace = '', resourceVersion } = object.metadata;
    const atMs = this.#timeAfter(this.#known.get(uid));
    this.#known.delete(uid);
    this.#writeDeleted(uid, { name, namespace, resourceVersion }, atMs);
  }

  /** What was stored and is not there any more was deleted while nobody watched. */
  synced(): void {
    for (const [uid, known] of this.#known) {
      if (known.isPresent) continue;
      this.#known.delete(uid);
      this.#writeDeleted(uid, known.head, this.#timeAfter(known));
    }
  }

  /** Writes again what has not changed for long. To be called now and then. */
  keep(objects: Iterable<KubernetesObject>): void {
    const limitMs = this.#options.now() - KEEP_MS;
    for (const object of objects) {
      const known = this.#known.get(object.metadata.uid);
      if (known === undefined || known.atMs > limitMs) continue;
      this.#write(object, 'modified', known.contentHash);
    }
  }

  #seen(object: KubernetesObject, change: ObjectChange): void {
    const { uid } = object.metadata;
    const known = this.#known.get(uid);
    const hash = contentHash(object);
    if (known?.contentHash === hash) {
      known.isPresent = true;
      return;
    }
    if (known !== undefined && this.#allowance(known) < 1) {
      const { skipped, cluster, resource } = this.#options;
      skipped.inc({ cluster, kind: resource.kind });
      return;
    }
    // A stored object that is told as added has changed while nobody watched.
    this.#write(object, known === undefined ? change : 'modified', hash);
  }

  #allowance(known: Known): number {
    const minutes = (this.#options.now() - known.atMs) / MINUTE_MS;
    return Math.min(BURST_MAX, known.allowance + minutes * PER_MINUTE);
  }

  #write(object: KubernetesObject, change: ObjectChange, hash: string): void {
    const { uid, name, namespace = '', resourceVersion } = object.metadata;
    const before = this.#known.get(uid);
    const atMs = this.#timeAfter(before);
    this.#known.set(uid, {
      contentHash: hash,
      atMs,
      allowance: (before === undefined ? BURST_MAX : this.#allowance(before)) - 1,
      isPresent: true,
      head: { name, namespace, resourceVersion },
    });
    this.#append(uid, { name, namespace, resourceVersion }, atMs, change, hash, object);
  }

  /** Now, but never the time of the state before: the later of two is the one that holds. */
  #timeAfter(before: Known | undefined): number {
    return Math.max(this.#options.now(), (before?.atMs ?? 0) + 1);
  }

  #writeDeleted(uid: string, head: Known['head'], atMs: number): void {
    this.#append(uid, head, atMs, 'deleted', '', undefined);
  }

  #append(
    uid: string,
    head: Known['head'],
    atMs: number,
    change: ObjectChange,
    hash: string,
    object: KubernetesObject | undefined,
  ): void {
    const { cluster, resource, sink } = this.#options;
    sink.appendRevisions([
      {
        cluster,
        group: resource.group,
        version: resource.version,
        kind: resource.kind,
        namespace: head.namespace,
        name: head.name,
        uid,
        resourceVersion: head.resourceVersion,
        atMs,
        change,
        manager: object?.metadata.lastManager ?? '',
        contentHash: hash,
        object: object === undefined ? '' : JSON.stringify(object),
      },
    ]);
  }
}
