/** One cluster: its connection, its health and its caches. */
import { isDeepStrictEqual } from 'node:util';
import { type Clock, pause } from '../model/clock.ts';
import type { Logger } from '../model/logger.ts';
import { ApiStatusError, ClusterUnreachable } from './api-errors.ts';
import type { Cluster, ClusterHealth, ClusterRequest, ClusterResponse } from './cluster.ts';
import type { ClusterConnection } from './cluster-credentials.ts';
import { type ClusterMetrics, requestLabels } from './cluster-metrics.ts';
import { ApiTransport, drain } from './connection/api-transport.ts';
import type { ConnectionSettings } from './connection/connection-settings.ts';
import { FollowedResource, type FollowStatus } from './followed-resource.ts';
import { type ClusterDefinition, connectionSettings } from './kubeconfig/known-clusters.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import type { CacheSelection, ObjectCache, Resource } from './object-cache.ts';
import { readJson, retryAfterMs } from './read-answer.ts';
import { ObjectStripper } from './watch/strip-object.ts';

const PROBE_INTERVAL_MS = 15_000;
const PROBE_TIMEOUT_MS = 10_000;
/** One lost answer is no outage. */
const SECOND_PROBE_MS = 2_000;
const RETRY_AFTER_DEFAULT_MS = 1_000;
const THROTTLED_SENDS_MAX = 5;

const UNAUTHORIZED = 401;
const TOO_MANY_REQUESTS = 429;

export interface ClusterDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly metrics: ClusterMetrics;
}

export class ConnectedCluster implements Cluster {
  readonly name: string;
  readonly definition: ClusterDefinition;
  readonly #deps: ClusterDeps;
  readonly #closed = new AbortController();
  readonly #followed = new Map<string, FollowedResource>();
  readonly #stripper = new ObjectStripper();
  readonly #noWatchList = new Set<string>();
  #transport: ApiTransport | undefined;
  #connecting: Promise<ApiTransport> | undefined;
  #health: ClusterHealth = { reachable: false };

