/** Targets that Pods and Services of one cluster ask for by annotations, kept by watching. */
import type { Cluster } from '../../../kubernetes/cluster.ts';
import type { KubernetesObject } from '../../../kubernetes/kubernetes-object.ts';
import type { ObjectCache } from '../../../kubernetes/object-cache.ts';
import { ENDPOINT_SLICES, PODS, SERVICES } from '../../../kubernetes/resources.ts';
import type { Clock } from '../../../model/clock.ts';
import { Labels } from '../../../model/labels.ts';
import { emptyGroup, type OnGroups, type TargetGroup } from '../discoverer.ts';
import { ChangedKeys } from '../kubernetes/changed-keys.ts';
import { DependencyIndex } from '../kubernetes/dependency-index.ts';
import type { EndpointSlice, Pod, Service } from '../kubernetes/discovered-objects.ts';
import { SERVICE_LABEL } from '../kubernetes/endpointslice-targets.ts';
import { namespaceOf } from '../kubernetes/meta-labels.ts';
import { containersOf } from '../kubernetes/pod-targets.ts';
import { annotatedTarget, choosePort, type DeclaredPort, readWish } from './annotated-target.ts';

const GROUPS_PER_TURN = 100;

export class AnnotationWatch {
  readonly #pods: ObjectCache<Pod>;
  readonly #services: ObjectCache<Service>;
  readonly #slices: ObjectCache<EndpointSlice>;
  readonly #onGroups: OnGroups;
  readonly #unsubscribe: readonly (() => void)[];
  /** Slices by what they depend on: their Service, and the Pods in them. */
  readonly #index = new DependencyIndex();
  /** `pod/ns/name`, `slice/ns/name`: groups to be built. */
  readonly #changed: ChangedKeys;
  readonly #told = new Set<string>();

