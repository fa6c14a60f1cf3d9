/**
 * The jobs that ask a cluster's other parts. What listens where we do not reach it (kubeadm binds
 * the scheduler to its node's loopback) is no target: it would be down for ever.
 */
import { PODS } from '../../kubernetes/resources.ts';
import { joinHostPort } from '../../model/host-port.ts';
import type { Pod } from '../discovery/kubernetes/discovered-objects.ts';
import type { JobHandle } from '../scrape/made-job.ts';
import { type ClusterTarget, GroupMemory } from './cluster-target.ts';
import { COMPONENT_KINDS, type ComponentKind, componentOf, portOf } from './component-kinds.ts';
import type { Endpoint } from './endpoint.ts';
import { jobConfig } from './job-config.ts';
import { FIRST_SPREAD_MS, type JobContext, Soon } from './job-context.ts';

const METRICS_PATH = '/metrics';

/** One try whether a Pod can be asked at all. */
const TRY_TIMEOUT_MS = 5000;
const PAGE_BYTES_MAX = 64 * 1024 * 1024;
/** Tries after the first failure wait twice as long each time. */
const RETRY_MS_MIN = 15_000;
const RETRY_MS_MAX = 600_000;

interface Candidate {
  readonly kind: ComponentKind;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  isReached: boolean;
  /** Ends what is tried for it. */
  readonly end: AbortController;
}

interface KindJob {
  readonly handle: JobHandle;
  readonly groups: GroupMemory;
}

export class ComponentJobs {
  readonly #context: JobContext;
  readonly #jobs = new Map<ComponentKind, KindJob>();
  /** By UID of the Pod, or by URL. */
  readonly #candidates = new Map<string, Candidate>();
  readonly #soon: Soon;
  readonly #ends: readonly (() => void)[];

  constructor(context: JobContext) {
    this.#context = context;
    this.#soon = new Soon(context.clock, () => this.#sync());
    for (const kind of COMPONENT_KINDS) this.#openKind(kind);
    const pods = context.cluster.objects<Pod>(PODS);
    this.#ends = [
      pods.subscribe({
        added: (pod) => this.#take(pod),
        modified: (pod) => this.#take(pod),
        deleted: (pod) => this.#drop(pod.metadata.uid),
      }),
      context.endpoints.onRouteChange(() => this.#soon.ask()),
    ];
  }

  close(): void {
    for (const end of this.#ends) end();
    for (const { end } of this.#candidates.values()) end.abort();
    this.#soon.close();
    for (const { handle } of this.#jobs.values()) handle.close();
  }

  #openKind(kind: ComponentKind): void {
    const { collection, client, openJob, poolName, cluster } = this.#context;
    const settings = collection.components[kind.component];
    if (!settings.enabled) return;
    const handle = openJob({
      config: jobConfig({
        poolName: poolName(kind.job),
        intervalMs: settings.intervalMs,
        metricsPath: METRICS_PATH,
        metricRelabelConfigs: [...kind.metricRelabelConfigs, ...settings.metricRelabelConfigs],
        honorsLabels: kind.honorsLabels,
      }),
      client,
      firstSpreadMs: FIRST_SPREAD_MS,
    });
    this.#jobs.set(kind, { handle, groups: new GroupMemory() });
    for (const text of settings.urls) {
      const url = new URL(text);
      this.#put(text, {
        kind,
        endpoint: {
          origin: url.origin,
          kind: 'component',
          ownerUid: text,
          owner: text,
          serverNames: [],
          sendsCredentials: kind.isAuthenticated && url.protocol === 'https:',
          proxyPath: undefined,
        },
        path: url.pathname === '/' ? METRICS_PATH : url.pathname,
        labels: { job: kind.job, instance: url.host, cluster: cluster.name },
        // Whoever names it wants to know when it is down.
        isReached: true,
        end: new AbortController(),
      });
    }
  }

