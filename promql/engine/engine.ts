/** The PromQL engine: the way in for API and rules. */

import { StoreUnavailableError } from '../../model/sink.ts';
import type { SampleSource } from '../../model/source.ts';
import { TooManySamplesError } from '../../model/source.ts';
import type { Expr } from '../ast.ts';
import { ParseError } from '../parser/parse-error.ts';
import { parseExpr } from '../parser/parser.ts';
import { documentedType, typeOf } from '../parser/value-type.ts';
import { finishRows, matrixResult, vectorResult } from './assemble-result.ts';
import { buildPlan } from './build-plan.ts';
import { withoutBuckets } from './count-and-sum.ts';
import type { EngineOptions, InstantQuery, RangeQuery } from './engine-options.ts';
import { EvalContext } from './eval-context.ts';
import { Evaluator } from './evaluator.ts';
import { explainPlan } from './explain-plan.ts';
import { type LoadedColumns, loadedColumns } from './loaded-columns.ts';
import type { Load, Plan } from './plan.ts';
import { QueryError, TOO_MANY_SAMPLES } from './query-error.ts';
import type { QueryResult, ResultValue } from './query-result.ts';
import { QueryTimer } from './query-timer.ts';
import { windowResult } from './range-result.ts';
import { SampleStats } from './sample-stats.ts';
import { unlabelledRow } from './vector-functions.ts';

/** What a query would read. */
interface QueryCost {
  readonly seriesCount: number;
  /** May be above the true count. */
  readonly sampleCount: number;
  /** Steps of the result. */
  readonly steps: number;
}

export interface Engine {
  readonly options: EngineOptions;
  /** @throws QueryError */
  instant(query: InstantQuery, signal: AbortSignal): Promise<QueryResult>;
  /** @throws QueryError */
  range(query: RangeQuery, signal: AbortSignal): Promise<QueryResult>;
  /** Reads no samples. @throws QueryError */
  estimate(query: InstantQuery | RangeQuery, signal: AbortSignal): Promise<QueryCost>;
  /** The plan as indented text. @throws QueryError */
  explain(query: InstantQuery | RangeQuery): string;
}

export function createEngine(source: SampleSource, options: EngineOptions): Engine {
  return new PromqlEngine(source, options);
}

interface Prepared {
  readonly expr: Expr;
  /** The text annotations point into; '' when the query came as a tree. */
  readonly text: string;
  readonly plan: Plan;
  readonly stepMs: number;
}

class PromqlEngine implements Engine {
  readonly options: EngineOptions;
  readonly #source: SampleSource;

  constructor(source: SampleSource, options: EngineOptions) {
    this.#source = source;
    this.options = options;
  }

  async instant(query: InstantQuery, signal: AbortSignal): Promise<QueryResult> {
    return this.#run(query, signal);
  }

  async range(query: RangeQuery, signal: AbortSignal): Promise<QueryResult> {
    return this.#run(query, signal);
  }

  async estimate(query: InstantQuery | RangeQuery, signal: AbortSignal): Promise<QueryCost> {
    const { plan } = this.#prepare(query);
    let seriesCount = 0;
    let sampleCount = 0;
    for (const { matchers, startMs, endMs } of plan.loads) {
      const selection = { matchers, startMs, endMs, samplesMax: this.options.readSamplesMax };
      const estimate = await this.#source.estimate(selection, signal);
      seriesCount += estimate.seriesCount;
      sampleCount += estimate.sampleCount;
    }
    return { seriesCount, sampleCount, steps: plan.root.grid.steps };
  }

  explain(query: InstantQuery | RangeQuery): string {
    return explainPlan(this.#prepare(query).plan);
  }

  #prepare(query: InstantQuery | RangeQuery): Prepared {
    const isRange = 'stepMs' in query;
    const expr = typeof query.expr === 'string' ? this.#parse(query.expr) : query.expr;
    const type = typeOf(expr);
    if (isRange && type !== 'vector' && type !== 'scalar') {
      const found = JSON.stringify(documentedType(type));
      throw new QueryError(
        'bad_data',
        `invalid expression type ${found} for range query, must be Scalar or instant Vector`,
      );
    }
    const plan = buildPlan(expr, {
      startMs: isRange ? query.startMs : query.timeMs,
      endMs: isRange ? query.endMs : query.timeMs,
      stepMs: isRange ? query.stepMs : 0,
      lookbackMs: query.lookbackMs ?? this.options.lookbackMs,
      defaultSubqueryStepMs: this.options.defaultSubqueryStepMs,
    });
    const text = typeof query.expr === 'string' ? query.expr : '';
    return { expr, text, plan, stepMs: isRange ? query.stepMs : 1 };
  }

