/** An OTLP request into samples, as Prometheus translates it. */
import { formatGoF } from '../../model/go-float.ts';
import { InvalidHistogramError } from '../../model/histogram-validation.ts';
import { Labels } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import type { WriteBatch } from '../remote-write/write-batch.ts';
import {
  addExponentials,
  addHistograms,
  addNumbers,
  DeltaError,
  type DeltaMemory,
  type DeltaPoint,
} from './delta-memory.ts';
import { metricName, OtlpNameError } from './metric-name.ts';
import { fromExplicit, fromExponential } from './native-histogram.ts';
import type {
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpMetric,
  OtlpResourceMetrics,
  OtlpScopeMetrics,
  PointHead,
  SummaryPoint,
} from './otlp-metrics.ts';
import type { OtlpSettings } from './otlp-settings.ts';
import { PointWriter } from './point-writer.ts';
import {
  type LabelMap,
  pointLabels,
  type ResourceLabels,
  resourceLabels,
  scopeLabels,
} from './series-labels.ts';
import { TargetInfo } from './target-info.ts';
import { unitName } from './unit-names.ts';

/** Turns points of one kind into cumulative ones. */
type Add<T> = (total: T, point: T) => T;

/** One request. */
export class OtlpTranslation {
  #invalidPoints = 0;
  readonly #batch: WriteBatch;
  readonly #writer: PointWriter;
  readonly #settings: OtlpSettings;
  readonly #deltas: DeltaMemory;
  readonly #nowMs: number;
  readonly #targetInfo: TargetInfo;

  constructor(batch: WriteBatch, settings: OtlpSettings, deltas: DeltaMemory, nowMs: number) {
    this.#batch = batch;
    this.#writer = new PointWriter(batch);
    this.#settings = settings;
    this.#deltas = deltas;
    this.#nowMs = nowMs;
    this.#targetInfo = new TargetInfo(this.#writer, settings);
  }

  /** Points that cannot be stored, and samples of such. */
  get rejected(): number {
    return this.#invalidPoints + this.#writer.refusedSamples;
  }

