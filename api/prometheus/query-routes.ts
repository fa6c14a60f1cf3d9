/** Queries, and what can be said of a query without running it. */
import { type Context, Hono } from 'hono';
import { formatApiFloat } from '../../model/go-float.ts';
import type { LabelSource } from '../../model/source.ts';
import type { Expr, ParserOptions } from '../../promql/ast.ts';
import type { Engine } from '../../promql/engine/engine.ts';
import type { QueryResult, QueryStats, ResultValue } from '../../promql/engine/query-result.ts';
import { ParseError } from '../../promql/parser/parse-error.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { prettyPrint } from '../../promql/parser/pretty.ts';
import { translateAst } from '../../promql/parser/translate.ts';
import { walkExpr } from '../../promql/parser/walk.ts';
import type { QueryLog } from '../query/query-log.ts';
import { asQueryApiError, runQuery } from '../query/run-query.ts';
import type { QueryDescription, RunningQueries } from '../query/running-queries.ts';
import { jsonPiecesAnswer } from '../server/body-answer.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import { envelopeNotes, success } from './envelope.ts';
import { MAX_TIME_MS, MIN_TIME_MS, type Params, parseApiDurationMs, readParams } from './params.ts';
import { resultJson, timestampJson } from './query-json.ts';

/** Prometheus' bound: enough for a week at 60 s or a year at 1 h. */
const POINTS_PER_SERIES_MAX = 11_000;

export interface QueryDeps {
  readonly engine: Engine;
  readonly labels: LabelSource;
  readonly running: RunningQueries;
  readonly log: QueryLog;
  readonly parser: ParserOptions;
  readonly now: () => number;
  /** `--enable-feature=promql-per-step-stats` */
  readonly perStepStats: boolean;
}

export function queryRoutes(deps: QueryDeps): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], '/query', async (c) => instantAnswer(c, deps, await readParams(c)));
  app.on(['GET', 'POST'], '/query_range', async (c) => rangeAnswer(c, deps, await readParams(c)));
  app.on(['GET', 'POST'], '/format_query', async (c) =>
    success(c, prettyPrint(parse((await readParams(c)).get('query'), deps.parser))),
  );
  app.on(['GET', 'POST'], '/parse_query', async (c) =>
    success(c, translateAst(parse((await readParams(c)).get('query'), deps.parser))),
  );
  app.on(['GET', 'POST'], '/query_exemplars', async (c) =>
    exemplarsAnswer(c, deps, await readParams(c)),
  );
  app.get('/query_cost', async (c) => costAnswer(c, deps, await readParams(c)));
  app.get('/queries', (c) => success(c, { queries: deps.running.list() }));
  app.delete('/queries/:id', (c) => {
    if (!deps.running.cancel(Number(c.req.param('id')))) {
      throw new ApiError('not_found', `no query ${c.req.param('id')} is running`);
    }
    return success(c, {});
  });
  return app;
}

interface Settings {
  readonly limit: number;
  readonly options: { lookbackMs?: number; timeoutMs?: number; perStepStats?: boolean };
  readonly stats: string;
}

async function instantAnswer(c: Context, deps: QueryDeps, params: Params): Promise<Response> {
  const limit = params.limit();
  const timeMs = params.timeMs('time', deps.now());
  const settings = readSettings(params, limit, deps);
  const expr = params.get('query');
  const query = { expr, timeMs, ...settings.options };
  const description = describe(c, expr, 'instant', timeMs, timeMs, 0);
  const result = await runQuery(c, deps, description, (signal) =>
    deps.engine.instant(query, signal),
  );
  return resultAnswer(c, result, settings);
}

async function rangeAnswer(c: Context, deps: QueryDeps, params: Params): Promise<Response> {
  const limit = params.limit();
  const { startMs, endMs, stepMs } = readRange(params);
  const settings = readSettings(params, limit, deps);
  const expr = params.get('query');
  const query = { expr, startMs, endMs, stepMs, ...settings.options };
  const description = describe(c, expr, 'range', startMs, endMs, stepMs);
  const result = await runQuery(c, deps, description, (signal) => deps.engine.range(query, signal));
  return resultAnswer(c, result, settings);
}

