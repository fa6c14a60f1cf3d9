/** Of a Service. */
import { type CatalogueEntry, MINUTE_MS } from './catalogue-metric.ts';

export const SERVICE_METRICS: readonly CatalogueEntry[] = [
  {
    name: 'wk_service_endpoints_ready',
    en: 'Service endpoints ready',
    zh: 'Service 就绪端点数',
    unit: 'count',
    chart: 'line',
    expr: 'sum by (cluster,namespace,service) (wk_service_endpoints{ready="true"})',
    fallbacks: [
      {
        expr: 'max by (cluster,namespace,service) (label_replace(sum by (cluster,namespace,endpoint) (kube_endpoint_address{$ksm,ready="true"}) or on (cluster,namespace,endpoint) 0 * max by (cluster,namespace,endpoint) (kube_endpoint_info{$ksm}), "service", "$1", "endpoint", "(.+)"))',
      },
    ],
    alarms: [{ kind: 'threshold', operator: 'eq', levels: { warning: 0 }, forMs: 5 * MINUTE_MS }],
  },
  {
    name: 'wk_service_cpu_usage_cores',
    en: 'Service CPU used',
    zh: 'Service CPU 使用量',
    unit: 'cores',
    chart: 'area',
    expr: 'sum by (cluster,namespace,service) (max by (cluster,namespace,pod) (wk_pod_cpu_usage_cores) * on (cluster,namespace,pod) group_right () max by (cluster,namespace,pod,service) (wk_pod_service))',
  },
];
