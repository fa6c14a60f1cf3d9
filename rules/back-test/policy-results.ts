/** What a policy's evaluator gives at each slot, its datapoints read at once. */
import type { Labels } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';
import type { Engine } from '../../promql/engine/engine.ts';
import { QueryError } from '../../promql/engine/query-error.ts';
import type { NativePlan } from '../policy/native-plan.ts';
import { enginePolicyQuery } from '../policy-evaluation/engine-policy-query.ts';
import {
  type PointSeries,
  PolicyEvaluator,
  type PolicyQuery,
} from '../policy-evaluation/policy-evaluator.ts';
import type { OnProgress, SlotResults, SlotSeries, Slots } from './slot-results.ts';

/** Slots of one block of datapoints. */
const SLOTS_PER_READ = 2880;

/** @returns by the place of the output. @throws what the store throws, the signal's reason */
export async function policyResults(
  engine: Engine,
  plan: NativePlan,
  slots: Slots,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<readonly SlotResults[]> {
  const reader = new BlockReader(enginePolicyQuery(engine), SLOTS_PER_READ * slots.stepMs);
  const evaluator = new PolicyEvaluator(plan, reader);
  const collectors = plan.outputs.map(() => new OutputCollector());
  const failedSlots: number[] = [];
  let problem = '';
  for (let slot = 0; slot < slots.count; slot++) {
    if (slot % SLOTS_PER_READ === 0) onProgress(slot);
    signal.throwIfAborted();
    const timeMs = slots.firstMs - slots.offsetMs + slot * slots.stepMs;
    try {
      const { outputs } = await evaluator.evaluate(timeMs, signal);
      for (const [at, samples] of outputs.entries()) {
        for (const { labels, value } of samples) collectors[at]?.add(slot, labels, value);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof QueryError)) throw error;
      failedSlots.push(slot);
      problem ||= error.message;
    }
  }
  onProgress(slots.count);
  return collectors.map((one) => ({ series: one.series(), failedSlots, problem }));
}

/** Reads datapoints of many slots ahead, and gives them out period by period. */
class BlockReader implements PolicyQuery {
  readonly #query: PolicyQuery;
  readonly #aheadMs: number;
  /** By expression and step. */
  readonly #blocks = new Map<Expr, Block>();

  constructor(query: PolicyQuery, aheadMs: number) {
    this.#query = query;
    this.#aheadMs = aheadMs;
  }

  async range(
    expr: Expr,
    startMs: number,
    endMs: number,
    stepMs: number,
    signal: AbortSignal,
  ): Promise<readonly PointSeries[]> {
    const known = this.#blocks.get(expr);
    if (known?.covers(startMs, endMs, stepMs) === true) return known.cut(startMs, endMs);
    // One failing slot would fail the whole block: then each asks for itself.
    const blockEndMs = endMs + Math.floor(this.#aheadMs / stepMs) * stepMs;
    try {
      const series = await this.#query.range(expr, startMs, blockEndMs, stepMs, signal);
      const block = new Block(series, startMs, blockEndMs, stepMs);
      this.#blocks.set(expr, block);
      return block.cut(startMs, endMs);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return this.#query.range(expr, startMs, endMs, stepMs, signal);
    }
  }

  instant(...args: Parameters<PolicyQuery['instant']>): ReturnType<PolicyQuery['instant']> {
    return this.#query.instant(...args);
  }
}

class Block {
  readonly #series: readonly PointSeries[];
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #stepMs: number;
  /** Of each series, the first place that has not been given out. */
  readonly #next: Uint32Array;

  constructor(series: readonly PointSeries[], startMs: number, endMs: number, stepMs: number) {
    this.#series = series;
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#stepMs = stepMs;
    this.#next = new Uint32Array(series.length);
  }

  covers(startMs: number, endMs: number, stepMs: number): boolean {
    return startMs >= this.#startMs && endMs <= this.#endMs && stepMs === this.#stepMs;
  }

  /** @param startMs never below that of the call before */
  cut(startMs: number, endMs: number): readonly PointSeries[] {
    return this.#series.flatMap(({ labels, timestampsMs, values }, index) => {
      let from = this.#next[index] as number;
      while ((timestampsMs[from] ?? Infinity) < startMs) from++;
      let to = from;
      while ((timestampsMs[to] ?? Infinity) <= endMs) to++;
      this.#next[index] = from;
      if (from === to) return [];
      const timestamps = timestampsMs.subarray(from, to);
      return [{ labels, timestampsMs: timestamps, values: values.subarray(from, to) }];
    });
  }
}

class OutputCollector {
  readonly #series = new Map<
    string,
    { readonly labels: Labels; readonly slots: number[]; readonly values: number[] }
  >();

  add(slot: number, labels: Labels, value: number): void {
    const known = this.#series.get(labels.key) ?? { labels, slots: [], values: [] };
    known.slots.push(slot);
    known.values.push(value);
    this.#series.set(labels.key, known);
  }

  series(): readonly SlotSeries[] {
    return [...this.#series.values()].map(({ labels, slots, values }) => ({
      labels,
      slots: Int32Array.from(slots),
      values: Float64Array.from(values),
      histograms: undefined,
    }));
  }
}