  #parse(text: string): Expr {
    try {
      return parseExpr(text, this.options.parser);
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      throw new QueryError('bad_data', cause.message, { cause });
    }
  }

  async #run(query: InstantQuery | RangeQuery, signal: AbortSignal): Promise<QueryResult> {
    const { options } = this;
    const timer = new QueryTimer(options.now);
    const { text, plan, stepMs } = this.#prepare(query);
    const timeoutMs = Math.min(query.timeoutMs ?? options.timeoutMs, options.timeoutMs);
    const context = new EvalContext(
      {
        samplesMax: query.samplesMax ?? options.samplesMax,
        deadlineMs: options.now() + timeoutMs,
        signal,
        now: options.now,
      },
      options,
    );
    const loaded = await this.#load(plan.loads, context);
    timer.prepared();
    const stats = new SampleStats(plan.root.grid, query.perStepStats === true);
    const evaluator = new Evaluator(context, this.#source, loaded);
    const isInstant = 'timeMs' in query;
    const value = await evaluateRoot(evaluator, plan, stats, isInstant, timer);
    stats.fold();
    return {
      value,
      ...context.annotations.texts(text),
      stats: {
        timings: timer.timings(),
        samples: {
          totalQueryableSamples: stats.total,
          samplesRead: stats.read,
          peakSamples: context.peakSamples,
          totalQueryableSamplesPerStep: stats.totalPerStep,
          samplesReadPerStep: stats.readPerStep,
          startMs: plan.root.grid.startMs,
          stepMs,
        },
      },
    };
  }

  /** Reads the selectors, one after the other: the store answers each with all it has. */
  async #load(
    loads: readonly Load[],
    context: EvalContext,
  ): Promise<ReadonlyMap<Load, LoadedColumns>> {
    const loaded = new Map<Load, LoadedColumns>();
    let samplesLeft = this.options.readSamplesMax;
    for (const load of loads) {
      context.check();
      const { matchers, startMs, endMs } = load;
      const selection = { matchers, startMs, endMs, samplesMax: samplesLeft };
      try {
        const columns = await context.withDeadline((signal) =>
          this.#source.select(selection, signal),
        );
        samplesLeft -= columns.values.length;
        loaded.set(load, loadedColumns(load.countAndSumOnly ? withoutBuckets(columns) : columns));
      } catch (cause) {
        throw readError(cause);
      }
    }
    return loaded;
  }
}

function readError(cause: unknown): unknown {
  if (cause instanceof TooManySamplesError) {
    return new QueryError('execution', TOO_MANY_SAMPLES, { cause });
  }
  if (cause instanceof StoreUnavailableError) {
    return new QueryError('internal', `expanding series: ${cause.message}`, { cause });
  }
  return cause;
}

async function evaluateRoot(
  evaluator: Evaluator,
  { root }: Plan,
  stats: SampleStats,
  isInstant: boolean,
  timer: QueryTimer,
): Promise<ResultValue> {
  const { context } = evaluator;
  const timeMs = root.grid.startMs;
  if (root.kind === 'window') {
    const result = await windowResult(root, evaluator.columnsOf(root.load), stats, context);
    timer.evaluated();
    return result;
  }
  if (root.kind === 'subquery') {
    const { grid } = root.expr;
    const value = await evaluator.evaluate(root.expr, stats.resultChild(grid));
    if (value.kind !== 'vector') throw new Error('a subquery of something else than a vector');
    const block = await finishRows(value.rows, context);
    timer.evaluated();
    return matrixResult(block, grid);
  }
  const value = await evaluator.evaluate(root, stats);
  if (value.kind === 'string') return { kind: 'string', timeMs, value: value.value };
  if (value.kind === 'scalar' && isInstant) {
    timer.evaluated();
    return { kind: 'scalar', timeMs, value: value.values[0] ?? Number.NaN };
  }
  const rows = value.kind === 'scalar' ? unlabelledRow(value.values) : value.rows;
  const block = await finishRows(rows, context);
  timer.evaluated();
  return isInstant ? vectorResult(block, timeMs) : matrixResult(block, root.grid);
}
