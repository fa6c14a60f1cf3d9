/** Deletion and snapshots. Off unless the program was started with them. */
import { Hono } from 'hono';
import type { Store } from '../../store/store.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import { success, successWithoutData } from './envelope.ts';
import { readMatchers } from './matcher-params.ts';
import { MAX_TIME_MS, MIN_TIME_MS, readParams } from './params.ts';

export type AdminStore = Pick<Store, 'deleteSeries' | 'cleanTombstones' | 'snapshot'>;

export function adminRoutes(store: AdminStore, isEnabled: boolean): Hono {
  const app = new Hono();
  app.use(async (_c, next) => {
    if (!isEnabled) throw new ApiError('unavailable', 'admin APIs disabled');
    await next();
  });
  app.on(['POST', 'PUT'], '/delete_series', async (c) => {
    const params = await readParams(c);
    const selectors = params.all('match[]');
    if (selectors.length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
    const startMs = params.timeMs('start', MIN_TIME_MS);
    const endMs = params.timeMs('end', MAX_TIME_MS);
    const matcherSets = selectors.map((selector) => readMatchers('match[]', selector));
    for (const matchers of matcherSets) await store.deleteSeries(matchers, startMs, endMs);
    return successWithoutData(c);
  });
  app.on(['POST', 'PUT'], '/clean_tombstones', async (c) => {
    await store.cleanTombstones();
    return successWithoutData(c);
  });
  app.on(['POST', 'PUT'], '/snapshot', async (c) => {
    const skipHead = (await readParams(c)).get('skip_head');
    if (!/^(|1|t|true|0|f|false)$/i.test(skipHead)) {
      throw invalidParameter(
        'skip_head',
        `unable to parse boolean: strconv.ParseBool: parsing ${JSON.stringify(skipHead)}: invalid syntax`,
      );
    }
    return success(c, { name: await store.snapshot() });
  });
  return app;
}
