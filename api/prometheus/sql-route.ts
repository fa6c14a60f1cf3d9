/** Read-only SQL over everything that is stored. */
import { Hono } from 'hono';
import type { Store } from '../../store/store.ts';
import { ApiError } from './api-error.ts';
import { readParams } from './params.ts';

export type SqlStore = Pick<Store, 'runSql' | 'isSqlError'>;

export function sqlRoute(store: SqlStore): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], '/sql', async (c) => {
    const sql = (await readParams(c)).get('query');
    if (sql === '') throw new ApiError('bad_data', 'no query parameter provided');
    try {
      const data = await store.runSql(sql, c.req.raw.signal);
      c.header('Content-Type', 'application/json');
      return c.body(`{"status":"success","data":${data}}`);
    } catch (error) {
      if (!store.isSqlError(error)) throw error;
      throw new ApiError('bad_data', error.message, { cause: error });
    }
  });
  return app;
}
