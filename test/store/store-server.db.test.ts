import { openServerTarget } from './server-target.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('server', async () => {
  const server = await openServerTarget();
  return { overrides: { clickhouse: server.clickhouse }, close: () => server.close() };
});
