/** Values of the catalogue's metrics for one object, as the API shows them. */
import { formatApiFloat } from '../../model/go-float.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MatrixResult, ResultValue, VectorResult } from '../../promql/engine/query-result.ts';
import type { CatalogueMetric } from '../../rules/catalogue/catalogue-metric.ts';
import { unitFactor } from './catalogue-json.ts';

/** Seconds, and the stored value as PromQL's API writes it. */
type Point = readonly [number, string];

interface SeriesJson {
  /** Those that the object's identity does not say. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

/** Every metric stands in the answer, one without values too. */
export function valuesJson(metrics: readonly CatalogueMetric[], value: ResultValue): unknown {
  const byName = Map.groupBy(seriesOf(value), ({ labels }) => labels.get(METRIC_NAME));
  return metrics.map((metric) => {
    const identity = new Set([METRIC_NAME, ...metric.identity.filter((one) => one !== 'cluster')]);
    const series = (byName.get(metric.name) ?? []).map(({ labels, json }): SeriesJson => {
      const own = Object.entries(labels.toRecord()).filter(([name]) => !identity.has(name));
      return { labels: Object.fromEntries(own), ...json };
    });
    const { name, unit } = metric;
    return { name, unit, factor: unitFactor(metric), series };
  });
}

interface NamedSeries {
  readonly labels: Labels;
  readonly json: Omit<SeriesJson, 'labels'>;
}

function seriesOf(value: ResultValue): readonly NamedSeries[] {
  if (value.kind === 'vector') return vectorSeries(value);
  return value.kind === 'matrix' ? matrixSeries(value) : [];
}

function vectorSeries({ labels, values, timeMs }: VectorResult): readonly NamedSeries[] {
  return labels.map((one, index) => ({
    labels: one,
    json: { value: [timeMs / 1000, formatApiFloat(values[index] as number)] },
  }));
}

function matrixSeries({ series }: MatrixResult): readonly NamedSeries[] {
  return series.map(({ labels, timestampsMs, values }) => ({
    labels,
    json: {
      values: Array.from(values, (one, index): Point => {
        return [(timestampsMs[index] as number) / 1000, formatApiFloat(one)];
      }),
    },
  }));
}
