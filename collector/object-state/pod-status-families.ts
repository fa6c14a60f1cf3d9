/** Families of the state a Pod is in. */
import { conditionStatusRows, phases } from './conditions.ts';
import { type Family, gauge, number, row } from './family.ts';
import type { Pod } from './pod-object.ts';
import { unixSeconds, unixSecondsOrZeroTime } from './times.ts';

const PHASES = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running'];
const QOS_CLASSES = ['BestEffort', 'Burstable', 'Guaranteed'];

/** Reasons with a row of their own; of any other only the Pod's own is told, as `Other`. */
const REASONS = [
  'Evicted',
  'NodeAffinity',
  'NodeLost',
  'PreemptionByScheduler',
  'SchedulingGated',
  'Shutdown',
  'TerminationByKubelet',
  'UnexpectedAdmissionError',
];

const DISRUPTION_REASONS = [
  'PreemptionByScheduler',
  'DeletionByTaintManager',
  'EvictionByEvictionAPI',
  'DeletionByPodGC',
  'TerminationByKubelet',
];

const OTHER = 'Other';

export const POD_STATUS_FAMILIES: readonly Family<Pod>[] = [
  phases(
    'kube_pod_status_phase',
    'The phase the Pod is in.',
    PHASES,
    (pod: Pod) => pod.status?.phase,
  ),
  phases(
    'kube_pod_status_qos_class',
    'The quality of service class of the Pod.',
    QOS_CLASSES,
    (pod: Pod) => pod.status?.qosClass,
    'qos_class',
  ),
  gauge('kube_pod_status_ready', 'Whether the Pod is ready to serve.', (pod: Pod) =>
    conditionStatusRows(pod.status?.conditions, 'Ready'),
  ),
  gauge('kube_pod_status_scheduled', 'Whether the Pod has a node.', (pod: Pod) =>
    conditionStatusRows(pod.status?.conditions, 'PodScheduled'),
  ),
  transition('kube_pod_status_ready_time', 'became ready', 'Ready', 'True'),
  transition('kube_pod_status_initialized_time', 'was initialized', 'Initialized', 'True'),
  transition(
    'kube_pod_status_container_ready_time',
    'had all containers ready',
    'ContainersReady',
    'True',
  ),
  transition('kube_pod_status_scheduled_time', 'got a node', 'PodScheduled', 'True'),
  transition(
    'kube_pod_status_unscheduled_time',
    'was found to get no node',
    'PodScheduled',
    'False',
  ),
  gauge('kube_pod_status_unschedulable', '1 while no node takes the Pod.', (pod: Pod) =>
    conditionsOf(pod, 'PodScheduled', 'False').map(() => row(1)),
  ),
  gauge(
    'kube_pod_status_reason',
    'Why the Pod is in its state; only the present reason.',
    (pod: Pod) => {
      const known = REASONS.filter((reason) => hasReason(pod, reason));
      const own = pod.status?.reason ?? '';
      const all = own === '' || REASONS.includes(own) ? known : [...known, OTHER];
      return all.map((reason) => row(1, 'reason', reason));
    },
  ),
  gauge('kube_pod_status_disruption_reason', 'Why the Pod is about to be disrupted.', (pod: Pod) =>
    (pod.status?.conditions ?? [])
      .filter(({ type }) => type === 'DisruptionTarget')
      .map(({ reason = '' }) =>
        row(1, 'reason', DISRUPTION_REASONS.includes(reason) ? reason : OTHER),
      ),
  ),
  number('kube_pod_start_time', 'When the kubelet took the Pod, Unix seconds.', (pod: Pod) =>
    unixSeconds(pod.status?.startTime),
  ),
  number('kube_pod_completion_time', 'When the last container ended, Unix seconds.', (pod: Pod) => {
    const ends = (pod.status?.containerStatuses ?? []).flatMap(
      ({ state }) => unixSeconds(state?.terminated?.finishedAt) ?? [],
    );
    const last = ends.reduce((latest, end) => Math.max(latest, end), 0);
    return last > 0 ? last : undefined;
  }),
];

function conditionsOf(pod: Pod, type: string, status: string) {
  return (pod.status?.conditions ?? []).filter((one) => one.type === type && one.status === status);
}

function transition(name: string, what: string, type: string, status: string): Family<Pod> {
  return gauge(name, `When the Pod ${what}, Unix seconds.`, (pod) =>
    conditionsOf(pod, type, status).map(({ lastTransitionTime }) =>
      row(unixSecondsOrZeroTime(lastTransitionTime)),
    ),
  );
}

function hasReason({ status }: Pod, reason: string): boolean {
  return (
    status?.reason === reason ||
    (status?.conditions ?? []).some((one) => one.reason === reason) ||
    (status?.containerStatuses ?? []).some(({ state }) => state?.terminated?.reason === reason)
  );
}
