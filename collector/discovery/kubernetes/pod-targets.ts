/** Role `pod`: one target per declared port of a container, one for a container without any. */
import { joinHostPort } from '../../../model/host-port.ts';
import { emptyGroup, type TargetGroup } from '../discoverer.ts';
import type { Container, ContainerPort, Pod } from './discovered-objects.ts';
import { controllerOf, MetaLabels, namespaceOf } from './meta-labels.ts';
import type { AttachedMetadata, RelatedObjects } from './related-objects.ts';

/** A Pod that has no address yet has no targets, nor has one on a node that a selector left out. */
export function buildPod(
  pod: Pod,
  related: RelatedObjects,
  attached: AttachedMetadata,
): TargetGroup {
  const namespace = namespaceOf(pod);
  const source = `pod/${namespace}/${pod.metadata.name}`;
  const ip = pod.status?.podIP ?? '';
  const nodeName = pod.spec?.nodeName ?? '';
  if (ip === '') return emptyGroup(source);
  if (attached.node && related.node(nodeName) === undefined) return emptyGroup(source);
  const labels = addPodLabels(new MetaLabels(), pod, related, attached)
    .set('namespace', namespace)
    .attachedNode(nodeName, related, attached)
    .attachedNamespace(namespace, related, attached);
  const targets = containersOf(pod).flatMap(({ container, isInit }) => {
    const ports: readonly (ContainerPort | undefined)[] = container.ports?.length
      ? container.ports
      : [undefined];
    return ports.map((port) => {
      const number = port === undefined ? undefined : String(port.containerPort);
      const address = number === undefined ? ip : joinHostPort({ host: ip, port: number });
      return new MetaLabels()
        .plain('__address__', address)
        .set('pod_container_name', container.name)
        .set('pod_container_id', containerId(pod, container.name, isInit))
        .set('pod_container_image', container.image)
        .set('pod_container_port_number', number)
        .set('pod_container_port_name', port?.name)
        .set('pod_container_port_protocol', port?.protocol)
        .set('pod_container_init', String(isInit))
        .labels();
    });
  });
  return { source, targets, labels: labels.labels() };
}

/** What a Pod tells of itself wherever it is met. */
export function addPodLabels(
  labels: MetaLabels,
  pod: Pod,
  related: RelatedObjects,
  attached: AttachedMetadata,
): MetaLabels {
  const { status, metadata } = pod;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  labels
    .set('pod_ip', status?.podIP)
    .set('pod_ready', (ready === undefined ? 'unknown' : (ready.status ?? '')).toLowerCase())
    .set('pod_phase', status?.phase)
    .set('pod_node_name', pod.spec?.nodeName)
    .set('pod_host_ip', status?.hostIP)
    .set('pod_uid', metadata.uid)
    .object('pod', pod);
  return addController(labels, pod, related, attached);
}

function addController(
  labels: MetaLabels,
  pod: Pod,
  related: RelatedObjects,
  attached: AttachedMetadata,
): MetaLabels {
  const owner = controllerOf(pod);
  if (owner === undefined) return labels;
  const { kind, name } = owner;
  const namespace = namespaceOf(pod);
  labels.set('pod_controller_kind', kind).set('pod_controller_name', name);
  if (kind === 'ReplicaSet' && attached.deployment) {
    const replicaSet = related.replicaSet(namespace, name);
    const above = replicaSet === undefined ? undefined : controllerOf(replicaSet);
    if (above?.kind === 'Deployment') labels.set('pod_deployment_name', above.name);
  }
  if (kind === 'Job' && attached.job) labels.set('pod_job_name', name);
  if (kind === 'Job' && attached.cronjob) {
    const job = related.job(namespace, name);
    const above = job === undefined ? undefined : controllerOf(job);
    if (above?.kind === 'CronJob') labels.set('pod_cronjob_name', above.name);
  }
  return labels;
}

export interface PodContainer {
  readonly container: Container;
  readonly isInit: boolean;
}

/** Init containers come last. */
export function containersOf({ spec }: Pod): readonly PodContainer[] {
  return [
    ...(spec?.containers ?? []).map((container) => ({ container, isInit: false })),
    ...(spec?.initContainers ?? []).map((container) => ({ container, isInit: true })),
  ];
}

function containerId({ status }: Pod, name: string, isInit: boolean): string | undefined {
  const statuses = isInit ? status?.initContainerStatuses : status?.containerStatuses;
  return statuses?.find((one) => one.name === name)?.containerID;
}
