/** The jobs that ask the API server itself: its metrics, and which of its checks pass. */
import { Labels } from '../../model/labels.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import type { JobHandle } from '../scrape/made-job.ts';
import { apiServerRules } from './api-server-rules.ts';
import { jobConfig } from './job-config.ts';
import { FIRST_SPREAD_MS, type JobContext } from './job-context.ts';
import { openReadyzPreparer } from './readyz-page.ts';

export class ApiServerJobs {
  readonly #jobs: readonly JobHandle[];

  constructor(context: JobContext) {
    const { client, collection, openJob, poolName } = context;
    const { intervalMs, dropsBuckets, metricRelabelConfigs } = collection.components.api_server;
    const metrics = openJob({
      config: jobConfig({
        poolName: poolName('apiserver'),
        intervalMs,
        metricsPath: '/metrics',
        metricRelabelConfigs: [...(dropsBuckets ? apiServerRules() : []), ...metricRelabelConfigs],
      }),
      client,
      firstSpreadMs: FIRST_SPREAD_MS,
    });
    metrics.sync([groupOf(context, 'apiserver', '/metrics')]);
    const readyz = openJob({
      config: jobConfig({
        poolName: poolName('apiserver-readyz'),
        intervalMs,
        metricsPath: '/readyz',
        metricRelabelConfigs: [],
        params: { verbose: [''] },
      }),
      client,
      openPreparer: openReadyzPreparer,
      firstSpreadMs: FIRST_SPREAD_MS,
    });
    readyz.sync([groupOf(context, 'apiserver-readyz', '/readyz')]);
    this.#jobs = [metrics, readyz];
  }

  close(): void {
    for (const job of this.#jobs) job.close();
  }
}

function groupOf({ cluster, serverUrl }: JobContext, job: string, path: string): TargetGroup {
  const url = new URL(serverUrl);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const target = Labels.fromRecord({
    __scheme__: url.protocol.slice(0, -1),
    __address__: url.host,
    __metrics_path__: url.pathname.replace(/\/$/, '') + path,
    job,
    instance: `${url.hostname}:${port}`,
    cluster: cluster.name,
  });
  return { source: url.href, targets: [target], labels: Labels.EMPTY };
}
