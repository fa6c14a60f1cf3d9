import type { KubernetesObject } from './kubernetes-object.ts';

/** A resource of the API: `{group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', namespaced: true}`; the core group is ''. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What is told of a cache's objects. Calls come in the order of the API server's events, never before `subscribe` returned. */
export interface ObjectListener<T extends KubernetesObject> {
  added(object: T): void;
  modified(object: T, before: T): void;
  /** `object` is the last state known. */
  deleted(object: T): void;
  /** The first whole list is in the cache (told again, at once, to who subscribes later). */
  synced?(): void;
}

/**
 * The present objects of one resource of one cluster (or of a part that selectors name), kept by
 * list and watch. Objects are frozen in practice: nobody may change them. `managedFields` and the
 * last-applied annotation are gone.
 */
export interface ObjectCache<T extends KubernetesObject> {
  readonly resource: Resource;
  /** A whole list has been received at least once. */
  readonly synced: boolean;
  readonly size: number;
  list(): Iterable<T>;
  /** `namespace` is '' for objects of the whole cluster. */
  get(namespace: string, name: string): T | undefined;
  /** First tells every present object as added, then goes on; the answer ends it. */
  subscribe(listener: ObjectListener<T>): () => void;
}

/** Narrows what is listed and watched; equal selections share one watch. */
export interface CacheSelection {
  /** One namespace only; absent for all. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Only metadata is asked for (ConfigMaps, Secrets). */
  readonly metadataOnly?: boolean;
}
