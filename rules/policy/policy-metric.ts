/** What a policy has to know of the metrics it is about. */
import type { LabelDemand, PolicyType } from './alarm-policy.ts';

export interface PolicyMetric {
  readonly name: string;
  /** Of the display: `%`, `bytes`; '' for none. */
  readonly unit: string;
  /** What a stored value is multiplied by for the display: 100 for ratios shown in percent. */
  readonly factor: number;
  /** What the metric's series are about; undefined when it is none of the kinds of objects. */
  readonly level: ObjectLevel | undefined;
  /** Of the metric's own labels, where a name means some of its series only. */
  readonly where: readonly LabelDemand[];
}

export type ObjectLevel = Exclude<PolicyType, 'event' | 'promql' | 'absence'>;

/** Finds a metric by its own name or by the one that a cloud has for it. */
export type FindMetric = (name: string) => PolicyMetric;

/** The labels that make one object of a kind. */
const IDENTITY: Readonly<Record<ObjectLevel, readonly string[]>> = {
  cluster: ['cluster'],
  node: ['cluster', 'node'],
  workload: ['cluster', 'namespace', 'workload_kind', 'workload'],
  pod: ['cluster', 'namespace', 'pod'],
  container: ['cluster', 'namespace', 'pod', 'container'],
  pvc: ['cluster', 'namespace', 'persistentvolumeclaim'],
  service: ['cluster', 'namespace', 'service'],
};

/** Series that are there for each object that exists; undefined: nothing says so. */
const EXISTENCE: Readonly<Partial<Record<ObjectLevel, string>>> = {
  node: 'kube_node_info',
  workload: 'wk_workload_replicas_desired',
  pod: 'wk_pod_workload{phase=~"Pending|Running"}',
  container: 'wk_pod_workload{phase=~"Pending|Running"}',
  pvc: 'kube_persistentvolumeclaim_info',
  service: 'kube_service_info',
};

/** Undefined: whatever labels the result has. */
export function identityLabels(level: ObjectLevel | undefined): readonly string[] | undefined {
  return level === undefined ? undefined : IDENTITY[level];
}

export interface Existence {
  readonly expr: string;
  readonly on: readonly string[];
}

export function existenceOf(level: ObjectLevel | undefined): Existence | undefined {
  const expr = level === undefined ? undefined : EXISTENCE[level];
  if (level === undefined || expr === undefined) return undefined;
  return { expr, on: IDENTITY[level === 'container' ? 'pod' : level] };
}

export function objectLevel(type: PolicyType): ObjectLevel | undefined {
  return type === 'event' || type === 'promql' || type === 'absence' ? undefined : type;
}

const OWN_NAME = /^wk_([a-z]+)_/;
const PERCENT = 100;

/** What a name says by itself: ours name the kind of object and end with the unit. */
export function metricByName(name: string): PolicyMetric {
  const kind = OWN_NAME.exec(name)?.[1] ?? '';
  const level = kind in IDENTITY ? (kind as ObjectLevel) : undefined;
  const isRatio = level !== undefined && name.endsWith('_ratio');
  return {
    name,
    unit: isRatio ? '%' : unitOf(name),
    factor: isRatio ? PERCENT : 1,
    level,
    where: [],
  };
}

const UNITS: readonly (readonly [string, string])[] = [
  ['_bytes_per_second', 'B/s'],
  ['_packets_per_second', 'packets/s'],
  ['_per_second', '/s'],
  ['_bytes', 'B'],
  ['_seconds', 's'],
  ['_cores', 'cores'],
  ['_iops', 'ops/s'],
];

function unitOf(name: string): string {
  return UNITS.find(([ending]) => name.endsWith(ending))?.[1] ?? '';
}
