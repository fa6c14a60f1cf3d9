/** The series of a node of a made-up cluster, as kubelet and kube-state-metrics give them. */
import { Labels } from '../model/labels.ts';

export interface NodeColumn {
  readonly labels: Labels;
  readonly base: number;
  /** From scrape to scrape. */
  readonly growth: number;
}

const CONTAINERS_PER_POD = 2;
const CORES = 64;
const CADVISOR = { cluster: 'c', job: 'kubelet', metrics_path: '/metrics/cadvisor' } as const;
const STATE = { cluster: 'c', instance: 'watchkeeper/c', job: 'kube-state-metrics' } as const;

const COUNTERS = [
  'container_cpu_usage_seconds_total',
  'container_oom_events_total',
  'container_pressure_cpu_waiting_seconds_total',
  'container_pressure_io_waiting_seconds_total',
  'container_pressure_memory_waiting_seconds_total',
] as const;
const CONTAINER_COUNTERS = [
  'container_cpu_cfs_periods_total',
  'container_cpu_cfs_throttled_periods_total',
] as const;
const DISK_COUNTERS = [
  'container_fs_reads_bytes_total',
  'container_fs_reads_total',
  'container_fs_writes_bytes_total',
  'container_fs_writes_total',
] as const;
const GAUGES = [
  'container_memory_rss',
  'container_memory_usage_bytes',
  'container_memory_working_set_bytes',
] as const;
const NETWORK = ['receive', 'transmit'].flatMap((way) =>
  ['bytes', 'packets', 'errors', 'packets_dropped'].map((what) => {
    return `container_network_${way}_${what}_total`;
  }),
);
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

export function nodeColumns(node: number, podCount: number): readonly NodeColumn[] {
  const columns: NodeColumn[] = [];
  const nodeName = `node-${node}`;
  const add = (
    name: string,
    labels: Readonly<Record<string, string>>,
    base: number,
    growth = 0,
  ): void => {
    columns.push({ labels: Labels.fromRecord({ __name__: name, ...labels }), base, growth });
  };
  const target = { ...CADVISOR, node: nodeName, instance: `10.0.0.${node}:10250` };
  const counted = (labels: Readonly<Record<string, string>>, isContainer: boolean): void => {
    const row = { ...target, ...labels };
    for (const name of COUNTERS) add(name, row, 100, 0.3);
    for (const name of GAUGES) add(name, row, 1e8);
    for (const name of DISK_COUNTERS) add(name, { ...row, device: '/dev/vda' }, 1e6, 300);
    if (isContainer) for (const name of CONTAINER_COUNTERS) add(name, row, 1000, 3);
  };
  counted({ id: '/' }, false);
  add('machine_cpu_cores', target, CORES);
  add('machine_memory_bytes', target, 2 ** 38);
  for (const [resource, amount] of [
    ['cpu', CORES],
    ['memory', 2 ** 38],
    ['pods', 110],
  ] as const) {
    for (const family of ['allocatable', 'capacity']) {
      add(`kube_node_status_${family}`, { ...STATE, node: nodeName, resource }, amount);
    }
  }
  const ready = { ...STATE, node: nodeName, condition: 'Ready', status: 'true' };
  add('kube_node_status_condition', ready, 1);
  for (let index = 0; index < podCount; index++) addPod(index);
  return columns;

  function addPod(index: number): void {
    const workload = `app-${(node * podCount + index) % 997}`;
    const pod = `${workload}-${node}-${index}`;
    const namespace = `team-${index % 23}`;
    const name = { namespace, pod };
    const id = `/kubepods.slice/pod${node}-${index}`;
    counted({ ...name, id }, false);
    const sandbox = { ...name, id: `${id}/pause`, image: 'pause', name: `${pod}-pause` };
    counted(sandbox, false);
    for (const family of NETWORK) {
      for (const device of ['eth0', 'lo']) {
        add(family, { ...target, ...sandbox, interface: device }, 1e6, 3000);
      }
    }
    const state = { ...STATE, ...name, uid: `uid-${node}-${index}` };
    for (const phase of PHASES)
      add('kube_pod_status_phase', { ...state, phase }, phase === 'Running' ? 1 : 0);
    for (const condition of ['true', 'false', 'unknown']) {
      add('kube_pod_status_ready', { ...state, condition }, condition === 'true' ? 1 : 0);
    }
    add('kube_pod_info', { ...state, node: nodeName, host_network: 'false' }, 1);
    const owner = {
      workload_kind: 'Deployment',
      workload,
      phase: 'Running',
      host_network: 'false',
    };
    add('wk_pod_workload', { cluster: 'c', ...name, uid: state.uid, node: nodeName, ...owner }, 1);
    add('wk_pod_service', { cluster: 'c', ...name, service: workload }, 1);
    for (let at = 0; at < CONTAINERS_PER_POD; at++) {
      const container = `c${at}`;
      const own = { ...name, container, id: `${id}/${at}`, image: 'app', name: `${pod}-${at}` };
      counted(own, true);
      const row = { ...state, container };
      for (const [resource, unit] of [
        ['cpu', 'core'],
        ['memory', 'byte'],
      ] as const) {
        const amount = { ...row, node: nodeName, resource, unit };
        add('kube_pod_container_resource_requests', amount, resource === 'cpu' ? 0.1 : 1e8);
        add('kube_pod_container_resource_limits', amount, resource === 'cpu' ? 1 : 4e8);
      }
      add('kube_pod_container_status_restarts_total', row, 0);
    }
  }
}
