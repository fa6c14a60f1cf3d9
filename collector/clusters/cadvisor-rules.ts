/**
 * What of a kubelet's /metrics/cadvisor is kept. cAdvisor exposes every cgroup of the machine in
 * some seventy families; kube-prometheus drops about the same.
 */
import type { RelabelConfig } from '../../config/types.ts';
import { rule } from './job-config.ts';

/** Nobody reads them, or `rate` of another family says it better. */
const USELESS_FAMILIES =
  'container_tasks_state|container_cpu_load_average_10s|container_cpu_load_d_average_10s' +
  '|container_memory_failures_total|container_network_(tcp|udp)6?_usage_total' +
  '|container_ulimits_soft';

/** Only with the profile `full`. */
const DETAIL_FAMILIES =
  'container_fs_(inodes.*|io_.*|sector_.*|.*_merged_total|read_seconds.*|write_seconds.*)';

/** Of use for containers, not for slices. */
const CONTAINER_FAMILIES =
  'container_(file_descriptors|sockets|threads|threads_max|processes|spec_.*|last_seen|start_time_seconds)';

/**
 * cgroups without Pod that are kept: the machine, the kubelet, the runtime, and the parents of all
 * Pods and of those of a quality class. Kind and k3s put a slice of their own before it.
 */
const KEPT_SLICES =
  '/|(/.*)?/(kubelet|containerd|crio|cri-o|docker|k3s|k3s-agent|rke2-server|rke2-agent)(\\.service)?' +
  '|(/.*)?/(kubelet-)?kubepods(\\.slice)?(/(kubelet-)?(kubepods-)?(besteffort|burstable)(\\.slice)?)?';

/** Devices that the kernel puts into every network namespace. */
const IDLE_DEVICES = 'tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|sit0|ip6tnl0|ip6gre0|lo';

const KEEP = '__tmp_keep';

/** @param isFull keeps the rarely used families of file systems */
export function cadvisorRules(isFull: boolean): readonly RelabelConfig[] {
  return [
    dropNames(isFull ? USELESS_FAMILIES : `${USELESS_FAMILIES}|${DETAIL_FAMILIES}`),
    // Per device, as the machine sees them: containers have container_fs_reads_bytes_total.
    drop(['__name__', 'container'], 'container_blkio_device_usage_total;.+'),
    drop(['__name__', 'pod'], `${CONTAINER_FAMILIES};`),
    rule({
      action: 'replace',
      sourceLabels: ['pod'],
      regex: '.+',
      targetLabel: KEEP,
      replacement: '1',
    }),
    rule({
      action: 'replace',
      sourceLabels: ['pod', 'id'],
      regex: `;(${KEPT_SLICES})`,
      targetLabel: KEEP,
      replacement: '1',
    }),
    drop(['__name__', KEEP, 'id'], 'container_.*;;.+'),
    drop(['pod', 'interface'], `.+;(${IDLE_DEVICES})`),
    // A container's identity is its Pod and its name: what it had before a restart goes on.
    rule({
      action: 'replace',
      sourceLabels: ['pod'],
      regex: '.+',
      targetLabel: 'id',
      replacement: '',
    }),
    rule({ action: 'labeldrop', regex: `name|${KEEP}` }),
  ];
}

export function dropNames(regex: string): RelabelConfig {
  return drop(['__name__'], regex);
}

function drop(sourceLabels: readonly string[], regex: string): RelabelConfig {
  return rule({ action: 'drop', sourceLabels, regex });
}
