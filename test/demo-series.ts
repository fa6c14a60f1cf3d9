/** Series like those of the demo service that Prometheus' compliance tester queries. */
import { Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { SampleSource, Selection, SeriesColumns } from '../model/source.ts';

export const DEMO_START_MS = Date.UTC(2026, 0, 31, 23, 0);
const INTERVAL_MS = 5000;
const SCRAPES = 480;
export const DEMO_END_MS = DEMO_START_MS + (SCRAPES - 1) * INTERVAL_MS;

export interface DemoSeries {
  readonly labels: Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** Numbers between 0 and 1 that are the same in each run (mulberry32). */
function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Shape = (scrape: number, random: () => number) => number | undefined;

/** Three instances, forty minutes; counters that reset, a metric that comes and goes. */
export function demoSeries(): readonly DemoSeries[] {
  const series: DemoSeries[] = [];
  const random = randomSource(42);
  for (const port of [10000, 10001, 10002]) {
    const add = (name: string, labels: Record<string, string>, shape: Shape): void => {
      const target = { instance: `demo.promlabs.com:${port}`, job: 'demo' };
      const all = Labels.fromRecord({ __name__: name, ...target, ...labels });
      series.push(sampled(all, (port % 7) * 613, shape, random));
    };
    add('demo_num_cpus', {}, () => 4);
    for (const type of ['used', 'free', 'buffers', 'cached']) {
      const base = 1e9 * (1 + random());
      add('demo_memory_usage_bytes', { type }, (_, next) => Math.floor(base * (0.5 + next())));
    }
    for (const mode of ['idle', 'user', 'system']) {
      add('demo_cpu_usage_seconds_total', { mode }, counter(0.7, 210 + (port % 5)));
    }
    add('demo_disk_usage_bytes', {}, (scrape, next) => 1e10 + scrape * 3e6 + next() * 1e6);
    add('demo_batch_last_success_timestamp_seconds', {}, (scrape) => {
      return DEMO_START_MS / 1000 + Math.floor(scrape / 40) * 200;
    });
    add('demo_intermittent_metric', {}, (scrape) => (scrape % 90 < 50 ? 1 : undefined));
    add('demo_odd_values', {}, (scrape) => {
      return [0, -1.5, Number.NaN, Infinity, -Infinity, 1e300, -0, 1e-300][scrape % 8];
    });
    for (const path of ['/api/foo', '/api/bar']) {
      for (const status of ['200', '500']) addHistogram(add, { path, status });
    }
  }
  return series.sort((a, b) => a.labels.compare(b.labels));
}

function addHistogram(
  add: (name: string, labels: Record<string, string>, shape: Shape) => void,
  labels: Record<string, string>,
): void {
  const bounds = ['0.001', '0.01', '0.1', '0.5', '1', '+Inf'];
  bounds.forEach((le, index) => {
    add('demo_api_request_duration_seconds_bucket', { ...labels, le }, (scrape) => {
      return Math.floor(scrape * (index + 1) * 1.7);
    });
  });
}

function counter(perScrape: number, resetEvery: number): Shape {
  let value = 0;
  return (scrape, random) => {
    value = scrape % resetEvery === resetEvery - 1 ? random() : value + random() * perScrape;
    return value;
  };
}

function sampled(labels: Labels, offsetMs: number, shape: Shape, random: () => number): DemoSeries {
  const timestamps: number[] = [];
  const values: number[] = [];
  for (let scrape = 0; scrape < SCRAPES; scrape++) {
    const value = shape(scrape, random);
    if (value === undefined) continue;
    timestamps.push(DEMO_START_MS + scrape * INTERVAL_MS + offsetMs);
    values.push(value);
  }
  return {
    labels,
    timestampsMs: Float64Array.from(timestamps),
    values: Float64Array.from(values),
  };
}

/** In the text format of OpenMetrics, with a timestamp at each sample. */
export function toOpenMetrics(series: readonly DemoSeries[]): string {
  const lines: string[] = [];
  let family = '';
  for (const { labels, timestampsMs, values } of series) {
    const name = labels.get('__name__');
    if (name !== family) lines.push(`# TYPE ${name} unknown`);
    family = name;
    const text = `${name}${labels.withoutName().toString().replaceAll(', ', ',')}`;
    timestampsMs.forEach((timeMs, index) => {
      const value = String(values[index]).replace('Infinity', 'Inf');
      const number = Object.is(values[index], -0) ? '-0' : value;
      lines.push(`${text} ${number} ${(timeMs / 1000).toFixed(3)}`);
    });
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

export function demoSource(series: readonly DemoSeries[]): SampleSource {
  const select = ({ matchers, startMs, endMs }: Selection): SeriesColumns => {
    const labels: Labels[] = [];
    const timestamps: number[] = [];
    const values: number[] = [];
    const offsets = [0];
    for (const one of series) {
      if (!matchesAll(matchers, one.labels)) continue;
      one.timestampsMs.forEach((timeMs, index) => {
        if (timeMs < startMs || timeMs > endMs) return;
        timestamps.push(timeMs);
        values.push(one.values[index] as number);
      });
      if (values.length === offsets.at(-1)) continue;
      labels.push(one.labels);
      offsets.push(values.length);
    }
    return {
      labels,
      offsets: Uint32Array.from(offsets),
      timestampsMs: Float64Array.from(timestamps),
      values: Float64Array.from(values),
      histograms: undefined,
      startTimestampsMs: undefined,
    };
  };
  return {
    select: async (selection) => select(selection),
    estimate: async (selection) => {
      const { labels, values } = select(selection);
      return { seriesCount: labels.length, sampleCount: values.length };
    },
  };
}
