/** Connections: kept alive, through proxies or not, made anew when certificates change. */
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import type { ProxyConfig, TlsConfig } from '../../config/http-client-types.ts';
import {
  type Environment,
  proxyAuthorization,
  proxySelection,
  type SelectProxy,
} from '../../model/proxy-selection.ts';
import { readTlsOptions, type TlsOptions, tlsFilesVersion } from './tls-options.ts';

/** As Prometheus: longer than most scrape intervals, so that connections are used again. */
const KEEP_ALIVE_MS = 5 * 60_000;

const CONNECT_TIMEOUT_MS = 30_000;
const HEADER_BYTES_MAX = 64 * 1024;

export interface TransportOptions {
  readonly env: Environment;
  readonly nowMs: () => number;
  /** Certificate files are looked at when the last look is this long ago. */
  readonly tlsRecheckMs: number;
  readonly connect: buildConnector.connector | undefined;
}

/** How a request to a URL is put on the wire. */
export interface Route {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** What follows the method: path and query, or the whole URL for a forwarding proxy. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How many connections were made to where the request goes; see `HttpClient`. */
  readonly connectionCount: () => number;
}

export class Transport {
  readonly #tls: TlsConfig;
  readonly #proxy: ProxyConfig;
  readonly #allowH2: boolean;
  readonly #options: TransportOptions;
  readonly #selectProxy: SelectProxy;
  readonly #dispatchers = new Map<string, Dispatcher>();
  readonly #connectionCounts = new Map<string, number>();
  #tlsOptions: TlsOptions | undefined;
  #tlsVersion = '';
  #tlsCheckedAtMs = Number.NEGATIVE_INFINITY;
  #tlsCheck: Promise<void> | undefined;

  constructor(tls: TlsConfig, proxy: ProxyConfig, allowH2: boolean, options: TransportOptions) {
    this.#tls = tls;
    this.#proxy = proxy;
    this.#allowH2 = allowH2;
    this.#options = options;
    this.#selectProxy = proxySelection(proxy, options.env);
  }

  /**
   * @param socketPath a Unix socket to connect to in place of the URL's host
   * @throws HttpRequestError for certificate files that cannot be read
   */
  async route(url: URL, socketPath = ''): Promise<Route> {
    const proxy = socketPath === '' ? this.#selectProxy(url) : undefined;
    const viaTls = url.protocol === 'https:' || proxy?.protocol === 'https:';
    const tls = viaTls ? await this.#currentTls() : {};
    const isForwarded = url.protocol === 'http:' && proxy !== undefined && !isSocks(proxy);
    const target = isForwarded ? (proxy as URL) : url;
    const authorization = isForwarded ? proxyAuthorization(target) : undefined;
    return {
      dispatcher:
        proxy === undefined || isForwarded
          ? this.#direct(tls, viaTls, socketPath)
          : this.#tunnel(proxy, tls),
      origin: target.origin,
      path: isForwarded ? withoutUser(url) : url.pathname + url.search,
      headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
      connectionCount: () => this.#connectionCounts.get(target.host) ?? 0,
    };
  }

  /** Lets requests under way end, then closes. */
  close(): void {
    for (const dispatcher of this.#dispatchers.values()) void dispatcher.close();
    this.#dispatchers.clear();
    this.#connectionCounts.clear();
  }

  async #currentTls(): Promise<TlsOptions> {
    const isDue = this.#options.nowMs() - this.#tlsCheckedAtMs >= this.#options.tlsRecheckMs;
    if (this.#tlsOptions === undefined || isDue) {
      this.#tlsCheck ??= this.#checkTls().finally(() => {
        this.#tlsCheck = undefined;
      });
      await this.#tlsCheck;
    }
    return this.#tlsOptions as TlsOptions; // set by #checkTls, which throws otherwise
  }

  async #checkTls(): Promise<void> {
    const version = await tlsFilesVersion(this.#tls);
    if (this.#tlsOptions === undefined || version !== this.#tlsVersion) {
      const options = await readTlsOptions(this.#tls);
      if (this.#tlsOptions !== undefined) this.close();
      this.#tlsOptions = options;
      this.#tlsVersion = version;
    }
    this.#tlsCheckedAtMs = this.#options.nowMs();
  }

  #direct(tls: TlsOptions, viaTls: boolean, socketPath: string): Dispatcher {
    return this.#cached(`direct ${viaTls} ${socketPath}`, () => {
      const options = { ...tls, allowH2: this.#allowH2, timeout: CONNECT_TIMEOUT_MS };
      const connect =
        this.#options.connect ??
        buildConnector(socketPath === '' ? options : { ...options, socketPath });
      return new Agent({
        ...AGENT_OPTIONS,
        allowH2: this.#allowH2,
        connect: (target, callback) => {
          this.#countConnection(target.host ?? target.hostname);
          connect(target, callback);
        },
      });
    });
  }

  #tunnel(proxy: URL, tls: TlsOptions): Dispatcher {
    return this.#cached(`tunnel ${proxy.href}`, () => {
      const headers: Record<string, string[]> = {};
      for (const [name, values] of Object.entries(this.#proxy.proxyConnectHeader)) {
        headers[name] = values.map((value) => value.reveal());
      }
      const { servername: _ours, checkServerIdentity: _too, ...proxyTls } = tls;
      return new ProxyAgent({
        ...AGENT_OPTIONS,
        uri: proxy.href,
        allowH2: this.#allowH2,
        headers,
        requestTls: { ...tls, allowH2: this.#allowH2 },
        proxyTls,
      });
    });
  }

  #cached(key: string, make: () => Dispatcher): Dispatcher {
    const known = this.#dispatchers.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#dispatchers.set(key, made);
    return made;
  }

  #countConnection(host: string): void {
    this.#connectionCounts.set(host, (this.#connectionCounts.get(host) ?? 0) + 1);
  }
}

/** Requests bring their own deadline, so the dispatcher's timeouts are off. */
const AGENT_OPTIONS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: KEEP_ALIVE_MS,
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: HEADER_BYTES_MAX,
  pipelining: 1,
} as const;

function isSocks(proxy: URL): boolean {
  return proxy.protocol.startsWith('socks');
}

function withoutUser(url: URL): string {
  return url.origin + url.pathname + url.search;
}
