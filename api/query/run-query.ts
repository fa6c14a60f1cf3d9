/** Runs a query for a request: with a place among the running ones, a span and a line in the log. */
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context } from 'hono';
import { QueryError } from '../../promql/engine/query-error.ts';
import type { QueryResult } from '../../promql/engine/query-result.ts';
import { ApiError, type ErrorType, invalidParameter } from '../prometheus/api-error.ts';
import type { QueryLog } from './query-log.ts';
import {
  QueryCanceledError,
  type QueryDescription,
  type RunningQueries,
} from './running-queries.ts';

interface QueryRunDeps {
  readonly running: RunningQueries;
  readonly log: QueryLog;
}

/** @throws ApiError */
export async function runQuery(
  c: Context,
  deps: QueryRunDeps,
  description: QueryDescription,
  run: (signal: AbortSignal) => Promise<QueryResult>,
): Promise<QueryResult> {
  const startMs = performance.now();
  const { expr, kind } = description;
  const name = kind === 'range' ? 'promqlRangeQuery' : 'promqlInstantQuery';
  return trace.getTracer('watchkeeper').startActiveSpan(name, async (span) => {
    span.setAttribute('query', expr);
    try {
      const result = await deps.running.run(description, c.req.raw.signal, run);
      deps.log.finished(description, performance.now() - startMs, result.stats, undefined);
      span.setAttribute('total_samples', result.stats.samples.totalQueryableSamples);
      return result;
    } catch (error) {
      const known = asQueryApiError(error);
      const text = known?.message ?? String(error);
      deps.log.finished(description, performance.now() - startMs, undefined, text);
      span.setStatus({ code: SpanStatusCode.ERROR, message: text });
      throw known ?? error;
    } finally {
      span.end();
    }
  });
}

/** Undefined for what is no failure of a query. */
export function asQueryApiError(error: unknown): ApiError | undefined {
  if (error instanceof QueryCanceledError) {
    return new ApiError('canceled', error.message, { cause: error });
  }
  if (!(error instanceof QueryError)) return undefined;
  if (error.errorType === 'bad_data') return invalidParameter('query', error.message);
  return new ApiError(error.errorType satisfies ErrorType, error.message, { cause: error });
}
