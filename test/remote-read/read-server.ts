/** The remote read route over a real socket. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { readRoute } from '../../api/prometheus/read-route.ts';
import { RemoteReadHandler } from '../../collector/remote-read/read-handler.ts';
import { Labels } from '../../model/labels.ts';
import type { SampleSource } from '../../model/source.ts';

export interface ReadServer {
  readonly url: string;
  /** Content types of the answers so far. */
  readonly contentTypes: readonly (string | null)[];
  close(): Promise<void>;
}

export async function startReadServer(
  source: SampleSource,
  externalLabels: Labels = Labels.EMPTY,
  samplesMax = 1_000_000,
): Promise<ReadServer> {
  const remoteRead = new RemoteReadHandler({
    source,
    externalLabels: () => externalLabels,
    samplesMax,
  });
  const contentTypes: (string | null)[] = [];
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    contentTypes.push(c.res.headers.get('content-type'));
  });
  app.route('/api/v1', readRoute({ remoteRead }));
  const { promise, resolve } = Promise.withResolvers<AddressInfo>();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, resolve);
  const { port } = await promise;
  return {
    url: `http://127.0.0.1:${port}/api/v1/read`,
    contentTypes,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
