/** Families of Pods. */

import { isIP } from 'node:net';
import * as api from '../../kubernetes/resources.ts';
import { CONTAINER_FAMILIES } from './container-families.ts';
import { type Family, gauge, info, number, type ObjectFamilies, row } from './family.ts';
import { mapLabels } from './label-families.ts';
import { controllerOf, created, deletionTimestamp, owner } from './meta-families.ts';
import type { Pod, PodResourceClaim, PodVolume, Toleration } from './pod-object.ts';
import { POD_STATUS_FAMILIES } from './pod-status-families.ts';
import { quantityNumber, quantityUnits } from './quantity.ts';

const SPEC_FAMILIES: readonly Family<Pod>[] = [
  info('kube_pod_info', 'Where the Pod runs, and who made it.', (pod: Pod) => {
    const { spec, status } = pod;
    const maker = controllerOf(pod);
    return [
      'host_ip',
      status?.hostIP,
      'pod_ip',
      status?.podIP,
      'node',
      spec?.nodeName,
      'created_by_kind',
      maker?.kind,
      'created_by_name',
      maker?.name,
      'priority_class',
      spec?.priorityClassName,
      'host_network',
      String(spec?.hostNetwork === true),
    ];
  }),
  gauge('kube_pod_ips', 'Addresses of the Pod.', (pod: Pod) =>
    (pod.status?.podIPs ?? []).flatMap(({ ip = '' }) => {
      const family = ipFamily(ip);
      return family === undefined ? [] : [row(1, 'ip', ip, 'ip_family', family)];
    }),
  ),
  info('kube_pod_restart_policy', 'Restart policy of the Pod.', (pod: Pod) => [
    'type',
    pod.spec?.restartPolicy,
  ]),
  gauge('kube_pod_runtimeclass_name_info', 'Runtime class of the Pod.', (pod: Pod) => {
    const name = pod.spec?.runtimeClassName;
    return name === undefined || name === null ? [] : [row(1, 'runtimeclass_name', name)];
  }),
  number('kube_pod_overhead_cpu_cores', 'Cores that running the Pod takes by itself.', (pod: Pod) =>
    quantityNumber(pod.spec?.overhead?.['cpu']),
  ),
  number(
    'kube_pod_overhead_memory_bytes',
    'Memory that running the Pod takes by itself.',
    (pod: Pod) => quantityUnits(pod.spec?.overhead?.['memory']),
  ),
  gauge('kube_pod_tolerations', 'Tolerations of the Pod, each once.', (pod: Pod) => {
    const rows = (pod.spec?.tolerations ?? []).map((one) => ({ value: 1, labels: labelsOf(one) }));
    return [...new Map(rows.map((one) => [one.labels.join('\0'), one])).values()];
  }),
  info('kube_pod_service_account', 'Service account of the Pod.', (pod: Pod) => [
    'service_account',
    pod.spec?.serviceAccountName,
  ]),
  info('kube_pod_scheduler', 'Scheduler of the Pod.', (pod: Pod) => [
    'name',
    pod.spec?.schedulerName,
  ]),
  gauge(
    'kube_pod_spec_volumes_persistentvolumeclaims_info',
    'Claims that the Pod mounts.',
    claimRows(() => 1),
  ),
  gauge(
    'kube_pod_spec_volumes_persistentvolumeclaims_readonly',
    'Whether the Pod mounts the claim read only.',
    claimRows(({ persistentVolumeClaim }) => (persistentVolumeClaim?.readOnly === true ? 1 : 0)),
  ),
  gauge('kube_pod_resourceclaim_info', 'Resource claims of the Pod.', (pod: Pod) =>
    (pod.spec?.resourceClaims ?? []).filter(isWhole).map((claim) => {
      const template = claim.resourceClaimTemplateName;
      const name = claim.resourceClaimName ?? resolvedClaim(pod, claim.name);
      const labels = ['claim_name', claim.name, 'resourceclaim_name', name];
      return row(1, ...labels, 'resourceclaim_template_name', template);
    }),
  ),
];

/** Of Pods. `kube_pod_nodeselectors` is only there when it is asked for. */
export const PODS: ObjectFamilies<Pod> = {
  name: 'pods',
  resources: [api.PODS],
  prefix: 'kube_pod',
  mapped: 'both',
  labels: ({ metadata }) => [
    'namespace',
    metadata.namespace,
    'pod',
    metadata.name,
    'uid',
    metadata.uid,
  ],
  families: [
    created('kube_pod'),
    deletionTimestamp('kube_pod'),
    owner('kube_pod', 'Pod'),
    ...SPEC_FAMILIES,
    ...POD_STATUS_FAMILIES,
    ...CONTAINER_FAMILIES,
  ],
  optIn: [
    info('kube_pod_nodeselectors', 'Node selector of the Pod.', (pod: Pod) =>
      mapLabels('nodeselector', pod.spec?.nodeSelector),
    ),
  ],
};

/** `::ffff:10.0.0.1` is an address of IPv4. */
function ipFamily(ip: string): '4' | '6' | undefined {
  const version = isIP(ip);
  if (version === 0) return undefined;
  return version === 4 || /^::ffff:\d+\./i.test(ip) ? '4' : '6';
}

function labelsOf({ key, operator, value, effect, tolerationSeconds }: Toleration) {
  const labels = ['key', key, 'operator', operator, 'value', value, 'effect', effect];
  return [...labels, 'toleration_seconds', tolerationSeconds];
}

function claimRows(value: (volume: PodVolume) => number) {
  return ({ metadata, spec }: Pod) =>
    (spec?.volumes ?? []).flatMap((volume) => {
      const { name, persistentVolumeClaim: claim, ephemeral } = volume;
      if (claim) {
        const labels = ['volume', name, 'persistentvolumeclaim', claim.claimName];
        return [row(value(volume), ...labels, 'ephemeral', 'false')];
      }
      if (!ephemeral) return [];
      // The name that Kubernetes gives to the claim of an ephemeral volume.
      const claimName = `${metadata.name}-${name}`;
      const labels = ['volume', name, 'persistentvolumeclaim', claimName];
      return [row(value(volume), ...labels, 'ephemeral', 'true')];
    });
}

function isWhole({ resourceClaimName, resourceClaimTemplateName }: PodResourceClaim): boolean {
  return (resourceClaimName ?? resourceClaimTemplateName ?? undefined) !== undefined;
}

function resolvedClaim({ status }: Pod, name: string | undefined): string | undefined {
  return (status?.resourceClaimStatuses ?? []).findLast((one) => one.name === name)
    ?.resourceClaimName;
}
