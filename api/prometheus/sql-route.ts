/** Read-only SQL over everything that is stored. */
import { Hono } from 'hono';
import { ApiError } from './api-error.ts';
import { readParams } from './params.ts';

/** A statement longer than this was not typed by a person. */
const SQL_CHARS_MAX = 64 * 1024;

export interface SqlDeps {
  /**
   * Runs one read-only statement under the limits of user queries.
   * @returns JSON text: `meta`, `data`, `rows`, `statistics`
   * @throws SqlError with ClickHouse's text
   */
  runSql(sql: string, signal: AbortSignal): Promise<string>;
  /** True for what `runSql` throws when the statement is to blame. */
  isSqlError(error: unknown): error is Error;
}

export function sqlRoute(deps: SqlDeps): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], '/sql', async (c) => {
    const sql = (await readParams(c)).get('query');
    if (sql === '') throw new ApiError('bad_data', 'no query parameter provided');
    if (sql.length > SQL_CHARS_MAX) {
      throw new ApiError('bad_data', `query is longer than ${SQL_CHARS_MAX} characters`);
    }
    try {
      const data = await deps.runSql(sql, c.req.raw.signal);
      c.header('Content-Type', 'application/json');
      return c.body(`{"status":"success","data":${data}}`);
    } catch (error) {
      if (!deps.isSqlError(error)) throw error;
      throw new ApiError('execution', error.message, { cause: error });
    }
  });
  return app;
}
