/** What became of the operator's objects of a cluster. */
import { Hono } from 'hono';
import type { ObjectStatus } from '../../collector/operator/operator-entry.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';

export interface MonitorSource {
  /** Undefined for a cluster whose objects are not followed. */
  status(cluster: string): readonly ObjectStatus[] | undefined;
}

export function monitorRoutes(monitors: MonitorSource): Hono {
  const app = new Hono();
  app.get('/clusters/:name/monitors', (c) => {
    const status = monitors.status(c.req.param('name'));
    if (status === undefined) {
      throw new ApiError('not_found', "there is no such cluster, or its objects aren't followed");
    }
    return success(c, { monitors: status });
  });
  return app;
}
