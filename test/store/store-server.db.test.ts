import { openServerTarget } from './server-target.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('server', async () => {
  const { clickhouse, close } = await openServerTarget();
  return { overrides: { clickhouse }, close };
});
