/** Families of Deployments, StatefulSets, DaemonSets, ReplicaSets and ReplicationControllers. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { type Condition, statusRows } from './conditions.ts';
import { type Family, gauge, info, number, type ObjectFamilies, row } from './family.ts';
import { scaledValue } from './int-or-percent.ts';
import { created, deletionTimestamp, generation, owner, plainOwner } from './meta-families.ts';

interface Workload extends KubernetesObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly strategy?: {
      readonly rollingUpdate?: {
        readonly maxUnavailable?: number | string;
        readonly maxSurge?: number | string;
      };
    };
    readonly ordinals?: { readonly start?: number };
    readonly persistentVolumeClaimRetentionPolicy?: {
      readonly whenDeleted?: string;
      readonly whenScaled?: string;
    };
  };
  /** Counts by their names in the API. */
  readonly status?: Readonly<Record<string, unknown>> & {
    readonly conditions?: readonly Condition[] | null;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

/** Reasons that label values may be; any other is `unknown`. */
const DEPLOYMENT_REASONS = new Set([
  '',
  'ReplicaSetUpdated',
  'ReplicaSetCreateError',
  'NewReplicaSetCreated',
  'FoundNewReplicaSet',
  'NewReplicaSetAvailable',
  'ProgressDeadlineExceeded',
  'DeploymentPaused',
  'DeploymentResumed',
  'MinimumReplicasAvailable',
  'MinimumReplicasUnavailable',
]);

export const DEPLOYMENTS: ObjectFamilies<Workload> = {
  name: 'deployments',
  resources: [api.DEPLOYMENTS],
  prefix: 'kube_deployment',
  mapped: 'both',
  labels: named('deployment'),
  families: [
    created('kube_deployment'),
    deletionTimestamp('kube_deployment'),
    generation('kube_deployment'),
    plainOwner('kube_deployment', 'Deployment'),
    count('kube_deployment_status_replicas', 'Pods there are.', 'replicas'),
    count('kube_deployment_status_replicas_ready', 'Pods that are ready.', 'readyReplicas'),
    count(
      'kube_deployment_status_replicas_available',
      'Pods that are available.',
      'availableReplicas',
    ),
    count(
      'kube_deployment_status_replicas_unavailable',
      'Pods that are missing or not available.',
      'unavailableReplicas',
    ),
    count(
      'kube_deployment_status_replicas_updated',
      'Pods of the new template.',
      'updatedReplicas',
    ),
    terminating('kube_deployment_status_terminating_replicas'),
    count(
      'kube_deployment_status_observed_generation',
      'Desired state that the controller has seen.',
      'observedGeneration',
    ),
    gauge('kube_deployment_status_condition', 'Conditions of the Deployment.', (object: Workload) =>
      (object.status?.conditions ?? []).flatMap(({ type, status, reason = '' }) => {
        const known = DEPLOYMENT_REASONS.has(reason) ? reason : 'unknown';
        return statusRows(status, 'status', 'reason', known, 'condition', type);
      }),
    ),
    desired('kube_deployment_spec_replicas'),
    number('kube_deployment_spec_paused', '1 while the Deployment is paused.', (object: Workload) =>
      Number(object.spec?.paused === true),
    ),
    number(
      'kube_deployment_spec_strategy_rollingupdate_max_unavailable',
      'Pods that may be missing during an update.',
      ({ spec }: Workload) =>
        scaledValue(spec?.strategy?.rollingUpdate?.maxUnavailable, spec?.replicas, Math.floor),
    ),
    number(
      'kube_deployment_spec_strategy_rollingupdate_max_surge',
      'Pods above the desired number that there may be during an update.',
      ({ spec }: Workload) =>
        scaledValue(spec?.strategy?.rollingUpdate?.maxSurge, spec?.replicas, Math.ceil),
    ),
  ],
};

export const STATEFULSETS: ObjectFamilies<Workload> = {
  name: 'statefulsets',
  resources: [api.STATEFUL_SETS],
  prefix: 'kube_statefulset',
  mapped: 'both',
  labels: named('statefulset'),
  families: [
    created('kube_statefulset'),
    deletionTimestamp('kube_statefulset'),
    generation('kube_statefulset'),
    count('kube_statefulset_status_replicas', 'Pods there are.', 'replicas'),
    count(
      'kube_statefulset_status_replicas_available',
      'Pods that are available.',
      'availableReplicas',
    ),
    count(
      'kube_statefulset_status_replicas_current',
      'Pods of the current revision.',
      'currentReplicas',
    ),
    count('kube_statefulset_status_replicas_ready', 'Pods that are ready.', 'readyReplicas'),
    count(
      'kube_statefulset_status_replicas_updated',
      'Pods of the update revision.',
      'updatedReplicas',
    ),
    count(
      'kube_statefulset_status_observed_generation',
      'Desired state that the controller has seen.',
      'observedGeneration',
    ),
    desired('kube_statefulset_replicas'),
    number('kube_statefulset_ordinals_start', 'Number of the first Pod.', ({ spec }: Workload) =>
      spec?.ordinals ? (spec.ordinals.start ?? 0) : undefined,
    ),
    gauge(
      'kube_statefulset_persistentvolumeclaim_retention_policy',
      'What becomes of claims.',
      ({ spec }: Workload) => {
        const { whenDeleted = '', whenScaled = '' } =
          spec?.persistentVolumeClaimRetentionPolicy ?? {};
        if (whenDeleted === '' && whenScaled === '') return [];
        return [row(1, 'when_deleted', whenDeleted, 'when_scaled', whenScaled)];
      },
    ),
    info(
      'kube_statefulset_status_current_revision',
      'Revision of the Pods that are not updated.',
      ({ status }: Workload) => ['revision', status?.currentRevision],
    ),
    info(
      'kube_statefulset_status_update_revision',
      'Revision of the updated Pods.',
      ({ status }: Workload) => ['revision', status?.updateRevision],
    ),
  ],
};

/** Suffix of the family, its help, and the name in the API. */
const DAEMONSET_COUNTS: readonly (readonly [string, string, string])[] = [
  ['current_number_scheduled', 'Nodes that run it and should.', 'currentNumberScheduled'],
  ['desired_number_scheduled', 'Nodes that should run it.', 'desiredNumberScheduled'],
  ['number_available', 'Nodes where it is available.', 'numberAvailable'],
  ['number_misscheduled', 'Nodes that run it and should not.', 'numberMisscheduled'],
  ['number_ready', 'Nodes where it is ready.', 'numberReady'],
  ['number_unavailable', 'Nodes where it is missing or not available.', 'numberUnavailable'],
  ['observed_generation', 'Desired state that the controller has seen.', 'observedGeneration'],
  ['updated_number_scheduled', 'Nodes that run the new template.', 'updatedNumberScheduled'],
];

export const DAEMONSETS: ObjectFamilies<Workload> = {
  name: 'daemonsets',
  resources: [api.DAEMON_SETS],
  prefix: 'kube_daemonset',
  mapped: 'both',
  labels: named('daemonset'),
  families: [
    created('kube_daemonset'),
    deletionTimestamp('kube_daemonset'),
    generation('kube_daemonset'),
    ...DAEMONSET_COUNTS.map(([suffix, help, field]) =>
      count(`kube_daemonset_status_${suffix}`, help, field),
    ),
  ],
};

export const REPLICASETS: ObjectFamilies<Workload> = {
  name: 'replicasets',
  resources: [api.REPLICA_SETS],
  prefix: 'kube_replicaset',
  mapped: 'both',
  labels: named('replicaset'),
  families: [
    created('kube_replicaset'),
    generation('kube_replicaset'),
    owner('kube_replicaset', 'ReplicaSet'),
    ...replicaCounts('kube_replicaset'),
    terminating('kube_replicaset_status_terminating_replicas'),
    desired('kube_replicaset_spec_replicas'),
  ],
};

export const REPLICATIONCONTROLLERS: ObjectFamilies<Workload> = {
  name: 'replicationcontrollers',
  resources: [api.REPLICATION_CONTROLLERS],
  prefix: 'kube_replicationcontroller',
  mapped: 'none',
  labels: named('replicationcontroller'),
  families: [
    created('kube_replicationcontroller'),
    generation('kube_replicationcontroller'),
    owner('kube_replicationcontroller', 'ReplicationController'),
    ...replicaCounts('kube_replicationcontroller'),
    count(
      'kube_replicationcontroller_status_available_replicas',
      'Pods that are available.',
      'availableReplicas',
    ),
    desired('kube_replicationcontroller_spec_replicas'),
  ],
};

function named(label: string): (object: KubernetesObject) => readonly (string | undefined)[] {
  return ({ metadata }) => ['namespace', metadata.namespace, label, metadata.name];
}

function replicaCounts(prefix: string): readonly Family<Workload>[] {
  return [
    count(`${prefix}_status_replicas`, 'Pods there are.', 'replicas'),
    count(
      `${prefix}_status_fully_labeled_replicas`,
      'Pods with all labels of the template.',
      'fullyLabeledReplicas',
    ),
    count(`${prefix}_status_ready_replicas`, 'Pods that are ready.', 'readyReplicas'),
    count(
      `${prefix}_status_observed_generation`,
      'Desired state that the controller has seen.',
      'observedGeneration',
    ),
  ];
}

/** A number of the status, 0 where the API leaves it out. */
function count(name: string, help: string, field: string): Family<Workload> {
  return number(name, help, ({ status }) => {
    const value = status?.[field];
    return typeof value === 'number' ? value : 0;
  });
}

function desired(name: string): Family<Workload> {
  return number(name, 'Desired number of Pods.', ({ spec }) => spec?.replicas);
}

function terminating(name: string): Family<Workload> {
  return number(name, 'Pods that are being deleted.', ({ status }) => {
    const value = status?.['terminatingReplicas'];
    return typeof value === 'number' ? value : undefined;
  });
}
