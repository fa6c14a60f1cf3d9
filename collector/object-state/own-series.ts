/** Follows what series that kube-state-metrics does not have are made from. */
import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { KubernetesObject, OwnerReference } from '../../kubernetes/kubernetes-object.ts';
import type { CacheSelection, ObjectCache, Resource } from '../../kubernetes/object-cache.ts';
import * as api from '../../kubernetes/resources.ts';
import type { Clock } from '../../model/clock.ts';
import type { EndpointSlice } from './endpoint-objects.ts';
import type { ObjectFamilies } from './family.ts';
import { controllerOf } from './meta-families.ts';
import { keyOf, type ObjectTable } from './object-table.ts';
import { podWorkloadFamilies, SERVICE_ENDPOINTS } from './own-families.ts';
import {
  namedObjects,
  namedTargets,
  type PolicyTargets,
  resourcesOf,
  selectedTargets,
} from './policy-target.ts';
import { ServiceEndpointsTable } from './service-endpoints.ts';
import { workloadOf } from './workload-resolver.ts';

/** Owners that are not listed by then may not be readable: names of Pods have to do. */
const OWNERS_WAIT_MS = 30_000;

/** Whoever writes tables. */
export interface TableHost {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** @param isSynced whether all is there that the rows are made from */
  addTable(families: ObjectFamilies, isSynced: () => boolean): ObjectTable;
  /** All series of the table end. */
  dropTable(table: ObjectTable): void;
  /** Runs what changes tables, and has it written soon. */
  changed(note: () => void): void;
  /** A list is whole: tables may be written now. */
  plan(): void;
}

interface FollowedTargets {
  readonly targets: PolicyTargets;
  readonly tables: readonly ObjectTable[];
  readonly unsubscribe: () => void;
}

export class OwnSeries {
  readonly #host: TableHost;
  readonly #ends: (() => void)[] = [];
  /** Uid of the owner → keys of Pods that came before it. */
  readonly #orphans = new Map<string, Set<string>>();
  #policies: readonly FollowedTargets[] = [];

  constructor(host: TableHost) {
    this.#host = host;
  }

  start(): void {
    this.#followWorkloads();
    this.#followServices();
  }

  /** Nothing changes any more; the tables stay as they are. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const { unsubscribe } of this.#policies) unsubscribe();
    this.#policies = [];
  }

  /** Those of all policies; what is as before goes on undisturbed. */
  setPolicyTargets(all: readonly PolicyTargets[]): void {
    const old = [...this.#policies];
    const wanted = all.filter(({ isOfCluster }) => isOfCluster(this.#host.cluster.name));
    this.#policies = wanted.map((targets) => {
      const at = old.findIndex((one) => isSame(one.targets, targets));
      return at < 0 ? this.#followTargets(targets) : (old.splice(at, 1)[0] as FollowedTargets);
    });
    for (const { unsubscribe, tables } of old) {
      unsubscribe();
      for (const table of tables) this.#host.dropTable(table);
    }
  }

  #followWorkloads(): void {
    const { clock } = this.#host;
    const pods = this.#cache(api.PODS);
    const owners = { ReplicaSet: this.#cache(api.REPLICA_SETS), Job: this.#cache(api.JOBS) };
    const startMs = clock.monotonicMs();
    const hasOwners = (): boolean =>
      (owners.ReplicaSet.synced && owners.Job.synced) ||
      clock.monotonicMs() - startMs > OWNERS_WAIT_MS;
    const families = podWorkloadFamilies((pod) =>
      workloadOf(pod, owners, (owner) => this.#noteOrphan(owner, keyOf(pod))),
    );
    const table = this.#host.addTable(families, () => pods.synced && hasOwners());
    this.#ends.push(this.#follow(pods, table));
    for (const cache of Object.values(owners)) this.#adopt(cache, table);
  }

  #followServices(): void {
    const host = this.#host;
    const slices = this.#cache<EndpointSlice>(api.ENDPOINT_SLICES);
    const table = host.addTable(SERVICE_ENDPOINTS, () => slices.synced);
    const services = new ServiceEndpointsTable({
      put: (object) => host.changed(() => table.put(object)),
      remove: (object) => host.changed(() => table.remove(object)),
    });
    const end = slices.subscribe({
      added: (object) => services.added(object),
      modified: (object, before) => services.modified(object, before),
      deleted: (object) => services.deleted(object),
      synced: () => host.plan(),
    });
    this.#ends.push(end);
  }

  #followTargets(targets: PolicyTargets): FollowedTargets {
    const host = this.#host;
    const { labelSelector } = targets;
    const tables: ObjectTable[] = [];
    const ends = resourcesOf(targets).map((resource) => {
      const cache = this.#cache(resource, { labelSelector, metadataOnly: true });
      const table = host.addTable(selectedTargets(targets), () => cache.synced);
      tables.push(table);
      return this.#follow(cache, table);
    });
    if (targets.objects.length > 0) {
      const table = host.addTable(namedTargets(targets), () => true);
      tables.push(table);
      const objects = namedObjects(targets, host.cluster.name);
      host.changed(() => objects.forEach((object) => table.put(object)));
    }
    const unsubscribe = (): void => {
      for (const end of ends) end();
    };
    return { targets, tables, unsubscribe };
  }

  #cache<T extends KubernetesObject>(
    resource: Resource,
    selection: CacheSelection = {},
  ): ObjectCache<T> {
    return this.#host.cluster.objects<T>(resource, selection);
  }

  #follow(cache: ObjectCache<KubernetesObject>, table: ObjectTable): () => void {
    const host = this.#host;
    return cache.subscribe({
      added: (object) => host.changed(() => table.put(object)),
      modified: (object) => host.changed(() => table.put(object)),
      deleted: (object) => host.changed(() => table.remove(object)),
      synced: () => host.plan(),
    });
  }

  #noteOrphan({ uid }: OwnerReference, podKey: string): void {
    const keys = this.#orphans.get(uid) ?? new Set();
    this.#orphans.set(uid, keys.add(podKey));
  }

  /** Pods that came before their owner get their workload with it. */
  #adopt(owners: ObjectCache<KubernetesObject>, pods: ObjectTable): void {
    const take = (owner: KubernetesObject): void => {
      const keys = this.#orphans.get(owner.metadata.uid);
      if (keys === undefined) return;
      this.#orphans.delete(owner.metadata.uid);
      this.#host.changed(() => keys.forEach((key) => pods.touch(key)));
    };
    const end = owners.subscribe({
      added: take,
      modified: (owner, before) => {
        if (controllerOf(owner)?.uid !== controllerOf(before)?.uid) take(owner);
      },
      deleted: ({ metadata }) => this.#orphans.delete(metadata.uid),
      synced: () => this.#host.plan(),
    });
    this.#ends.push(end);
  }
}

/** `isOfCluster` has been asked, and was true of both. */
function isSame(a: PolicyTargets, b: PolicyTargets): boolean {
  const parts = ({ policyId, level, labelSelector, objects }: PolicyTargets) => [
    policyId,
    level,
    labelSelector,
    objects,
  ];
  return isDeepStrictEqual(parts(a), parts(b));
}
