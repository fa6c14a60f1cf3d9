/**
 * Hours of a Kubernetes cluster: real answers of its programs, set in motion. Counters grow by a
 * hundredth of their value a scrape, gauges swing by a tenth.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrometheusParser } from '../../../collector/exposition/prometheus-parser.ts';
import { Labels } from '../../../model/labels.ts';
import type { MetricType } from '../../../model/sink.ts';
import { type History, type HistorySeries, noise, type Shape, seedOf } from './history.ts';

const INTERVAL_MS = 60_000;
const SPAN_MS = 3 * 3_600_000;

interface Target {
  readonly file: string;
  readonly labels: Readonly<Record<string, string>>;
}

const CLUSTER = { cluster: 'c1' };
const KUBELET = { ...CLUSTER, job: 'kubelet', instance: 'node-1', node: 'datagen-1-35' };
const NODE = { ...CLUSTER, job: 'node-exporter' };

/** Labelled as kube-prometheus labels them. */
const TARGETS: readonly Target[] = [
  {
    file: 'kubelet-cadvisor-1.35.prom',
    labels: { ...KUBELET, metrics_path: '/metrics/cadvisor' },
  },
  { file: 'kubelet-resource.prom', labels: { ...KUBELET, metrics_path: '/metrics/resource' } },
  {
    file: 'kube-state-metrics-1.35.prom',
    labels: { ...CLUSTER, job: 'kube-state-metrics', instance: 'ksm:8443' },
  },
  { file: 'node-exporter-e2e.prom', labels: { ...NODE, instance: 'node-1' } },
  { file: 'node-exporter-e2e.prom', labels: { ...NODE, instance: 'node-2' } },
  { file: 'apiserver-1.35.prom', labels: { ...CLUSTER, job: 'apiserver', instance: 'm:6443' } },
  { file: 'etcd-1.35.prom', labels: { ...CLUSTER, job: 'etcd', instance: 'm:2381' } },
  {
    file: 'kube-controller-manager-1.35.prom',
    labels: { ...CLUSTER, job: 'kube-controller-manager', instance: 'm:10257' },
  },
  {
    file: 'kube-scheduler-1.35.prom',
    labels: { ...CLUSTER, job: 'kube-scheduler', instance: 'm:10259' },
  },
];

/** @param dir folder of suites */
export function dumpHistory(dir: string, endMs: number): History {
  const series = new Map<string, HistorySeries>();
  TARGETS.forEach(({ file, labels }, index) => {
    const page = readFileSync(join(dir, 'exposition/dumps', file));
    for (const one of targetSeries(page, labels, (index * 7001) % INTERVAL_MS)) {
      series.set(one.labels.key, one);
    }
  });
  return {
    startMs: endMs - SPAN_MS,
    intervalMs: INTERVAL_MS,
    scrapes: SPAN_MS / INTERVAL_MS,
    series: [...series.values()],
  };
}

function* targetSeries(
  page: Uint8Array,
  targetLabels: Readonly<Record<string, string>>,
  offsetMs: number,
): Generator<HistorySeries> {
  const parser = new PrometheusParser(page);
  for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
    if (kind !== 'series') continue;
    const own = parser.labels();
    const labels = Labels.fromRecord({ ...targetLabels, ...own.toRecord() });
    const shape = inMotion(own, parser.metricType, parser.value, seedOf(labels.toString()));
    yield { labels, offsetMs, shape };
  }
  const up = Labels.fromRecord({ __name__: 'up', ...targetLabels });
  yield { labels: up, offsetMs, shape: () => 1 };
}

function inMotion(own: Labels, type: MetricType, value: number, seed: number): Shape {
  const name = own.get('__name__');
  const isCount = type === 'counter' || /_(bucket|count|sum)$/.test(name);
  const isQuantile = type === 'summary' && own.has('quantile');
  if (isCount && !isQuantile) return (scrape) => value + Math.floor((value * scrape) / 100);
  // Flags and information stay as they are; so does what is no ordinary number.
  if (value === 0 || value === 1 || !Number.isFinite(value)) return () => value;
  return (scrape) => value * (0.9 + 0.2 * noise(seed, scrape));
}
