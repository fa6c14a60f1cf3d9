/** The built-in Kubernetes metrics, all levels together. */
import { BLOCKS } from './blocks.ts';
import {
  type CatalogueEntry,
  type CatalogueLevel,
  type CatalogueMetric,
  IDENTITY_LABELS,
} from './catalogue-metric.ts';
import { CLUSTER_METRICS } from './cluster-metrics.ts';
import { CONTAINER_METRICS } from './container-metrics.ts';
import { NODE_METRICS } from './node-metrics.ts';
import { POD_METRICS } from './pod-metrics.ts';
import { PVC_METRICS } from './pvc-metrics.ts';
import { SERVICE_METRICS } from './service-metrics.ts';
import { WORKLOAD_METRICS } from './workload-metrics.ts';

function withLevel(
  level: CatalogueLevel,
  entry: CatalogueEntry,
  isBlock: boolean,
): CatalogueMetric {
  return { ...entry, level, isBlock, identity: IDENTITY_LABELS[level] };
}

const TABLES: readonly (readonly [CatalogueLevel, readonly CatalogueEntry[]])[] = [
  ['cluster', CLUSTER_METRICS],
  ['node', NODE_METRICS],
  ['workload', WORKLOAD_METRICS],
  ['pod', POD_METRICS],
  ['container', CONTAINER_METRICS],
  ['pvc', PVC_METRICS],
  ['service', SERVICE_METRICS],
];

/** Blocks first, then level by level; not yet in the order of evaluation. */
export const CATALOGUE: readonly CatalogueMetric[] = [
  ...BLOCKS.map((block) => withLevel(block.level, block, true)),
  ...TABLES.flatMap(([level, entries]) => entries.map((entry) => withLevel(level, entry, false))),
];

const BY_NAME: ReadonlyMap<string, CatalogueMetric> = new Map(
  CATALOGUE.map((metric) => [metric.name, metric]),
);

/** By its own name. */
export function catalogueMetric(name: string): CatalogueMetric | undefined {
  return BY_NAME.get(name);
}

export interface MetricAlias {
  readonly metric: CatalogueMetric;
  /** Of the metric's rows those that are meant. */
  readonly where: Readonly<Record<string, string>>;
}

/**
 * By TKE's name: that of its API (`K8sPodCpuCoreUsed`) or that of its own recording rules
 * (`k8s_pod_cpu_core_used`).
 */
export const TKE_ALIASES: ReadonlyMap<string, MetricAlias> = new Map(
  CATALOGUE.flatMap((metric) =>
    (metric.tke ?? []).flatMap(({ name, where = {} }) =>
      [...new Set([name, snakeCase(name)])].map((one) => [one, { metric, where }] as const),
    ),
  ),
);

function snakeCase(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([a-zA-Z])(P\d)/g, '$1_$2')
    .replaceAll('__', '_')
    .toLowerCase();
}
