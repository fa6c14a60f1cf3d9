/** Of a PersistentVolumeClaim. */
import { type CatalogueEntry, MINUTE_MS } from './catalogue-metric.ts';

export const PVC_METRICS: readonly CatalogueEntry[] = [
  {
    name: 'wk_pvc_usage_ratio',
    en: 'Volume claim utilisation',
    zh: 'PVC 利用率',
    unit: 'percent',
    isCore: true,
    tke: [{ name: 'K8sPvcDiskUsage' }],
    chart: 'bar-gauge',
    expr: 'max by (cluster,namespace,persistentvolumeclaim) (kubelet_volume_stats_used_bytes{$kl}) / max by (cluster,namespace,persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{$kl})',
    fallbacks: [
      {
        expr: 'max by (cluster,namespace,persistentvolumeclaim) (wk_stats_volume_used_bytes) / max by (cluster,namespace,persistentvolumeclaim) (wk_stats_volume_capacity_bytes > 0)',
      },
    ],
    note: 'Volumes whose driver reports no usage have none.',
    alarms: [
      {
        kind: 'threshold',
        operator: 'gt',
        levels: { warning: 80, critical: 97 },
        forMs: 5 * MINUTE_MS,
      },
      {
        kind: 'expr',
        name: 'full within 4 days',
        expr: 'wk_pvc_usage_ratio > 0.5 and predict_linear(wk_pvc_usage_ratio[6h], 4 * 24 * 3600) > 1',
        severity: 'warning',
        forMs: 60 * MINUTE_MS,
      },
    ],
  },
  {
    name: 'wk_pvc_inodes_ratio',
    en: 'Volume claim inode utilisation',
    zh: 'PVC inode 利用率',
    unit: 'percent',
    chart: 'bar-gauge',
    expr: 'max by (cluster,namespace,persistentvolumeclaim) (kubelet_volume_stats_inodes_used{$kl}) / max by (cluster,namespace,persistentvolumeclaim) (kubelet_volume_stats_inodes{$kl} > 0)',
    fallbacks: [
      {
        expr: 'max by (cluster,namespace,persistentvolumeclaim) (wk_stats_volume_inodes_used) / max by (cluster,namespace,persistentvolumeclaim) (wk_stats_volume_inodes > 0)',
      },
    ],
    alarms: [{ kind: 'threshold', operator: 'gt', levels: { warning: 97 }, forMs: 5 * MINUTE_MS }],
  },
];
