/** A server in a cluster that exposes something, and the ways to it. */

/** `direct` by its own address, `api` by way of the API server's proxy. */
export type Route = 'direct' | 'api';

export interface Endpoint {
  /** 'https://10.0.0.1:10250'; names it within its cluster. */
  readonly origin: string;
  readonly kind: 'kubelet' | 'component';
  /** The Node or Pod: keys that certificates showed are remembered for it. */
  readonly ownerUid: string;
  /** For messages: 'node n1', 'Pod kube-system/etcd-n1'. */
  readonly owner: string;
  /** What its certificate may name beside the address. */
  readonly serverNames: readonly string[];
  /** Only a certificate that the cluster's authority signed will do. */
  readonly needsAuthority?: boolean;
  /** Whether it is told who we are: false for what anybody may have put into the cluster. */
  readonly sendsCredentials: boolean;
  /** Where the API server answers for it: '/api/v1/nodes/n1/proxy'; undefined: nowhere. */
  readonly proxyPath: string | undefined;
}

/** After it comes the path of the server that is asked. */
const PROXY_PART = '/proxy/';

/** How long a way that failed is not tried. */
const ROUTE_KEPT_MS = 10 * 60_000;

interface ApiRoute {
  readonly untilMs: number;
}

/** The endpoints of one cluster that are known, and the way that each is reached. */
export class EndpointTable {
  readonly #nowMs: () => number;
  readonly #byOrigin = new Map<string, Endpoint>();
  readonly #byProxyPath = new Map<string, Endpoint>();
  readonly #apiRoutes = new Map<string, ApiRoute>();
  readonly #listeners = new Set<() => void>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  find(origin: string): Endpoint | undefined {
    return this.#byOrigin.get(origin);
  }

  /** Of a path at the API server that leads to an endpoint: which, and its path there. */
  findProxied(path: string): { readonly endpoint: Endpoint; readonly path: string } | undefined {
    const end = path.indexOf(PROXY_PART);
    if (end < 0) return undefined;
    const proxyPath = path.slice(0, end + PROXY_PART.length - 1);
    const endpoint = this.#byProxyPath.get(proxyPath);
    return endpoint === undefined ? undefined : { endpoint, path: path.slice(proxyPath.length) };
  }

  put(endpoint: Endpoint): void {
    const before = this.#byOrigin.get(endpoint.origin);
    if (before !== undefined && before.ownerUid !== endpoint.ownerUid) {
      this.#apiRoutes.delete(endpoint.origin);
    }
    this.#byOrigin.set(endpoint.origin, endpoint);
    if (endpoint.proxyPath !== undefined) this.#byProxyPath.set(endpoint.proxyPath, endpoint);
  }

  /** Only if it is still that of this owner: an address may have passed on. */
  remove(endpoint: Endpoint): void {
    if (this.#byOrigin.get(endpoint.origin)?.ownerUid !== endpoint.ownerUid) return;
    this.#byOrigin.delete(endpoint.origin);
    if (endpoint.proxyPath !== undefined) this.#byProxyPath.delete(endpoint.proxyPath);
    this.#apiRoutes.delete(endpoint.origin);
  }

  route({ origin }: Endpoint): Route {
    const api = this.#apiRoutes.get(origin);
    return api !== undefined && this.#nowMs() < api.untilMs ? 'api' : 'direct';
  }

  /** The direct way failed and the other did not: it is taken for a while. */
  takeApiRoute({ origin }: Endpoint): void {
    const isNew = !this.#apiRoutes.has(origin);
    this.#apiRoutes.set(origin, { untilMs: this.#nowMs() + ROUTE_KEPT_MS });
    if (isNew) this.#tell();
  }

  takeDirectRoute({ origin }: Endpoint): void {
    if (this.#apiRoutes.delete(origin)) this.#tell();
  }

  /** Told when a route is another. @returns ends it */
  onRouteChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is shown: the way last taken, also when the other one is about to be tried. */
  shownRoute({ origin }: Endpoint): Route {
    return this.#apiRoutes.has(origin) ? 'api' : 'direct';
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
