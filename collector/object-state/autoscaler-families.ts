/** Families of HorizontalPodAutoscalers. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { type Condition, conditions } from './conditions.ts';
import { type Family, gauge, info, number, type ObjectFamilies, type Row, row } from './family.ts';
import { created, deletionTimestamp, generation } from './meta-families.ts';
import { quantityNumber } from './quantity.ts';

interface MetricValue {
  readonly value?: string | number;
  readonly averageValue?: string | number;
  readonly averageUtilization?: number;
}

interface MetricSource {
  /** Of resources. */
  readonly name?: string;
  readonly container?: string;
  /** Of all others. */
  readonly metric?: { readonly name?: string };
  readonly target?: MetricValue;
  readonly current?: MetricValue;
}

interface Metric {
  readonly type?: string;
  readonly object?: MetricSource;
  readonly pods?: MetricSource;
  readonly resource?: MetricSource;
  readonly containerResource?: MetricSource;
  readonly external?: MetricSource;
}

interface Scaling {
  readonly tolerance?: string | number;
}

interface Autoscaler extends KubernetesObject {
  readonly spec?: {
    readonly scaleTargetRef?: {
      readonly apiVersion?: string;
      readonly kind?: string;
      readonly name?: string;
    };
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly metrics?: readonly Metric[] | null;
    readonly behavior?: { readonly scaleUp?: Scaling; readonly scaleDown?: Scaling };
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly currentMetrics?: readonly Metric[] | null;
    readonly conditions?: readonly Condition[] | null;
  };
}

const PREFIX = 'kube_horizontalpodautoscaler';

export const HORIZONTALPODAUTOSCALERS: ObjectFamilies<Autoscaler> = {
  name: 'horizontalpodautoscalers',
  resources: [api.HORIZONTAL_POD_AUTOSCALERS],
  prefix: PREFIX,
  mapped: 'both',
  labels: ({ metadata }) => [
    'namespace',
    metadata.namespace,
    'horizontalpodautoscaler',
    metadata.name,
  ],
  families: [
    created(PREFIX),
    deletionTimestamp(PREFIX),
    generation(PREFIX),
    info(`${PREFIX}_info`, 'What is scaled.', ({ spec }: Autoscaler) => {
      const { apiVersion = '', kind, name } = spec?.scaleTargetRef ?? {};
      const target = ['scaletargetref_kind', kind, 'scaletargetref_name', name];
      return apiVersion === '' ? target : ['scaletargetref_api_version', apiVersion, ...target];
    }),
    number(
      `${PREFIX}_spec_max_replicas`,
      'Most Pods.',
      ({ spec }: Autoscaler) => spec?.maxReplicas ?? 0,
    ),
    number(
      `${PREFIX}_spec_min_replicas`,
      'Fewest Pods.',
      ({ spec }: Autoscaler) => spec?.minReplicas ?? 1,
    ),
    gauge(`${PREFIX}_spec_target_metric`, 'Values that are aimed at.', ({ spec }: Autoscaler) =>
      metricRows(spec?.metrics, 'target'),
    ),
    tolerance('down', ({ spec }) => spec?.behavior?.scaleDown),
    tolerance('up', ({ spec }) => spec?.behavior?.scaleUp),
    gauge(`${PREFIX}_status_target_metric`, 'Values as they are.', ({ status }: Autoscaler) =>
      metricRows(status?.currentMetrics, 'current'),
    ),
    number(
      `${PREFIX}_status_current_replicas`,
      'Pods there are.',
      ({ status }: Autoscaler) => status?.currentReplicas ?? 0,
    ),
    number(
      `${PREFIX}_status_desired_replicas`,
      'Pods there should be.',
      ({ status }: Autoscaler) => status?.desiredReplicas ?? 0,
    ),
    conditions(
      `${PREFIX}_status_condition`,
      'Conditions of the autoscaler.',
      ({ status }: Autoscaler) => status?.conditions,
    ),
  ],
};

function tolerance(
  direction: 'up' | 'down',
  of: (object: Autoscaler) => Scaling | undefined,
): Family<Autoscaler> {
  return number(
    `${PREFIX}_spec_behavior_scale_${direction}_tolerance`,
    `Part by which the metric may differ before it scales ${direction}.`,
    (object) => quantityNumber(of(object)?.tolerance),
  );
}

function metricRows(
  metrics: readonly Metric[] | null | undefined,
  side: 'target' | 'current',
): readonly Row[] {
  return (metrics ?? []).flatMap((metric) => {
    const source = sourceOf(metric);
    if (!source) return [];
    const name = source.metric?.name ?? source.name;
    const container = metric.type === 'ContainerResource' ? source.container : '';
    const { value, averageValue, averageUtilization } = source[side] ?? {};
    const values = [
      ['value', quantityNumber(value)],
      ['average', quantityNumber(averageValue)],
      ['utilization', averageUtilization],
    ] as const;
    return values.flatMap(([type, found]) =>
      found === undefined || found === null
        ? []
        : [row(found, 'metric_name', name, 'metric_target_type', type, 'container', container)],
    );
  });
}

function sourceOf(metric: Metric): MetricSource | undefined {
  switch (metric.type) {
    case 'Object':
      return metric.object;
    case 'Pods':
      return metric.pods;
    case 'Resource':
      return metric.resource;
    case 'ContainerResource':
      return metric.containerResource;
    case 'External':
      return metric.external;
    default:
      return undefined;
  }
}
