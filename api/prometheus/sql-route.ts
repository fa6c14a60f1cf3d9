/** Read-only SQL over everything that is stored. */
import { Hono } from 'hono';
import { QueryError } from '../../store/clickhouse/engine-error.ts';
import type { Store } from '../../store/store.ts';
import { ApiError } from './api-error.ts';
import { success } from './envelope.ts';
import { readParams } from './params.ts';

/** Rows of one answer. */
const ROWS_MAX = 10_000;
const TIME_SECONDS_MAX = 30;

export type SqlStore = Pick<Store, 'runReadOnlySql'>;

export function sqlRoute(store: SqlStore): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], '/sql', async (c) => {
    const sql = (await readParams(c)).get('query');
    if (sql === '') throw new ApiError('bad_data', 'no query parameter provided');
    const limits = { rowsMax: ROWS_MAX, timeSecondsMax: TIME_SECONDS_MAX };
    try {
      const answer = await store.runReadOnlySql(sql, limits, c.req.raw.signal);
      const warnings = answer.isTruncated ? [`only the first ${ROWS_MAX} rows`] : [];
      return success(c, { columns: answer.columns, rows: answer.rows }, { warnings });
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      const errorType = error.kind === 'bad_query' ? 'bad_data' : 'execution';
      throw new ApiError(errorType, error.message, { cause: error });
    }
  });
  return app;
}
