import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { clusterRig, connect, serverCluster } from '../../test/cluster-rig.ts';
import { KubernetesApiServer } from '../../test/kubernetes-api-server.ts';
import { until } from '../../test/until.ts';
import { PODS } from '../resources.ts';

const OUTAGES = 45;
const PODS_COUNT = 1000;
/** Of 1,000 Pods that were kept once more at each outage it would be over 20. */
const GROWTH_MEGABYTES_MAX = 8;

test('outages leave nothing behind: neither memory nor watches', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const heapMegabytes = (): number => {
    gc();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const server = await new KubernetesApiServer().start();
  const { clock, ...rig } = clusterRig();
  for (let i = 0; i < PODS_COUNT; i++) {
    server.put('pods', `p${i}`, { spec: { nodeName: `node-number-${i % 10}` } });
  }
  const cache = connect({ clock, ...rig }, serverCluster('c', server.url)).objects(PODS);
  cache.subscribe({ added: () => undefined, modified: () => undefined, deleted: () => undefined });
  await until('watching', () => cache.synced && server.watchCount === 1);
  const before = heapMegabytes();
  const outages = [
    () => server.sendError(410, 'Expired'),
    () => server.cutWatches(),
    () => server.endWatches(),
  ];
  for (let round = 0; round < OUTAGES; round++) {
    server.compact();
    outages[round % outages.length]?.();
    await until('watching again', () => {
      clock.advance(2000);
      return server.watchCount === 1;
    });
    server.requests.length = 0;
  }

  expect(heapMegabytes() - before).toBeLessThan(GROWTH_MEGABYTES_MAX);
  expect(cache.size).toBe(PODS_COUNT);
  expect(server.watchCount).toBe(1);
});
