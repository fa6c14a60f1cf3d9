/**
 * A day of the demo service that the compliance tester's queries speak of: three instances,
 * scraped every five seconds.
 */
import { Labels } from '../../../model/labels.ts';
import { counter, type History, type HistorySeries, noise, type Shape, seedOf } from './history.ts';

const INTERVAL_MS = 5000;
const SPAN_MS = 24 * 3_600_000;
const PORTS = [10000, 10001, 10002] as const;
const BOUNDS = ['0.0001', '0.001', '0.01', '0.05', '0.1', '0.5', '1', '+Inf'] as const;

/** @param endMs time of the last scrape of the first instance */
export function demoHistory(endMs: number): History {
  const startMs = endMs - SPAN_MS;
  return {
    startMs,
    intervalMs: INTERVAL_MS,
    scrapes: SPAN_MS / INTERVAL_MS + 1,
    series: PORTS.flatMap((port) => instanceSeries(port, startMs)),
  };
}

function instanceSeries(port: number, startMs: number): readonly HistorySeries[] {
  const series: HistorySeries[] = [];
  const target = { instance: `demo.promlabs.com:${port}`, job: 'demo' };
  const resetEvery = 2000 + (port % 10) * 331;
  const add = (
    name: string,
    labels: Readonly<Record<string, string>>,
    shapeOf: (seed: number) => Shape,
  ): void => {
    const all = Labels.fromRecord({ __name__: name, ...target, ...labels });
    const shape = shapeOf(seedOf(all.toString()));
    series.push({ labels: all, offsetMs: (port % 10) * 613, shape });
  };
  add('up', {}, () => () => 1);
  add('demo_num_cpus', {}, () => () => 4);
  for (const type of ['used', 'free', 'buffers', 'cached']) {
    add('demo_memory_usage_bytes', { type }, (seed) => (scrape) => {
      return Math.floor(1e9 * (1 + noise(seed, 0) + 0.3 * noise(seed, scrape)));
    });
  }
  for (const mode of ['idle', 'user', 'system']) {
    add('demo_cpu_usage_seconds_total', { mode }, (seed) => counter(1.3, resetEvery, seed));
  }
  add('demo_disk_usage_bytes', {}, (seed) => (scrape) => {
    return 1e10 + scrape * 3e5 + Math.floor(noise(seed, scrape) * 1e5);
  });
  add('demo_disk_total_bytes', {}, () => () => 1e11);
  add('demo_items_shipped_total', {}, (seed) => {
    const shape = counter(2, resetEvery, seed);
    return (scrape) => Math.floor(shape(scrape) ?? 0);
  });
  add('demo_batch_last_success_timestamp_seconds', {}, () => (scrape) => {
    return Math.floor(startMs / 1000) + Math.floor(scrape / 60) * 300;
  });
  add('demo_is_holiday', {}, () => (scrape) => (scrape % 5000 < 100 ? 1 : 0));
  // Comes and goes, at another time on each instance.
  add('demo_intermittent_metric', {}, () => (scrape) => {
    return (scrape + port) % 90 < 50 ? 1 : undefined;
  });
  add('demo_odd_values', {}, () => (scrape) => {
    return [0, -1.5, Number.NaN, Infinity, -Infinity, 1e300, -0, 1e-300][scrape % 8];
  });
  for (const method of ['GET', 'POST']) {
    for (const path of ['/api/foo', '/api/bar']) {
      const rate = 0.5 + noise(seedOf(method + path), port);
      addHistogram(add, { method, path, status: '200' }, rate, resetEvery);
    }
  }
  return series;
}

/** Buckets hold whole numbers that grow with their bound. */
function addHistogram(
  add: (n: string, l: Readonly<Record<string, string>>, s: () => Shape) => void,
  labels: Readonly<Record<string, string>>,
  rate: number,
  resetEvery: number,
): void {
  const name = 'demo_api_request_duration_seconds';
  const count = (share: number): Shape => {
    return (scrape) => Math.floor((scrape % resetEvery) * rate * share);
  };
  BOUNDS.forEach((le, at) => {
    add(`${name}_bucket`, { ...labels, le }, () => count(((at + 1) / BOUNDS.length) ** 2));
  });
  add(`${name}_count`, labels, () => count(1));
  add(`${name}_sum`, labels, () => (scrape) => (scrape % resetEvery) * rate * 0.07);
}