  /** Adds the resource to the batch; what cannot be stored becomes a problem of the batch. */
  add(resource: OtlpResourceMetrics): void {
    const pointCount = countPoints(resource.scopes.flatMap((scope) => scope.metrics));
    this.#attempt(pointCount, () => {
      const labels = resourceLabels(resource.attributes, this.#settings);
      for (const scope of resource.scopes) this.#addScope(scope, labels);
      this.#attempt(0, () => this.#targetInfo.add(resource, labels));
    });
  }

  #addScope(scope: OtlpScopeMetrics, resource: ResourceLabels): void {
    this.#attempt(countPoints(scope.metrics), () => {
      const labels = scopeLabels(scope, this.#settings);
      for (const metric of scope.metrics) {
        this.#attempt(metric.points.length, () => this.#addMetric(metric, resource, labels));
      }
    });
  }

  #addMetric(metric: OtlpMetric, resource: ResourceLabels, scope: LabelMap): void {
    if (metric.kind === 'none') {
      this.#batch.problem(`metric ${metric.name}: no data, or of a type that is not known`);
      return;
    }
    if ('temporality' in metric && metric.temporality === 'unspecified') {
      const text = `invalid temporality and type combination for metric ${metric.name}`;
      throw new OtlpNameError(text);
    }
    const name = metricName(metric, this.#settings.names);
    this.#batch.metadata.push({
      metricName: name,
      type: metadataType(metric),
      help: metric.description,
      unit: unitName(metric.unit),
    });
    const isDelta = 'temporality' in metric && metric.temporality === 'delta';
    const each = <T extends PointHead>(
      points: readonly T[],
      write: (labels: LabelMap, point: T) => void,
    ): void => {
      for (const point of points) {
        this.#attempt(1, () =>
          write(pointLabels(point.attributes, resource, scope, this.#settings), point),
        );
      }
    };
    const whole = <T extends DeltaPoint>(labels: LabelMap, point: T, add: Add<T>): T =>
      isDelta ? this.#total(name, labels, point, add) : point;
    switch (metric.kind) {
      case 'gauge':
        each(metric.points, (labels, point) => this.#number(name, labels, point));
        break;
      case 'sum':
        each(metric.points, (labels, point) =>
          this.#number(name, labels, whole(labels, point, addNumbers)),
        );
        break;
      case 'histogram':
        each(metric.points, (labels, point) =>
          this.#histogram(name, labels, whole(labels, point, addHistograms)),
        );
        break;
      case 'exponential':
        each(metric.points, (labels, point) =>
          this.#exponential(name, labels, whole(labels, point, addExponentials)),
        );
        break;
      case 'summary':
        each(metric.points, (labels, point) => this.#summary(name, labels, point));
        break;
    }
  }

  #total<T extends DeltaPoint>(name: string, labels: LabelMap, point: T, add: Add<T>): T {
    const key = `${name}\uffff${Labels.fromEntries(labels).key}`;
    return this.#deltas.accumulate(key, point, this.#nowMs, add);
  }

  #number(name: string, labels: LabelMap, point: NumberPoint): void {
    const { timestampMs, value, hasNoValue, exemplars } = point;
    const ref = this.#writer.sample(name, labels, undefined, timestampMs, value, hasNoValue);
    this.#writer.exemplars(ref, exemplars, timestampMs);
  }

  #exponential(name: string, labels: LabelMap, point: ExponentialPoint): void {
    const { timestampMs, exemplars } = point;
    const ref = this.#writer.histogram(name, labels, timestampMs, fromExponential(point));
    this.#writer.exemplars(ref, exemplars, timestampMs);
  }

  #histogram(name: string, labels: LabelMap, point: HistogramPoint): void {
    if (!this.#settings.convertsHistogramsToNhcb) {
      this.#classicHistogram(name, labels, point);
      return;
    }
    const { timestampMs, exemplars } = point;
    const ref = this.#writer.histogram(name, labels, timestampMs, fromExplicit(point));
    this.#writer.exemplars(ref, exemplars, timestampMs);
  }

  /** Sum, count and cumulative buckets, each with the exemplars that fell into it. */
  #classicHistogram(name: string, labels: LabelMap, point: HistogramPoint): void {
    const { timestampMs, hasNoValue, bounds, bucketCounts } = point;
    const write = (suffix: string, extra: [string, string] | undefined, value: number) =>
      this.#writer.sample(name + suffix, labels, extra, timestampMs, value, hasNoValue);
    if (point.sum !== undefined) write('_sum', undefined, point.sum);
    write('_count', undefined, point.count);
    const exemplars = [...point.exemplars].sort((a, b) => a.value - b.value);
    let taken = 0;
    let cumulative = 0;
    const bucketCount = Math.min(bounds.length, bucketCounts.length);
    for (let at = 0; at < bucketCount; at++) {
      const bound = bounds[at] as number;
      cumulative += bucketCounts[at] as number;
      const ref = write('_bucket', ['le', formatGoF(bound)], cumulative);
      const first = taken;
      while (taken < exemplars.length && (exemplars[taken]?.value ?? 0) <= bound) taken++;
      this.#writer.exemplars(ref, exemplars.slice(first, taken), timestampMs);
    }
    const ref = write('_bucket', ['le', '+Inf'], point.count);
    this.#writer.exemplars(ref, exemplars.slice(taken), timestampMs);
  }

  #summary(name: string, labels: LabelMap, point: SummaryPoint): void {
    const { timestampMs, hasNoValue } = point;
    const write = (suffix: string, extra: [string, string] | undefined, value: number) =>
      this.#writer.sample(name + suffix, labels, extra, timestampMs, value, hasNoValue);
    write('_sum', undefined, point.sum);
    write('_count', undefined, point.count);
    for (const { quantile, value } of point.quantiles) {
      write('', ['quantile', formatGoF(quantile)], value);
    }
  }

  /** Runs `work`; an error of the data costs so many points, and not the rest of the request. */
  #attempt(pointCount: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      const isExpected =
        error instanceof OtlpNameError ||
        error instanceof DeltaError ||
        error instanceof InvalidHistogramError;
      if (!isExpected) throw error;
      this.#invalidPoints += pointCount;
      this.#batch.problem(error.message);
    }
  }
}

function countPoints(metrics: readonly OtlpMetric[]): number {
  return metrics.reduce((sum, metric) => sum + metric.points.length, 0);
}

function metadataType(metric: OtlpMetric): MetricType {
  switch (metric.kind) {
    case 'sum':
      return metric.isMonotonic ? 'counter' : 'gauge';
    case 'exponential':
      return 'histogram';
    case 'none':
      return 'unknown';
    default:
      return metric.kind;
  }
}
