/** What the jobs of one cluster share. */
import type { ClusterCollection } from '../../config/collection-types.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { JobHandle, MadeJob } from '../scrape/made-job.ts';
import type { ClusterClient } from './cluster-client.ts';
import type { EndpointTable } from './endpoint.ts';
import type { KeyPins } from './key-pins.ts';

/** A new cluster has its first figures soon; later ones keep the places that they have then. */
export const FIRST_SPREAD_MS = 5000;

/** Changes that come together become one. */
const SYNC_DELAY_MS = 100;

export interface JobContext {
  readonly cluster: Cluster;
  /** URL of the API server. */
  readonly serverUrl: string;
  readonly collection: ClusterCollection;
  readonly client: ClusterClient;
  readonly endpoints: EndpointTable;
  readonly pins: KeyPins;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly openJob: (job: MadeJob) => JobHandle;
  /** For the name of a scrape pool. */
  readonly poolName: (what: string) => string;
}

/** Runs once, a moment after it was asked for, however often that was. */
export class Soon {
  readonly #clock: Clock;
  readonly #run: () => void;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  ask(): void {
    this.#cancel ??= this.#clock.schedule(SYNC_DELAY_MS, () => {
      this.#cancel = undefined;
      this.#run();
    });
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
