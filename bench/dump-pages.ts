/**
 * Series of real expositions with realistic motion: most counters stand still most of the time,
 * the others grow by whole steps; gauges wander with the decimals they have.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PrometheusParser } from '../collector/exposition/prometheus-parser.ts';

const IDLE_COUNTERS = 0.6;
const IDLE_GAUGES = 0.5;
const WANDER = 0.02;

interface DumpSeries {
  readonly labels: readonly string[];
  readonly isCounter: boolean;
  readonly isIdle: boolean;
  readonly decimals: number;
  /** Growth of a counter, or reach of a gauge, in one step. */
  readonly pace: number;
  value: number;
}

/** One target of the dump's kind; `target` sets it apart from others of the same dump. */
export class DumpPage {
  readonly #series: readonly DumpSeries[];
  #state: number;

  constructor(dump: Buffer, job: string, target: number) {
    this.#state = target * 7919 + 1;
    this.#series = this.#read(dump, job, target);
  }

  /** name, value, … of each series. */
  labelSets(): readonly (readonly string[])[] {
    return this.#series.map(({ labels }) => labels);
  }

  /** The next values, in the order of the series. */
  values(): readonly number[] {
    return this.#series.map((series) => this.#move(series));
  }

  #move(series: DumpSeries): number {
    const { isCounter, isIdle, pace, decimals } = series;
    if (isIdle || !Number.isFinite(series.value)) return series.value;
    if (isCounter) series.value += Math.floor(this.#random() * 2 * pace);
    else if (this.#random() < 0.3) {
      const moved = series.value + (this.#random() - 0.5) * pace;
      series.value = Number(moved.toFixed(decimals));
    }
    return series.value;
  }

  #read(dump: Buffer, job: string, target: number): DumpSeries[] {
    const parser = new PrometheusParser(dump);
    const series: DumpSeries[] = [];
    for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
      if (kind !== 'series') continue;
      const labels = parser.labels();
      const name = labels.get('__name__');
      const isCounter = /_(total|count|sum|bucket)$/.test(name);
      const { value } = parser;
      series.push({
        labels: labels.with('instance', `${job}-${target}`).with('job', job).pairs,
        isCounter,
        isIdle: this.#random() < (isCounter ? IDLE_COUNTERS : IDLE_GAUGES),
        decimals: Math.min(6, String(value).split('.')[1]?.length ?? 0),
        pace: isCounter ? 1 + Math.floor(this.#random() * 20) : Math.abs(value) * WANDER,
        value,
      });
    }
    return series;
  }

  /** Between 0 and 1, the same in each run. */
  #random(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}

/** @param dir the folder `exposition/dumps` of the public cases */
export function dumpPages(dir: string): readonly DumpPage[] {
  return readdirSync(dir)
    .filter((file) => file.endsWith('.prom'))
    .map((file, at) => new DumpPage(readFileSync(resolve(dir, file)), file.slice(0, -5), at));
}
