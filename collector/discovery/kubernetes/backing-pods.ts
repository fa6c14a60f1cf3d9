/** The Pods behind endpoints: their labels on the endpoints, and targets for their other ports. */
import { joinHostPort } from '../../../model/host-port.ts';
import type { Labels } from '../../../model/labels.ts';
import type { ObjectReference, Pod } from './discovered-objects.ts';
import { MetaLabels } from './meta-labels.ts';
import { addPodLabels, containersOf, type PodContainer } from './pod-targets.ts';
import type { AttachedMetadata, RelatedObjects } from './related-objects.ts';

interface SeenPod {
  readonly pod: Pod;
  /** Numbers of the ports that the endpoints have of it. */
  readonly ports: Set<number>;
}

/** Gathers the Pods of one group of endpoints. */
export class BackingPods {
  readonly #related: RelatedObjects;
  readonly #attached: AttachedMetadata;
  readonly #seen = new Map<string, SeenPod>();

  constructor(related: RelatedObjects, attached: AttachedMetadata) {
    this.#related = related;
    this.#attached = attached;
  }

  /**
   * Adds the labels of the Pod that an endpoint stands for, and of the container whose port it is.
   * @param protocol of the endpoint's port where it counts more than that of the container's port
   */
  add(
    target: MetaLabels,
    reference: ObjectReference | undefined,
    port: number | undefined,
    protocol?: string,
  ): void {
    if (reference?.kind !== 'Pod') return;
    const { namespace = '', name = '' } = reference;
    const pod = this.#related.pod(namespace, name);
    if (pod === undefined) return;
    const key = `${namespace}/${name}`;
    const seen = this.#seen.get(key) ?? { pod, ports: new Set() };
    this.#seen.set(key, seen);
    addPodLabels(target, pod, this.#related, this.#attached);
    if (port === undefined) return;
    seen.ports.add(port);
    for (const one of containersOf(pod)) {
      const declared = one.container.ports?.find(({ containerPort }) => containerPort === port);
      if (declared === undefined) continue;
      addContainerPort(target, one, port, declared.name, protocol ?? declared.protocol);
    }
  }

  /** Targets for the ports of the Pods that no endpoint has. */
  otherPorts(): readonly Labels[] {
    return [...this.#seen.values()].flatMap(({ pod, ports }) => {
      const host = pod.status?.podIP ?? '';
      // It is empty while a Pod starts, and after it was evicted.
      if (host === '') return [];
      return containersOf(pod).flatMap((one) =>
        (one.container.ports ?? []).flatMap(({ containerPort, name, protocol }) => {
          if (ports.has(containerPort)) return [];
          const address = joinHostPort({ host, port: String(containerPort) });
          const target = new MetaLabels().plain('__address__', address);
          addContainerPort(target, one, containerPort, name, protocol);
          return addPodLabels(target, pod, this.#related, this.#attached).labels();
        }),
      );
    });
  }
}

function addContainerPort(
  target: MetaLabels,
  { container, isInit }: PodContainer,
  port: number,
  name: string | undefined,
  protocol: string | undefined,
): void {
  target
    .set('pod_container_name', container.name)
    .set('pod_container_image', container.image)
    .set('pod_container_port_name', name ?? '')
    .set('pod_container_port_number', String(port))
    .set('pod_container_port_protocol', protocol)
    .set('pod_container_init', String(isInit));
}

/** The node on which an endpoint is, for `attach_metadata`. */
export function referencedNode(reference: ObjectReference | undefined): string | undefined {
  return reference?.kind === 'Node' ? (reference.name ?? '') : undefined;
}