export function readRange(params: Params): {
  startMs: number;
  endMs: number;
  stepMs: number;
} {
  const startMs = params.requiredTimeMs('start');
  const endMs = params.requiredTimeMs('end');
  if (endMs < startMs) {
    throw invalidParameter('end', 'end timestamp must not be before start time');
  }
  const stepMs = params.durationMs('step');
  if (stepMs <= 0) {
    throw invalidParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if (Math.floor((endMs - startMs) / stepMs) > POINTS_PER_SERIES_MAX) {
    throw new ApiError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, endMs, stepMs };
}

function readSettings(params: Params, limit: number, deps: QueryDeps): Settings {
  const options: Settings['options'] = {};
  if (params.get('timeout') !== '') options.timeoutMs = params.durationMs('timeout');
  const lookback = params.get('lookback_delta');
  if (lookback !== '') {
    const parsed = parseApiDurationMs(lookback);
    if (typeof parsed === 'string') {
      throw new ApiError('bad_data', `error parsing lookback delta duration: ${parsed}`);
    }
    if (parsed > 0) options.lookbackMs = parsed;
  }
  const stats = params.get('stats');
  if (stats === 'all' && deps.perStepStats) options.perStepStats = true;
  return { limit, options, stats };
}

function describe(
  c: Context,
  expr: string,
  kind: QueryDescription['kind'],
  startMs: number,
  endMs: number,
  stepMs: number,
): QueryDescription {
  return { expr, kind, startMs, endMs, stepMs, origin: c.req.header('user-agent') ?? '' };
}

function resultAnswer(c: Context, result: QueryResult, settings: Settings): Response {
  const warnings = [...result.warnings];
  let { value } = result;
  const cut = settings.limit > 0 ? truncate(value, settings.limit) : undefined;
  if (cut !== undefined) {
    value = cut;
    warnings.push('results truncated due to limit');
  }
  const { stats } = settings;
  if (stats !== '' && stats !== 'true' && stats !== 'all') {
    warnings.push(
      `value ${JSON.stringify(stats)} for parameter "stats" is deprecated and will be rejected in the next major release, use "true" or "all"`,
    );
  }
  const tail =
    (stats === '' ? '}' : `,"stats":${JSON.stringify(statsJson(result.stats))}}`) +
    notesJson({ warnings, infos: result.infos });
  return jsonPiecesAnswer(c, answerJson(value, tail));
}

function* answerJson(value: ResultValue, tail: string): Generator<string> {
  let before = '{"status":"success","data":';
  let piece = '';
  for (const next of resultJson(value)) {
    if (piece !== '') yield before + piece;
    if (piece !== '') before = '';
    piece = next;
  }
  yield `${before}${piece}${tail}}`;
}

function notesJson(notes: { warnings: readonly string[]; infos: readonly string[] }): string {
  return Object.entries(envelopeNotes(notes))
    .map(([name, texts]) => `,${JSON.stringify(name)}:${JSON.stringify(texts)}`)
    .join('');
}

/** Undefined when nothing is cut. */
function truncate(value: ResultValue, limit: number): ResultValue | undefined {
  if (value.kind === 'vector' && value.labels.length > limit) {
    return { ...value, labels: value.labels.slice(0, limit) };
  }
  if (value.kind === 'matrix' && value.series.length > limit) {
    return { ...value, series: value.series.slice(0, limit) };
  }
  return undefined;
}

function statsJson(stats: QueryStats): unknown {
  const { samples } = stats;
  const perStep = (counts: Float64Array | undefined): unknown =>
    counts === undefined
      ? undefined
      : Array.from(counts, (count, step) => [
          (samples.startMs + step * samples.stepMs) / 1000,
          count,
        ]);
  return {
    timings: stats.timings,
    samples: {
      totalQueryableSamplesPerStep: perStep(samples.totalQueryableSamplesPerStep),
      totalQueryableSamples: samples.totalQueryableSamples,
      samplesReadPerStep: perStep(samples.samplesReadPerStep),
      samplesRead: samples.samplesRead,
      peakSamples: samples.peakSamples,
    },
  };
}

function parse(query: string, options: ParserOptions): Expr {
  try {
    return parseExpr(query, options);
  } catch (error) {
    if (error instanceof ParseError) throw invalidParameter('query', error.message);
    throw error;
  }
}

async function exemplarsAnswer(c: Context, deps: QueryDeps, params: Params): Promise<Response> {
  const startMs = params.timeMs('start', MIN_TIME_MS);
  const endMs = params.timeMs('end', MAX_TIME_MS);
  if (endMs < startMs) {
    throw new ApiError('bad_data', 'end timestamp must not be before start timestamp');
  }
  let expr: Expr;
  try {
    expr = parseExpr(params.get('query'), deps.parser);
  } catch (error) {
    if (error instanceof ParseError) throw new ApiError('bad_data', error.message);
    throw error;
  }
  const matcherSets = selectorsOf(expr);
  if (matcherSets.length === 0) return success(c, []);
  const selection = { matcherSets, startMs, endMs, limit: 0 };
  const found = await deps.labels.exemplars(selection, c.req.raw.signal);
  return success(
    c,
    found.map(({ seriesLabels, exemplars }) => ({
      seriesLabels: seriesLabels.toRecord(),
      exemplars: exemplars.map(({ labels, value, timestampMs }) => ({
        labels: labels.toRecord(),
        value: formatApiFloat(value),
        timestamp: Number(timestampJson(timestampMs)),
      })),
    })),
  );
}

function selectorsOf(expr: Expr) {
  const sets: (Expr & { kind: 'vector-selector' })['matchers'][] = [];
  walkExpr(expr, (node) => {
    if (node.kind === 'vector-selector') sets.push(node.matchers);
    if (node.kind === 'matrix-selector') sets.push(node.selector.matchers);
    return undefined;
  });
  return sets;
}

/** What a query would read, before anything is read. `start` makes it a range query. */
async function costAnswer(c: Context, deps: QueryDeps, params: Params): Promise<Response> {
  const expr = params.get('query');
  const query =
    params.get('start') === ''
      ? { expr, timeMs: params.timeMs('time', deps.now()) }
      : { expr, ...readRange(params) };
  try {
    const cost = await deps.engine.estimate(query, c.req.raw.signal);
    const plan = deps.engine.explain(query);
    return success(c, { ...cost, samplesMax: deps.engine.options.readSamplesMax, plan });
  } catch (error) {
    throw asQueryApiError(error) ?? error;
  }
}