  constructor(cluster: Cluster, clock: Clock, onGroups: OnGroups) {
    this.#onGroups = onGroups;
    this.#changed = new ChangedKeys({
      clock,
      cacheCount: 3,
      onTurn: (dirty, isUrgent) => this.#build(dirty, isUrgent),
    });
    this.#pods = cluster.objects<Pod>(PODS);
    this.#services = cluster.objects<Service>(SERVICES);
    this.#slices = cluster.objects<EndpointSlice>(ENDPOINT_SLICES);
    const follow = <T extends KubernetesObject>(
      cache: ObjectCache<T>,
      changed: (object: T, before: T | undefined, isGone: boolean) => void,
    ): (() => void) =>
      cache.subscribe({
        added: (object) => changed(object, undefined, false),
        modified: (object, before) => changed(object, before, false),
        deleted: (object) => changed(object, undefined, true),
        synced: () => this.#changed.cacheSynced(),
      });
    this.#unsubscribe = [
      follow(this.#pods, (pod, _before, isGone) => this.#changed.mark(`pod/${keyOf(pod)}`, isGone)),
      follow(this.#services, (service, before) => this.#serviceChanged(service, before)),
      follow(this.#slices, (slice, _before, isGone) => this.#sliceChanged(slice, isGone)),
    ];
  }

  close(): void {
    this.#changed.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    if (this.#told.size > 0) this.#onGroups([...this.#told].map(emptyGroup));
  }

  #serviceChanged(service: Service, before: Service | undefined): void {
    const isAnnotated = [service, before].some(
      (one) => readWish(one?.metadata.annotations) !== undefined,
    );
    if (!isAnnotated) return;
    for (const slice of this.#index.dependents(`service/${keyOf(service)}`)) this.#markSlice(slice);
  }

  #sliceChanged(slice: EndpointSlice, isGone: boolean): void {
    const key = `slice/${keyOf(slice)}`;
    this.#markSlice(key);
    const pods = isGone ? [] : podsOf(slice).map((pod) => `pod/${pod}`);
    const service = isGone ? [] : [`service/${namespaceOf(slice)}/${serviceName(slice)}`];
    this.#index.set(key, new Set([...pods, ...service]));
    this.#markSlice(key);
  }

  /** The Pods in it, too: their targets may come from its Service. */
  #markSlice(key: string): void {
    this.#changed.mark(key, false);
    for (const dependency of this.#index.dependencies(key)) {
      if (dependency.startsWith('pod/')) this.#changed.mark(dependency, false);
    }
  }

  #build(dirty: Set<string>, isUrgent: boolean): void {
    const groups: TargetGroup[] = [];
    let built = 0;
    for (const key of dirty) {
      dirty.delete(key);
      const group = key.startsWith('pod/') ? this.#podGroup(key) : this.#sliceGroup(key);
      if (group.targets.length > 0) this.#told.add(key);
      if (group.targets.length > 0 || this.#told.delete(key)) groups.push(group);
      if (++built >= GROUPS_PER_TURN) break;
    }
    if (groups.length > 0) this.#onGroups(groups, isUrgent);
  }

  /** One target per address and path, whether the Pod or its Services ask for it. */
  #podGroup(source: string): TargetGroup {
    const pod = find(this.#pods, source);
    const ip = pod?.status?.podIP ?? '';
    if (pod === undefined || ip === '' || hasEnded(pod)) return emptyGroup(source);
    const own = ['pod', pod.metadata.name, 'node', pod.spec?.nodeName ?? ''];
    const targets = new Map<string, Labels>();
    const add = (target: Labels): void => {
      const key = `${target.get('__address__')} ${target.get('__metrics_path__')}`;
      if (!targets.has(key)) targets.set(key, target);
    };
    const wish = readWish(pod.metadata.annotations);
    if (wish !== undefined) {
      const port = choosePort(wish, portsOf(pod));
      add(annotatedTarget(ip, port, wish, [...own, 'job', 'kubernetes-pods']));
    }
    for (const key of [...this.#index.dependents(source)].sort()) {
      const slice = find(this.#slices, key);
      const service = slice === undefined ? undefined : this.#serviceOf(slice);
      const served = readWish(service?.metadata.annotations);
      if (slice === undefined || service === undefined || served === undefined) continue;
      const declared = portsOf(pod);
      const ports = slicePorts(slice).map((port) => ({
        ...port,
        container: declared.find(({ number }) => number === port.number)?.container ?? '',
      }));
      const labels = [...own, 'service', service.metadata.name, 'job', SERVICE_JOB];
      add(annotatedTarget(ip, choosePort(served, ports), served, labels));
    }
    return groupOf(source, pod, [...targets.values()]);
  }

  /** Endpoints of a Service that are no Pods. */
  #sliceGroup(source: string): TargetGroup {
    const slice = find(this.#slices, source);
    const service = slice === undefined ? undefined : this.#serviceOf(slice);
    const wish = readWish(service?.metadata.annotations);
    if (slice === undefined || service === undefined || wish === undefined) {
      return emptyGroup(source);
    }
    const port = choosePort(wish, slicePorts(slice));
    const targets = (slice.endpoints ?? [])
      .filter(({ targetRef }) => targetRef?.kind !== 'Pod')
      .flatMap(({ addresses = [], nodeName = '' }) =>
        addresses.map((address) => {
          const labels = ['service', service.metadata.name, 'node', nodeName, 'job', SERVICE_JOB];
          return annotatedTarget(address, port, wish, labels);
        }),
      );
    return groupOf(source, slice, targets);
  }

  #serviceOf(slice: EndpointSlice): Service | undefined {
    return this.#services.get(namespaceOf(slice), serviceName(slice));
  }
}

/** As the jobs of the widely used Helm chart are called. */
const SERVICE_JOB = 'kubernetes-service-endpoints';

function groupOf(
  source: string,
  object: KubernetesObject,
  targets: readonly Labels[],
): TargetGroup {
  return { source, targets, labels: Labels.fromPairs(['namespace', namespaceOf(object)]) };
}

/** @param key with the kind before namespace and name */
function find<T extends KubernetesObject>(cache: ObjectCache<T>, key: string): T | undefined {
  const [, namespace = '', name = ''] = key.split('/');
  return cache.get(namespace, name);
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function portsOf(pod: Pod): readonly DeclaredPort[] {
  return containersOf(pod).flatMap(({ container }) =>
    (container.ports ?? []).map(({ name, containerPort, protocol }) => ({
      name,
      number: containerPort,
      protocol,
      container: container.name,
    })),
  );
}

function slicePorts(slice: EndpointSlice): readonly DeclaredPort[] {
  return (slice.ports ?? []).flatMap(({ name, port, protocol }) =>
    port === undefined ? [] : [{ name, number: port, protocol, container: '' }],
  );
}

function podsOf(slice: EndpointSlice): readonly string[] {
  return (slice.endpoints ?? []).flatMap(({ targetRef }) =>
    targetRef?.kind === 'Pod' ? [`${targetRef.namespace ?? ''}/${targetRef.name ?? ''}`] : [],
  );
}

function serviceName({ metadata }: EndpointSlice): string {
  return metadata.labels?.[SERVICE_LABEL] ?? '';
}

function keyOf(object: KubernetesObject): string {
  return `${namespaceOf(object)}/${object.metadata.name}`;
}