  constructor(definition: ClusterDefinition, deps: ClusterDeps) {
    this.name = definition.name;
    this.definition = definition;
    this.#deps = deps;
    this.#probeAlways().catch((error: unknown) => {
      deps.logger.error('looking after a cluster ended: a bug', { error });
    });
  }

  get health(): ClusterHealth {
    return this.#health;
  }

  /** URL of the API server; undefined until it is known. */
  get server(): string | undefined {
    return this.#transport?.settings.server.href;
  }

  /** Each resource that somebody follows. */
  followed(): readonly FollowStatus[] {
    return [...this.#followed.values()].flatMap((followed) => followed.status());
  }

  async connection(): Promise<ClusterConnection> {
    const { settings } = await this.#connect();
    return {
      serverUrl: settings.server.href.replace(/\/$/, ''),
      isInCluster: this.definition.access.kind === 'in-cluster',
      // Settings that were read anew count here too.
      credentials: async (refused) => (await this.#connect()).credentials(refused),
    };
  }

  async request(request: ClusterRequest): Promise<ClusterResponse> {
    const transport = await this.#connect();
    const { clock, metrics } = this.#deps;
    const { verb, resource } = requestLabels(request.method ?? 'GET', request.path);
    const startMs = clock.monotonicMs();
    for (let sends = 1; ; sends++) {
      let response: ClusterResponse;
      try {
        response = await transport.send(request);
      } catch (error) {
        metrics.requests.labels(this.name, verb, resource, 'none').inc();
        throw error;
      }
      metrics.requests.labels(this.name, verb, resource, String(response.status)).inc();
      metrics.requestSeconds
        .labels(this.name, verb, resource)
        .observe((clock.monotonicMs() - startMs) / 1000);
      const waitMs = this.#throttledMs(request, response, clock.monotonicMs() - startMs);
      if (waitMs === undefined || sends === THROTTLED_SENDS_MAX) return response;
      await drain(response);
      transport.gate.closeFor(waitMs);
      await pause(waitMs, clock, request.signal ?? this.#closed.signal);
    }
  }

  async json<T>(request: ClusterRequest): Promise<T> {
    const response = await this.request(request);
    return readJson<T>(response, this.#deps.clock.nowMs());
  }

  objects<T extends KubernetesObject>(
    resource: Resource,
    selection: CacheSelection = {},
  ): ObjectCache<T> {
    const key = cacheKey(resource, selection);
    let followed = this.#followed.get(key);
    if (followed === undefined) {
      followed = new FollowedResource(resource, this.#selections(resource, selection), {
        ...this.#deps,
        cluster: this.name,
        request: (request) => this.request(request),
        stripper: this.#stripper,
        noWatchList: this.#noWatchList,
      });
      this.#followed.set(key, followed);
    }
    // A cache holds what its resource names; the caller says how that looks.
    return followed.cache as ObjectCache<T>;
  }

  /** What waits for rights or a resource tries again now. */
  retry(): void {
    for (const followed of this.#followed.values()) followed.retry();
  }

  close(): void {
    this.#closed.abort();
    for (const followed of this.#followed.values()) followed.close();
    this.#transport?.close();
  }

  /** A cluster of which we may see some namespaces only is followed namespace by namespace. */
  #selections(resource: Resource, selection: CacheSelection): readonly CacheSelection[] {
    const { namespaces } = this.definition;
    if (!resource.namespaced || namespaces.length === 0 || selection.namespace !== undefined) {
      return [selection];
    }
    return namespaces.map((namespace) => ({ ...selection, namespace }));
  }

  /** @returns how long to wait before sending again; undefined: the answer counts */
  #throttledMs(
    request: ClusterRequest,
    response: ClusterResponse,
    elapsedMs: number,
  ): number | undefined {
    // Who follows a stream waits by its own rules.
    if (response.status !== TOO_MANY_REQUESTS || request.timeoutMs === 0) return undefined;
    const waitMs = retryAfterMs(response, this.#deps.clock.nowMs()) ?? RETRY_AFTER_DEFAULT_MS;
    const limitMs = request.timeoutMs ?? PROBE_INTERVAL_MS * 2;
    return elapsedMs + waitMs > limitMs ? undefined : waitMs;
  }

  async #connect(): Promise<ApiTransport> {
    if (this.#transport !== undefined) return this.#transport;
    this.#connecting ??= this.#readSettings()
      .then((settings) => this.#use(settings))
      .finally(() => {
        this.#connecting = undefined;
      });
    return this.#connecting;
  }

  #use(settings: ConnectionSettings): ApiTransport {
    if (this.#closed.signal.aborted) throw new ClusterUnreachable('the cluster was removed');
    const transport = new ApiTransport(settings, this.#deps);
    this.#transport?.close();
    this.#transport = transport;
    return transport;
  }

  async #readSettings(): Promise<ConnectionSettings> {
    try {
      return await connectionSettings(this.definition.access, this.#deps.env);
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new ClusterUnreachable(text, { cause });
    }
  }

  async #probeAlways(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      let error = await this.#probe();
      if (error !== undefined && this.#health.reachable) {
        await pause(SECOND_PROBE_MS, this.#deps.clock, signal);
        error = await this.#probe();
      }
      if (error !== undefined && !signal.aborted) await this.#onUnreachable(error);
      await pause(PROBE_INTERVAL_MS, this.#deps.clock, signal);
    }
  }

  /** @returns what went wrong */
  async #probe(): Promise<string | undefined> {
    try {
      const answer = await this.json<{ gitVersion?: string }>({
        path: '/version',
        timeoutMs: PROBE_TIMEOUT_MS,
        signal: this.#closed.signal,
      });
      this.#onReachable(answer.gitVersion);
      return undefined;
    } catch (error) {
      // A server that forbids this path is there, and knows us.
      if (error instanceof ApiStatusError && error.code !== UNAUTHORIZED && error.code < 500) {
        this.#onReachable(undefined);
        return undefined;
      }
      return error instanceof Error ? error.message : String(error);
    }
  }

  #onReachable(version: string | undefined): void {
    const { clock, logger } = this.#deps;
    if (!this.#health.reachable) {
      logger.info('a cluster is reachable', { server: this.server, version });
    }
    const known = version ?? this.#health.version;
    this.#health = {
      reachable: true,
      lastContactMs: clock.nowMs(),
      ...(known === undefined ? {} : { version: known }),
    };
  }

  async #onUnreachable(error: string): Promise<void> {
    if (this.#health.reachable || this.#health.error !== error) {
      this.#deps.logger.warn('a cluster is not reachable', { server: this.server, error });
    }
    this.#health = { ...this.#health, reachable: false, error };
    await this.#renewSettings();
  }

  /** A kubeconfig that was written anew counts without a reload. */
  async #renewSettings(): Promise<void> {
    const old = this.#transport;
    if (old === undefined) return;
    const settings = await this.#readSettings().catch(() => undefined);
    if (settings === undefined || isDeepStrictEqual(settings, old.settings)) return;
    this.#use(settings);
  }
}

function cacheKey({ group, version, plural }: Resource, selection: CacheSelection): string {
  const { namespace, labelSelector, fieldSelector, metadataOnly } = selection;
  const parts = [group, version, plural, namespace, labelSelector, fieldSelector, metadataOnly];
  return JSON.stringify(parts);
}
