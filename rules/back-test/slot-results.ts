/** What an expression gives at each slot of a time range: one range query instead of one per slot. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';
import type { Engine } from '../../promql/engine/engine.ts';
import { QueryError } from '../../promql/engine/query-error.ts';
import type { ResultSeries } from '../../promql/engine/query-result.ts';

/** Slots of a group: equally far apart. */
export interface Slots {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly count: number;
  /** Queries ask for so long before the slot. */
  readonly offsetMs: number;
}

/** One series of the result; slot numbers ascend. */
export interface SlotSeries {
  readonly labels: Labels;
  readonly slots: Int32Array;
  /** 0 where there is a histogram. */
  readonly values: Float64Array;
  readonly histograms: ReadonlyMap<number, FloatHistogram> | undefined;
}

export interface SlotResults {
  readonly series: readonly SlotSeries[];
  /** Slots at which the evaluation failed, ascending. */
  readonly failedSlots: readonly number[];
  /** Of the first of them; '' when none failed. */
  readonly problem: string;
}

/** Points that one query may have to compute: what is in memory at a time. */
const POINTS_PER_QUERY_MAX = 4_000_000;
const SLOTS_PER_QUERY_MIN = 60;

export type OnProgress = (doneSlots: number) => void;

/**
 * Equal to an instant query at each slot. Where a query of many slots fails, it is halved until
 * the slots are found at which it fails.
 * @throws the signal's reason
 */
export async function slotResults(
  engine: Engine,
  expr: Expr,
  slots: Slots,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<SlotResults> {
  const collector = new SlotCollector(slots);
  if (slots.count === 0) return collector.results();
  const perQuery = await slotsPerQuery(engine, expr, slots, signal);
  const starts: number[] = [];
  for (let from = 0; from < slots.count; from += perQuery) starts.push(from);
  const ask = (from: number | undefined): Promise<Part> | undefined =>
    from === undefined
      ? undefined
      : queryPart(engine, expr, slots, from, Math.min(slots.count, from + perQuery), signal);
  // While one part is computed here, the store reads the next one.
  let next = ask(starts[0]);
  for (let at = 1; next !== undefined; at++) {
    const ahead = ask(starts[at]);
    // Its failure is told when its turn comes, if at all.
    ahead?.catch(() => undefined);
    collector.add(await next);
    onProgress(Math.min(slots.count, at * perQuery));
    next = ahead;
  }
  return collector.results();
}

/** What some slots gave, in order of time. */
interface Part {
  readonly results: readonly (readonly ResultSeries[])[];
  readonly failedSlots: readonly number[];
  readonly problem: string;
}

/** @param to not included */
async function queryPart(
  engine: Engine,
  expr: Expr,
  slots: Slots,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<Part> {
  signal.throwIfAborted();
  const { firstMs, stepMs, offsetMs } = slots;
  const startMs = firstMs - offsetMs + from * stepMs;
  const endMs = startMs + (to - 1 - from) * stepMs;
  try {
    const { value } = await engine.range({ expr, startMs, endMs, stepMs }, signal);
    const results = value.kind === 'matrix' ? [value.series] : [];
    return { results, failedSlots: [], problem: '' };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof QueryError)) throw error;
    if (to - from === 1) return { results: [], failedSlots: [from], problem: error.message };
    const middle = (from + to) >>> 1;
    const left = await queryPart(engine, expr, slots, from, middle, signal);
    const right = await queryPart(engine, expr, slots, middle, to, signal);
    return {
      results: [...left.results, ...right.results],
      failedSlots: [...left.failedSlots, ...right.failedSlots],
      problem: left.problem || right.problem,
    };
  }
}

async function slotsPerQuery(
  engine: Engine,
  expr: Expr,
  slots: Slots,
  signal: AbortSignal,
): Promise<number> {
  const startMs = slots.firstMs - slots.offsetMs;
  const endMs = startMs + (slots.count - 1) * slots.stepMs;
  const { seriesCount } = await engine.estimate(
    { expr, startMs, endMs, stepMs: slots.stepMs },
    signal,
  );
  const fitting = Math.floor(POINTS_PER_QUERY_MAX / Math.max(1, seriesCount));
  return Math.max(SLOTS_PER_QUERY_MIN, fitting);
}

interface GrowingSeries {
  readonly labels: Labels;
  readonly parts: ResultSeries[];
  pointCount: number;
}

class SlotCollector {
  readonly #slots: Slots;
  readonly #series = new Map<string, GrowingSeries>();
  readonly #failedSlots: number[] = [];
  #problem = '';

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  /** Parts come in order of time. */
  add({ results, failedSlots, problem }: Part): void {
    for (const series of results) this.#add(series);
    for (const slot of failedSlots) this.#failedSlots.push(slot);
    this.#problem ||= problem;
  }

  #add(series: readonly ResultSeries[]): void {
    for (const part of series) {
      const { key } = part.labels;
      const known = this.#series.get(key) ?? { labels: part.labels, parts: [], pointCount: 0 };
      known.parts.push(part);
      known.pointCount += part.timestampsMs.length + part.histogramTimestampsMs.length;
      this.#series.set(key, known);
    }
  }

  results(): SlotResults {
    const series = [...this.#series.values()].map((one) => this.#joined(one));
    return { series, failedSlots: this.#failedSlots, problem: this.#problem };
  }

  #joined({ labels, parts, pointCount }: GrowingSeries): SlotSeries {
    const { firstMs, stepMs, offsetMs } = this.#slots;
    const originMs = firstMs - offsetMs;
    const slots = new Int32Array(pointCount);
    const values = new Float64Array(pointCount);
    let histograms: Map<number, FloatHistogram> | undefined;
    let at = 0;
    for (const { timestampsMs, values: floats, histogramTimestampsMs, histograms: own } of parts) {
      let float = 0;
      let other = 0;
      // Both are in order, each with its own times.
      while (float < timestampsMs.length || other < histogramTimestampsMs.length) {
        const floatMs = timestampsMs[float] ?? Number.POSITIVE_INFINITY;
        const histogramMs = histogramTimestampsMs[other] ?? Number.POSITIVE_INFINITY;
        const slot = Math.round((Math.min(floatMs, histogramMs) - originMs) / stepMs);
        slots[at] = slot;
        if (floatMs < histogramMs) values[at] = floats[float++] as number;
        else {
          histograms ??= new Map();
          histograms.set(slot, own[other++] as FloatHistogram);
        }
        at++;
      }
    }
    return { labels, slots, values, histograms };
  }
}