  #put(key: string, candidate: Candidate): void {
    this.#candidates.set(key, candidate);
    this.#context.endpoints.put(candidate.endpoint);
    this.#soon.ask();
  }

  #take(pod: Pod): void {
    const kind = componentOf(pod);
    if (kind === undefined || !this.#jobs.has(kind)) return;
    const { collection } = this.#context;
    if (collection.components[kind.component].urls.length > 0) return;
    const { uid } = pod.metadata;
    const address = pod.status?.podIP ?? '';
    if (address === '' || pod.status?.phase !== 'Running') return this.#drop(uid);
    const next = this.#candidateOf(kind, pod, address);
    const known = this.#candidates.get(uid);
    if (known?.endpoint.origin === next.endpoint.origin) return;
    this.#drop(uid);
    this.#put(uid, next);
    void this.#tryUntilReached(next, RETRY_MS_MIN);
  }

  #candidateOf(kind: ComponentKind, pod: Pod, address: string): Candidate {
    const { name, namespace = '', uid } = pod.metadata;
    const { nodeName = '', hostNetwork = false } = pod.spec ?? {};
    const port = String(portOf(kind, pod));
    const instance = joinHostPort({ host: address, port });
    const scheme = kind.scheme === 'https' ? 'https:' : '';
    const at = `/api/v1/namespaces/${namespace}/pods/${scheme}${name}:${port}/proxy`;
    return {
      kind,
      endpoint: {
        origin: new URL(`${kind.scheme}://${instance}`).origin,
        kind: 'component',
        ownerUid: uid,
        owner: `Pod ${namespace}/${name}`,
        serverNames: ['localhost'],
        sendsCredentials: kind.isAuthenticated && kind.isSystem && hostNetwork,
        proxyPath: at,
      },
      path: METRICS_PATH,
      labels: {
        job: kind.job,
        // As kube-prometheus: dashboards of machines list them by `instance`.
        instance: kind.component === 'node_exporter' ? nodeName : instance,
        cluster: this.#context.cluster.name,
        ...(nodeName === '' ? {} : { node: nodeName }),
        // Of an exporter for others' things, these labels are theirs.
        ...(kind.honorsLabels ? {} : { namespace, pod: name }),
      },
      isReached: false,
      end: new AbortController(),
    };
  }

  #drop(key: string): void {
    const known = this.#candidates.get(key);
    if (known === undefined) return;
    known.end.abort();
    this.#candidates.delete(key);
    const { endpoints, pins } = this.#context;
    endpoints.remove(known.endpoint);
    pins.forget(known.endpoint.ownerUid);
    this.#soon.ask();
  }

  async #tryUntilReached(candidate: Candidate, retryMs: number): Promise<void> {
    const { clock, logger } = this.#context;
    const { endpoint, kind, end } = candidate;
    const problem = await this.#tryOnce(candidate);
    if (end.signal.aborted) return;
    if (problem === undefined) {
      candidate.isReached = true;
      this.#soon.ask();
      return;
    }
    const level = retryMs === RETRY_MS_MIN ? 'info' : 'debug';
    logger[level]('a component of the cluster is not collected', {
      job: kind.job,
      component: endpoint.owner,
      problem,
    });
    const next = Math.min(retryMs * 2, RETRY_MS_MAX);
    const cancel = clock.schedule(retryMs, () => void this.#tryUntilReached(candidate, next));
    end.signal.addEventListener('abort', cancel, { once: true });
  }

  /** @returns why it cannot be asked; undefined if it can */
  async #tryOnce({ endpoint, path, end }: Candidate): Promise<string | undefined> {
    try {
      const response = await this.#context.client.request({
        method: 'GET',
        url: endpoint.origin + path,
        headers: { 'accept-encoding': 'gzip' },
        signal: AbortSignal.any([end.signal, AbortSignal.timeout(TRY_TIMEOUT_MS)]),
        bodyBytesMax: PAGE_BYTES_MAX,
      });
      return response.status === 200 ? undefined : `HTTP status ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #sync(): void {
    const { endpoints, serverUrl } = this.#context;
    for (const [kind, { handle, groups }] of this.#jobs) {
      const targets: ClusterTarget[] = [];
      for (const { kind: of, endpoint, path, labels, isReached } of this.#candidates.values()) {
        if (of !== kind || !isReached) continue;
        targets.push({ endpoint, route: endpoints.shownRoute(endpoint), path, labels });
      }
      handle.sync(groups.of(targets, serverUrl));
    }
  }
}
