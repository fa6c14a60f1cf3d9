/** The objects of one resource, and those who follow them. */
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { ObjectCache, ObjectListener, Resource } from '../object-cache.ts';

/** How long objects are told in one go before others get their turn. */
const TELL_MS_MAX = 10;
/** How often the time is looked at. */
const TELL_OBJECTS = 64;

interface Follower<T extends KubernetesObject> {
  readonly listener: ObjectListener<T>;
  /** Keys told already, while the present objects are told; undefined afterwards. */
  told: Set<string> | undefined;
  isGone: boolean;
}

export interface ObjectStoreOptions {
  readonly resource: Resource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The first follower came, or the last one left. */
  readonly onFollowed: (isFollowed: boolean) => void;
}

export class ObjectStore<T extends KubernetesObject> implements ObjectCache<T> {
  readonly resource: Resource;
  readonly #options: ObjectStoreOptions;
  readonly #objects = new Map<string, T>();
  readonly #followers = new Set<Follower<T>>();
  #synced = false;

  constructor(options: ObjectStoreOptions) {
    this.resource = options.resource;
    this.#options = options;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#objects.size;
  }

  list(): Iterable<T> {
    return this.#objects.values();
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(keyOf(namespace, name));
  }

  subscribe(listener: ObjectListener<T>): () => void {
    const follower: Follower<T> = { listener, told: new Set(), isGone: false };
    this.#followers.add(follower);
    if (this.#followers.size === 1) this.#options.onFollowed(true);
    setImmediate(() => this.#tellPresent(follower));
    return () => {
      if (follower.isGone) return;
      follower.isGone = true;
      this.#followers.delete(follower);
      if (this.#followers.size === 0) this.#options.onFollowed(false);
    };
  }

  /** Takes what the server says of an object; an older state than the known one is left. */
  put(object: T): void {
    const key = keyOfObject(object);
    const before = this.#objects.get(key);
    if (before === undefined) {
      this.#objects.set(key, object);
      this.#tell(key, (listener) => listener.added(object));
      return;
    }
    const { uid, resourceVersion } = object.metadata;
    if (before.metadata.uid !== uid) {
      // Deleted and made anew between two looks.
      this.remove(key);
      this.put(object);
      return;
    }
    if (!isNewer(resourceVersion, before.metadata.resourceVersion)) return;
    this.#objects.set(key, object);
    this.#tell(key, (listener) => listener.modified(object, before));
  }

  /** @param last the state that came with the deletion */
  remove(key: string, last?: T): void {
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#tell(key, (listener) => listener.deleted(last ?? before));
    for (const follower of this.#followers) follower.told?.delete(key);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  /** A whole list has come. */
  setSynced(): void {
    if (this.#synced) return;
    this.#synced = true;
    for (const follower of this.#followers) {
      if (follower.told === undefined) this.#call(follower, (listener) => listener.synced?.());
    }
  }

  /** Nobody follows any more: nothing is known. */
  clear(): void {
    this.#objects.clear();
    this.#synced = false;
  }

  #tell(key: string, call: (listener: ObjectListener<T>) => void): void {
    for (const follower of this.#followers) {
      // Who has not been told of the object yet will be told its present state.
      if (follower.told === undefined || follower.told.has(key)) this.#call(follower, call);
    }
  }

  /**
   * Tells the present objects, with pauses. The iteration is live: an object that comes meanwhile
   * is met at the end, one that goes is not met, one that changes is met as it is then.
   */
  #tellPresent(follower: Follower<T>, entries = this.#objects.entries()): void {
    const startMs = this.#options.clock.monotonicMs();
    let count = 0;
    for (let next = entries.next(); !next.done; next = entries.next()) {
      if (follower.isGone) return;
      const [key, object] = next.value;
      follower.told?.add(key);
      this.#call(follower, (listener) => listener.added(object));
      count++;
      const isTime = count % TELL_OBJECTS === 0;
      if (isTime && this.#options.clock.monotonicMs() - startMs > TELL_MS_MAX) {
        setImmediate(() => this.#tellPresent(follower, entries));
        return;
      }
    }
    if (follower.isGone) return;
    follower.told = undefined;
    if (this.#synced) this.#call(follower, (listener) => listener.synced?.());
  }

  /** One follower's mistake must not cost the others an event. */
  #call(follower: Follower<T>, call: (listener: ObjectListener<T>) => void): void {
    try {
      call(follower.listener);
    } catch (error) {
      const { plural } = this.resource;
      this.#options.logger.error('an object was not taken: a bug', { resource: plural, error });
    }
  }
}

export function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

export function keyOfObject({ metadata }: KubernetesObject): string {
  return keyOf(metadata.namespace ?? '', metadata.name);
}

const DIGITS = /^[1-9][0-9]*$/;

/**
 * Versions of one resource may be compared as numbers since Kubernetes 1.35, and could be in fact
 * before; what are no numbers are only compared for being equal.
 */
export function isNewer(version: string, known: string): boolean {
  if (version === known) return false;
  if (!DIGITS.test(version) || !DIGITS.test(known)) return true;
  return version.length === known.length ? version > known : version.length > known.length;
}
