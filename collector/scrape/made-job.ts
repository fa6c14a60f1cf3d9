/** Jobs that parts of the program make, such as those of Kubernetes clusters. */
import type { ScrapeConfig } from '../../config/types.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import type { HttpRequester } from '../http/http-client.ts';
import type { OpenPreparer } from './page-preparer.ts';

export interface MadeJob {
  /** Its discovery and HTTP settings are not used. */
  readonly config: ScrapeConfig;
  /** Asked for all pages; never closed by the job. */
  readonly client: HttpRequester;
  readonly openPreparer?: OpenPreparer;
  /** First scrapes are spread over so much, if it is less than the interval. */
  readonly firstSpreadMs?: number;
  /** A scrape beside those of the interval comes so long after a target's first. */
  readonly extraAfterMs?: number;
}

export interface JobHandle {
  /** Takes all groups there are. */
  sync(groups: readonly TargetGroup[]): void;
  /** The series of the targets are marked stale two intervals later, unless the job comes back. */
  close(): void;
}
