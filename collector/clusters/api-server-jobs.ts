/** The jobs that ask the API server itself: its metrics, and which of its checks pass. */
import { ENDPOINT_SLICES } from '../../kubernetes/resources.ts';
import { joinHostPort } from '../../model/host-port.ts';
import type { EndpointSlice } from '../discovery/kubernetes/discovered-objects.ts';
import type { JobHandle } from '../scrape/made-job.ts';
import { apiServerRules } from './api-server-rules.ts';
import { type ClusterTarget, GroupMemory } from './cluster-target.ts';
import type { Endpoint } from './endpoint.ts';
import { jobConfig } from './job-config.ts';
import { FIRST_SPREAD_MS, type JobContext, Soon } from './job-context.ts';
import { openReadyzPreparer } from './readyz-page.ts';

/** Where every cluster lists its API servers. */
const SERVERS = { namespace: 'default', labelSelector: 'kubernetes.io/service-name=kubernetes' };
const HTTPS_PORT = 6443;

const TRY_TIMEOUT_MS = 5000;
/** Behind one address, servers that cannot be asked by theirs are tried again after this. */
const RETRY_MS = 300_000;

interface ApiJob {
  readonly job: string;
  readonly path: string;
  readonly handle: JobHandle;
  readonly groups: GroupMemory;
}

/**
 * One target, at the address that we know the cluster by. That is one server after the other where
 * a balancer stands before several, so these are asked by their own addresses, if all can be.
 */
export class ApiServerJobs {
  readonly #context: JobContext;
  readonly #jobs: readonly ApiJob[];
  readonly #slices = new Map<string, EndpointSlice>();
  readonly #soon: Soon;
  readonly #endWatch: () => void;
  /** By their own addresses; what is tried for them ends with them. */
  #servers: readonly Endpoint[] = [];
  #trying = new AbortController();
  #areReached = false;

  constructor(context: JobContext) {
    this.#context = context;
    this.#jobs = this.#openJobs();
    this.#soon = new Soon(context.clock, () => this.#takeServers());
    const take = (slice: EndpointSlice): void => {
      this.#slices.set(slice.metadata.name, slice);
      this.#soon.ask();
    };
    this.#endWatch = context.cluster.objects<EndpointSlice>(ENDPOINT_SLICES, SERVERS).subscribe({
      added: take,
      modified: take,
      deleted: (slice) => {
        this.#slices.delete(slice.metadata.name);
        this.#soon.ask();
      },
    });
    this.#sync();
  }

  close(): void {
    this.#endWatch();
    this.#soon.close();
    this.#trying.abort();
    for (const { handle } of this.#jobs) handle.close();
  }

  #openJobs(): readonly ApiJob[] {
    const { client, collection, openJob, poolName } = this.#context;
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
    return [
      { job: 'apiserver', path: '/metrics', handle: metrics, groups: new GroupMemory() },
      { job: 'apiserver-readyz', path: '/readyz', handle: readyz, groups: new GroupMemory() },
    ];
  }

  #takeServers(): void {
    const { endpoints, serverUrl } = this.#context;
    const own = new URL(serverUrl).origin;
    const servers = [...new Set([...this.#slices.values()].flatMap(addressesOf))]
      .sort()
      .map(serverEndpoint);
    if (
      servers.map(({ origin }) => origin).join() ===
      this.#servers.map(({ origin }) => origin).join()
    )
      return;
    this.#trying.abort();
    this.#trying = new AbortController();
    // Requests to the address that we know the cluster by go as all others do.
    for (const server of this.#servers) endpoints.remove(server);
    this.#servers = servers;
    this.#areReached = false;
    for (const server of servers) if (server.origin !== own) endpoints.put(server);
    this.#sync();
    if (servers.length > 1) void this.#tryUntilReached(this.#trying.signal);
  }

  async #tryUntilReached(signal: AbortSignal): Promise<void> {
    const { client, clock, logger } = this.#context;
    const tries = this.#servers.map(({ origin }) =>
      client.request({
        method: 'GET',
        url: `${origin}/readyz?verbose=`,
        headers: {},
        signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_TIMEOUT_MS)]),
        bodyBytesMax: 1024 * 1024,
      }),
    );
    const results = await Promise.allSettled(tries);
    if (signal.aborted) return;
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed === undefined) {
      this.#areReached = true;
      this.#sync();
      return;
    }
    logger.info('API servers are asked through one address, and so in turn', {
      problem: failed.status === 'rejected' ? String(failed.reason) : '',
    });
    const cancel = clock.schedule(RETRY_MS, () => void this.#tryUntilReached(signal));
    signal.addEventListener('abort', cancel, { once: true });
  }

  #sync(): void {
    const { serverUrl } = this.#context;
    for (const { job, path, handle, groups } of this.#jobs) {
      const targets = this.#areReached
        ? this.#servers.map((server) => this.#target(server.origin, job, path))
        : [this.#target(serverUrl, job, path)];
      handle.sync(groups.of(targets, serverUrl));
    }
  }

  #target(url: string, job: string, path: string): ClusterTarget {
    const { origin, protocol, hostname, port, pathname } = new URL(url);
    return {
      endpoint: { ...serverEndpoint(origin), origin },
      route: 'direct',
      path: pathname.replace(/\/$/, '') + path,
      labels: {
        job,
        instance: `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`,
        cluster: this.#context.cluster.name,
      },
    };
  }
}

/** URLs. */
function addressesOf(slice: EndpointSlice): readonly string[] {
  const ports = slice.ports ?? [];
  const port = (ports.find(({ name }) => name === 'https') ?? ports[0])?.port ?? HTTPS_PORT;
  return (slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses = [] }) =>
      addresses.map(
        (host) => new URL(`https://${joinHostPort({ host, port: String(port) })}`).origin,
      ),
    );
}

function serverEndpoint(origin: string): Endpoint {
  return {
    origin,
    kind: 'component',
    ownerUid: origin,
    owner: `the API server at ${origin}`,
    // In every API server's certificate, which may not name the address.
    serverNames: ['kubernetes.default.svc', 'kubernetes'],
    needsAuthority: true,
    sendsCredentials: true,
    proxyPath: undefined,
  };
}
