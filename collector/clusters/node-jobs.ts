/** The jobs that ask every kubelet of a cluster: its metrics, cAdvisor, probes, the summary. */
import type { KubeletCollection } from '../../config/collection-types.ts';
import { NODES } from '../../kubernetes/resources.ts';
import type { Node } from '../discovery/kubernetes/discovered-objects.ts';
import type { JobHandle } from '../scrape/made-job.ts';
import type { OpenPreparer } from '../scrape/page-preparer.ts';
import { openCadvisorPreparer } from './cadvisor-page.ts';
import { cadvisorRules } from './cadvisor-rules.ts';
import { GroupMemory } from './cluster-target.ts';
import type { Route } from './endpoint.ts';
import { jobConfig } from './job-config.ts';
import { FIRST_SPREAD_MS, type JobContext, Soon } from './job-context.ts';
import { type KubeletNode, kubeletNode } from './kubelet-node.ts';
import { openSummaryPreparer } from './summary-page.ts';

/** A rate needs two values; cAdvisor measures anew within so long. */
const EXTRA_AFTER_MS = 15_000;

const CADVISOR_PATH = '/metrics/cadvisor';

interface KubeletPage {
  readonly what: string;
  readonly path: string;
  readonly intervalMs: (kubelet: KubeletCollection) => number;
  readonly openPreparer?: OpenPreparer;
  /** Whether it is asked of the node; `hasCadvisor` is false where that page is missing. */
  readonly applies: (node: KubeletNode, hasCadvisor: boolean) => boolean;
}

const always = (): boolean => true;

const PAGES: readonly KubeletPage[] = [
  { what: 'kubelet', path: '/metrics', intervalMs: (k) => k.intervalMs, applies: always },
  {
    what: 'cadvisor',
    path: CADVISOR_PATH,
    intervalMs: (k) => k.intervalMs,
    openPreparer: openCadvisorPreparer,
    applies: (_node, hasCadvisor) => hasCadvisor,
  },
  {
    what: 'resource',
    path: '/metrics/resource',
    intervalMs: (k) => k.intervalMs,
    applies: (_node, hasCadvisor) => !hasCadvisor,
  },
  {
    what: 'probes',
    path: '/metrics/probes',
    intervalMs: (k) => k.probesIntervalMs,
    applies: always,
  },
  {
    what: 'summary',
    path: '/stats/summary',
    intervalMs: (k) => k.summaryIntervalMs,
    openPreparer: openSummaryPreparer,
    applies: always,
  },
];

interface PageJob {
  readonly page: KubeletPage;
  readonly handle: JobHandle;
  readonly groups: GroupMemory;
}

export class NodeJobs {
  readonly #context: JobContext;
  readonly #jobs: readonly PageJob[];
  /** By name. */
  readonly #nodes = new Map<string, KubeletNode>();
  /** UIDs of nodes that answered that they have no cAdvisor. */
  readonly #withoutCadvisor = new Set<string>();
  readonly #soon: Soon;
  readonly #ends: readonly (() => void)[];

  constructor(context: JobContext) {
    this.#context = context;
    this.#jobs = PAGES.map((page) => this.#openJob(page));
    this.#soon = new Soon(context.clock, () => this.#sync());
    const nodes = context.cluster.objects<Node>(NODES);
    this.#ends = [
      nodes.subscribe({
        added: (node) => this.#take(node),
        modified: (node) => this.#take(node),
        deleted: (node) => this.#remove(node.metadata.name),
        synced: () => this.#soon.ask(),
      }),
      context.endpoints.onRouteChange(() => this.#soon.ask()),
    ];
  }

  /** The kubelet answered that it has no such page. */
  pageIsMissing(ownerUid: string, path: string): void {
    if (path !== CADVISOR_PATH || this.#withoutCadvisor.has(ownerUid)) return;
    this.#withoutCadvisor.add(ownerUid);
    this.#soon.ask();
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#soon.close();
    for (const { handle } of this.#jobs) handle.close();
  }

  #openJob(page: KubeletPage): PageJob {
    const { collection, client, openJob, poolName } = this.#context;
    const { kubelet } = collection;
    const isCadvisor = page.path === CADVISOR_PATH;
    const rules = isCadvisor ? cadvisorRules(kubelet.profile === 'full') : [];
    const handle = openJob({
      config: jobConfig({
        poolName: poolName(page.what),
        intervalMs: page.intervalMs(kubelet),
        metricsPath: page.path,
        metricRelabelConfigs: [...rules, ...kubelet.metricRelabelConfigs],
        honorsLabels: true,
        tracksTimestamps: isCadvisor || page.what === 'resource',
      }),
      client,
      firstSpreadMs: FIRST_SPREAD_MS,
      extraAfterMs: EXTRA_AFTER_MS,
      ...(page.openPreparer === undefined ? {} : { openPreparer: page.openPreparer }),
    });
    return { page, handle, groups: new GroupMemory() };
  }

  #take(node: Node): void {
    const { endpoints, collection } = this.#context;
    const { name } = node.metadata;
    const known = this.#nodes.get(name);
    const next = kubeletNode(node, collection.kubelet.port);
    // Nodes report every few seconds; hardly ever does an address change.
    if (JSON.stringify(known) === JSON.stringify(next)) return;
    if (known !== undefined) this.#forget(known, next);
    if (next === undefined) this.#nodes.delete(name);
    else {
      this.#nodes.set(name, next);
      endpoints.put(next.endpoint);
    }
    this.#soon.ask();
  }

  #remove(name: string): void {
    const known = this.#nodes.get(name);
    if (known === undefined) return;
    this.#nodes.delete(name);
    this.#forget(known, undefined);
    this.#soon.ask();
  }

  #forget(node: KubeletNode, next: KubeletNode | undefined): void {
    const { endpoints, pins } = this.#context;
    const { ownerUid, origin } = node.endpoint;
    if (next?.endpoint.origin !== origin) endpoints.remove(node.endpoint);
    if (next?.endpoint.ownerUid === ownerUid) return;
    pins.forget(ownerUid);
    this.#withoutCadvisor.delete(ownerUid);
  }

  #sync(): void {
    const { cluster, collection, serverUrl } = this.#context;
    const nodes = [...this.#nodes.values()];
    const isLight = collection.kubelet.profile === 'light';
    for (const { page, handle, groups } of this.#jobs) {
      const targets = nodes
        .filter((node) => page.applies(node, !isLight && this.#hasCadvisor(node)))
        .map((node) => ({
          endpoint: node.endpoint,
          route: this.#route(node),
          path: page.path,
          labels: {
            job: 'kubelet',
            metrics_path: page.path,
            instance: node.instance,
            node: node.name,
            cluster: cluster.name,
          },
        }));
      handle.sync(groups.of(targets, serverUrl));
    }
  }

  #hasCadvisor(node: KubeletNode): boolean {
    return !node.isWindows && !this.#withoutCadvisor.has(node.endpoint.ownerUid);
  }

  #route({ endpoint }: KubeletNode): Route {
    const { collection, endpoints } = this.#context;
    return collection.kubelet.mode === 'proxy' ? 'api' : endpoints.shownRoute(endpoint);
  }
}
