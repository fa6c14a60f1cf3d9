/** The clusters of the running program. */
import type { Registry } from 'prom-client';
import { ConnectedClusters } from '../kubernetes/cluster-registry.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { Logger } from '../model/logger.ts';

export function createClusters(registry: Registry, logger: Logger): ConnectedClusters {
  return new ConnectedClusters({
    clock: SYSTEM_CLOCK,
    random: Math.random,
    env: process.env,
    registry,
    logger: logger.with({ component: 'kubernetes' }),
  });
}
