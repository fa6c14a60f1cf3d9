/**
 * Real expositions with realistic motion: most counters stand still most of the time and the
 * others grow by whole steps; half of the gauges stand still, the others wander now and then with
 * the decimals they have.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PrometheusParser } from '../collector/exposition/prometheus-parser.ts';
import {
  type History,
  type HistorySeries,
  noise,
  seedOf,
} from '../test/conformance/compliance/history.ts';

const IDLE_COUNTERS = 0.6;
const IDLE_GAUGES = 0.5;
const MOVING_GAUGES = 0.3;
const REACH = 0.02;
const DECIMALS_MAX = 6;

export interface DumpPlan {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly scrapes: number;
}

/** @param dir the folder `exposition/dumps` of the public cases */
export function movingDumps(dir: string, plan: DumpPlan): History {
  const series = new Map<string, HistorySeries>();
  const files = readdirSync(dir).filter((file) => file.endsWith('.prom'));
  files.forEach((file, target) => {
    const parser = new PrometheusParser(readFileSync(resolve(dir, file)));
    for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
      if (kind !== 'series') continue;
      const labels = parser.labels().with('instance', file).with('job', 'dump');
      const isCounter = parser.metricType === 'counter' || parser.metricType === 'histogram';
      const values = motion(parser.value, isCounter, seedOf(labels.key), plan.scrapes);
      series.set(labels.key, {
        labels,
        offsetMs: (target * 1009) % plan.intervalMs,
        shape: (scrape) => values[scrape],
      });
    }
  });
  return { ...plan, series: [...series.values()] };
}

function motion(first: number, isCounter: boolean, seed: number, scrapes: number): Float64Array {
  const values = new Float64Array(scrapes).fill(first);
  const isIdle = noise(seed, -1) < (isCounter ? IDLE_COUNTERS : IDLE_GAUGES);
  if (isIdle || !Number.isFinite(first)) return values;
  const pace = 1 + Math.floor(noise(seed, -2) * 20);
  const decimals = Math.min(DECIMALS_MAX, String(first).split('.')[1]?.length ?? 0);
  for (let scrape = 1; scrape < scrapes; scrape++) {
    const before = values[scrape - 1] as number;
    const random = noise(seed, scrape);
    if (isCounter) values[scrape] = before + Math.floor(random * 2 * pace);
    else if (random > MOVING_GAUGES) values[scrape] = before;
    else {
      const swing = (noise(seed, scrape + scrapes) - 0.5) * Math.abs(first) * REACH;
      values[scrape] = Number((before + swing).toFixed(decimals));
    }
  }
  return values;
}
