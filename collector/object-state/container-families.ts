/** Families of containers and of init containers, which differ in their names only. */
import { counter, type Family, gauge, type Row, row } from './family.ts';
import type { Container, ContainerStatus, Pod } from './pod-object.ts';
import { containerResourceRows } from './resource-rows.ts';
import { unixSecondsOrZeroTime } from './times.ts';

/** Which containers of a Pod. */
interface ContainerKind {
  /** 'kube_pod_container' or 'kube_pod_init_container'. */
  readonly prefix: string;
  /** In help texts. */
  readonly noun: string;
  readonly specs: (pod: Pod) => readonly Container[];
  readonly statuses: (pod: Pod) => readonly ContainerStatus[];
  /** Init containers tell which of them are sidecars. */
  readonly hasRestartPolicy: boolean;
}

const CONTAINERS: ContainerKind = {
  prefix: 'kube_pod_container',
  noun: 'container',
  specs: (pod) => pod.spec?.containers ?? [],
  statuses: (pod) => pod.status?.containerStatuses ?? [],
  hasRestartPolicy: false,
};

const INIT_CONTAINERS: ContainerKind = {
  prefix: 'kube_pod_init_container',
  noun: 'init container',
  specs: (pod) => pod.spec?.initContainers ?? [],
  statuses: (pod) => pod.status?.initContainerStatuses ?? [],
  hasRestartPolicy: true,
};

/** Those of containers, then those of init containers. */
export const CONTAINER_FAMILIES: readonly Family<Pod>[] = [CONTAINERS, INIT_CONTAINERS].flatMap(
  (kind) => [...specFamilies(kind), ...stateFamilies(kind), ...lastStateFamilies(kind)],
);

function specFamilies({
  prefix,
  noun,
  specs,
  statuses,
  hasRestartPolicy,
}: ContainerKind): readonly Family<Pod>[] {
  const resources = (list: 'requests' | 'limits') => (pod: Pod) =>
    specs(pod).flatMap(({ name, resources: own }) =>
      containerResourceRows(own?.[list], 'container', name, 'node', pod.spec?.nodeName),
    );
  return [
    gauge(`${prefix}_info`, `Image and id of the ${noun}.`, (pod: Pod) =>
      specs(pod).flatMap((spec) =>
        statuses(pod)
          .filter(({ name }) => name === spec.name)
          .map((status) => infoRow(spec, status, hasRestartPolicy)),
      ),
    ),
    gauge(`${prefix}_resource_limits`, `Resource limits of the ${noun}.`, resources('limits')),
    gauge(`${prefix}_resource_requests`, `Resources the ${noun} requests.`, resources('requests')),
  ];
}

function infoRow(spec: Container, status: ContainerStatus, hasRestartPolicy: boolean): Row {
  const { name, image, imageID, containerID } = status;
  const labels = ['container', name, 'image_spec', spec.image, 'image', image];
  labels.push('image_id', imageID, 'container_id', containerID);
  if (hasRestartPolicy) labels.push('restart_policy', spec.restartPolicy);
  return { value: 1, labels };
}

/** One row per container that has the value. */
function statusRows(
  statuses: (pod: Pod) => readonly ContainerStatus[],
  value: (status: ContainerStatus) => number | boolean | undefined,
): (pod: Pod) => readonly Row[] {
  return (pod) =>
    statuses(pod).flatMap((status) => {
      const found = value(status);
      return found === undefined ? [] : [row(Number(found), 'container', status.name)];
    });
}

/** One row per container that has a reason, which may be ''. */
function reasonRows(
  statuses: (pod: Pod) => readonly ContainerStatus[],
  of: (status: ContainerStatus) => { readonly reason?: string } | undefined,
): (pod: Pod) => readonly Row[] {
  return (pod) =>
    statuses(pod).flatMap((status) => {
      const found = of(status);
      return found ? [row(1, 'container', status.name, 'reason', found.reason)] : [];
    });
}

function stateFamilies({ prefix, noun, statuses }: ContainerKind): readonly Family<Pod>[] {
  const is = (state: 'waiting' | 'running' | 'terminated') =>
    gauge(
      `${prefix}_status_${state}`,
      `Whether the ${noun} is ${state} now.`,
      statusRows(statuses, (one) => Boolean(one.state?.[state])),
    );
  return [
    gauge(`${prefix}_state_started`, `When the ${noun} started, Unix seconds.`, (pod: Pod) =>
      statusRows(statuses, ({ state }) => {
        const present = state?.running ?? state?.terminated;
        return present ? unixSecondsOrZeroTime(present.startedAt) : undefined;
      })(pod),
    ),
    gauge(
      `${prefix}_status_ready`,
      `Whether the ${noun} passes its readiness check.`,
      statusRows(statuses, ({ ready }) => ready === true),
    ),
    counter(
      `${prefix}_status_restarts_total`,
      `How often the ${noun} was restarted.`,
      statusRows(statuses, ({ restartCount }) => restartCount ?? 0),
    ),
    is('running'),
    is('terminated'),
    gauge(
      `${prefix}_status_terminated_reason`,
      `Why the ${noun} is terminated; no row while it is not.`,
      reasonRows(statuses, ({ state }) => state?.terminated),
    ),
    is('waiting'),
    gauge(
      `${prefix}_status_waiting_reason`,
      `Why the ${noun} waits; no row while it does not.`,
      reasonRows(statuses, ({ state }) => state?.waiting),
    ),
  ];
}

function lastStateFamilies({ prefix, noun, statuses }: ContainerKind): readonly Family<Pod>[] {
  return [
    gauge(
      `${prefix}_status_last_terminated_reason`,
      `Why the ${noun} was terminated the last time.`,
      reasonRows(statuses, ({ lastState }) => lastState?.terminated),
    ),
    gauge(
      `${prefix}_status_last_terminated_exitcode`,
      `Exit code of the ${noun}'s last termination.`,
      statusRows(statuses, ({ lastState }) =>
        lastState?.terminated ? (lastState.terminated.exitCode ?? 0) : undefined,
      ),
    ),
    gauge(
      `${prefix}_status_last_terminated_timestamp`,
      `When the ${noun} was terminated the last time, Unix seconds.`,
      statusRows(statuses, ({ lastState }) =>
        lastState?.terminated ? unixSecondsOrZeroTime(lastState.terminated.finishedAt) : undefined,
      ),
    ),
  ];
}
