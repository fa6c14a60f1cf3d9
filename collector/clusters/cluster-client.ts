/**
 * Asks the servers of one cluster for pages: kubelets and components by their own addresses or
 * through the API server's proxy, and the API server itself.
 */
import { STATUS_CODES } from 'node:http';
import type { KubeletCollection } from '../../config/collection-types.ts';
import { DEFAULT_HTTP_CLIENT } from '../../config/read-http-client.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type {
  ClusterConnection,
  ClusterCredentials,
} from '../../kubernetes/cluster-credentials.ts';
import { BodyBuffer } from '../http/body-buffer.ts';
import {
  HttpClient,
  type HttpRequest,
  type HttpRequester,
  type HttpResponse,
} from '../http/http-client.ts';
import {
  BodySizeError,
  CanceledError,
  DeadlineError,
  HttpRequestError,
  toHttpError,
} from '../http/http-error.ts';
import { ResponseReader } from '../http/response-reader.ts';
import type { Endpoint, EndpointTable } from './endpoint.ts';
import { endpointConnector } from './endpoint-connector.ts';
import { CertificateError, type KeyPins } from './key-pins.ts';
import { Turnstile } from './turnstile.ts';

/** All bytes go through the API server, which has other work to do. */
const PROXIED_AT_ONCE_MAX = 10;

/** Of a refusal, in our error. */
const REFUSAL_CHARS_SHOWN_MAX = 200;

/** Why a kubelet was not read, in `wk_kubelet_scrape_errors_total`. */
export type ScrapeErrorReason =
  | 'timeout'
  | 'connect'
  | 'tls'
  | 'unauthorized'
  | 'forbidden'
  | 'status'
  | 'body_size';

export interface ClusterClientOptions {
  readonly cluster: Cluster;
  readonly connection: ClusterConnection;
  readonly endpoints: EndpointTable;
  readonly pins: KeyPins;
  readonly kubelet: Pick<KubeletCollection, 'mode' | 'tls' | 'caFile'>;
  /** Whether the API server's proxy may be used. */
  readonly allowsProxy: boolean;
  readonly onKubeletError: (reason: ScrapeErrorReason) => void;
  /** A kubelet answered that it has no such page. */
  readonly onMissingPage: (endpoint: Endpoint, path: string) => void;
}

export class ClusterClient implements HttpRequester {
  readonly #options: ClusterClientOptions;
  readonly #server: URL;
  readonly #turnstile = new Turnstile(PROXIED_AT_ONCE_MAX);
  #direct: HttpClient;

  constructor(options: ClusterClientOptions) {
    this.#options = options;
    this.#server = new URL(options.connection.serverUrl);
    this.#direct = this.#openDirect();
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url);
    const response = await this.#ask(url, request);
    // Checks that failed are told with status 500.
    const isReport = response.status === 500 && /\/(readyz|livez)$/.test(url.pathname);
    return isReport ? { ...response, status: 200 } : response;
  }

  close(): void {
    this.#direct.close();
  }

  async #ask(url: URL, request: HttpRequest): Promise<HttpResponse> {
    const { endpoints } = this.#options;
    const endpoint = endpoints.find(url.origin);
    if (endpoint !== undefined) {
      return this.#askEndpoint(endpoint, url.pathname + url.search, request);
    }
    if (url.origin !== this.#server.origin) {
      throw new HttpRequestError(`${url.origin} is no endpoint of the cluster`);
    }
    const base = this.#server.pathname.replace(/\/$/, '');
    const path = url.pathname.slice(base.length);
    const proxied = endpoints.findProxied(path);
    return proxied === undefined
      ? this.#askApi(path + url.search, request)
      : this.#askEndpoint(proxied.endpoint, proxied.path + url.search, request);
  }

  async #askEndpoint(
    endpoint: Endpoint,
    path: string,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    const isKubelet = endpoint.kind === 'kubelet';
    try {
      const response = await this.#askByRoute(endpoint, path, request);
      if (isKubelet && response.status !== 200) {
        this.#options.onKubeletError('status');
        if (response.status === 404) this.#options.onMissingPage(endpoint, path);
      }
      return response;
    } catch (error) {
      // Given up because the target is gone: nobody's error.
      const isOver = error instanceof CanceledError;
      if (isKubelet && !isOver) this.#options.onKubeletError(reasonOf(error));
      throw error;
    }
  }

  async #askByRoute(endpoint: Endpoint, path: string, request: HttpRequest): Promise<HttpResponse> {
    const { endpoints, kubelet, allowsProxy } = this.#options;
    const { proxyPath } = endpoint;
    const byApi =
      proxyPath === undefined || !(allowsProxy || kubelet.mode === 'proxy')
        ? undefined
        : (): Promise<HttpResponse> => this.#askProxy(proxyPath + path, request);
    if (byApi !== undefined && kubelet.mode === 'proxy') return byApi();
    const direct = { ...request, url: endpoint.origin + path };
    if (byApi === undefined || kubelet.mode === 'direct') return this.#askDirect(endpoint, direct);
    if (endpoints.route(endpoint) === 'api') return byApi();
    try {
      const response = await this.#askDirect(endpoint, direct);
      endpoints.takeDirectRoute(endpoint);
      return response;
    } catch (error) {
      if (!mayGoByApi(error) || request.signal.aborted) throw error;
      const response = await this.#insteadOf(error, byApi);
      endpoints.takeApiRoute(endpoint);
      return response;
    }
  }

  /** What went wrong on the direct way says more than what did on the way round. */
  async #insteadOf(error: unknown, ask: () => Promise<HttpResponse>): Promise<HttpResponse> {
    let response: HttpResponse;
    try {
      response = await ask();
    } catch {
      throw error;
    }
    if (response.status >= 400) throw error;
    return response;
  }

  async #askDirect(endpoint: Endpoint, request: HttpRequest): Promise<HttpResponse> {
    if (!endpoint.sendsCredentials) return this.#direct.request(request);
    const credentials = await this.#credentials();
    let response = await this.#direct.request(authorized(request, credentials));
    if (response.status === 401) {
      const renewed = await this.#credentials(credentials);
      if (renewed !== credentials) {
        // A certificate is shown when a connection is made, so there must be a new one.
        this.#direct.close();
        this.#direct = this.#openDirect();
        response = await this.#direct.request(authorized(request, renewed));
      }
    }
    if (response.status === 401 || response.status === 403) throw new RefusedError(response);
    return response;
  }

  async #credentials(refused?: ClusterCredentials): Promise<ClusterCredentials> {
    try {
      return await this.#options.connection.credentials(refused);
    } catch (cause) {
      throw toHttpError(cause);
    }
  }

  async #askProxy(path: string, request: HttpRequest): Promise<HttpResponse> {
    const response = await this.#turnstile.pass(() => this.#askApi(path, request));
    if (response.status === 401 || response.status === 403) throw new RefusedError(response);
    return response;
  }

  async #askApi(path: string, request: HttpRequest): Promise<HttpResponse> {
    const { signal, headers } = request;
    try {
      if (signal.aborted) throw signal.reason;
      // The cluster's own connection decodes gzip, and no more. No limit but our signal counts.
      const answer = await this.#options.cluster.request({
        path,
        headers: { ...headers, 'accept-encoding': 'gzip' },
        signal,
        timeoutMs: 0,
      });
      const reader = new ResponseReader(request.buffer ?? new BodyBuffer(), request.bodyBytesMax);
      const head = {
        status: answer.status,
        statusText: STATUS_CODES[answer.status] ?? '',
        headers: { ...answer.headers, 'content-encoding': undefined } as HttpResponse['headers'],
      };
      reader.onHead(head);
      for await (const chunk of answer.body) reader.onBytes(chunk);
      return { ...head, body: reader.body() };
    } catch (error) {
      throw toHttpError(signal.aborted ? signal.reason : error);
    }
  }

  #openDirect(): HttpClient {
    const { endpoints, pins, kubelet, allowsProxy, connection } = this.#options;
    const config = { ...DEFAULT_HTTP_CLIENT, enableHttp2: false, followRedirects: false };
    const credentials = (): Promise<ClusterCredentials> => this.#credentials();
    const { tls, caFile } = kubelet;
    const guardsTokens = allowsProxy && kubelet.mode === 'auto' && !connection.isInCluster;
    return new HttpClient(config, {
      connect: endpointConnector({ endpoints, pins, tls, caFile, credentials, guardsTokens }),
    });
  }
}

/** The server knows us and does not let us, or does not know us. */
class RefusedError extends HttpRequestError {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor({ status, statusText, body }: HttpResponse) {
    const said = Buffer.from(body).toString('utf8').trim().slice(0, REFUSAL_CHARS_SHOWN_MAX);
    super(`server returned HTTP status ${status} ${statusText}${said === '' ? '' : `: ${said}`}`);
    this.status = status;
  }
}

function authorized(request: HttpRequest, { authorization }: ClusterCredentials): HttpRequest {
  if (authorization === undefined) return request;
  return { ...request, headers: { ...request.headers, authorization } };
}

function mayGoByApi(error: unknown): boolean {
  const certificate = certificateErrorOf(error);
  // Whoever took a node's place must not be asked by way of another either.
  if (certificate !== undefined) return certificate.isUnknown;
  return !(error instanceof BodySizeError);
}

function certificateErrorOf(error: unknown): CertificateError | undefined {
  if (error instanceof CertificateError) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof CertificateError ? cause : undefined;
}

function reasonOf(error: unknown): ScrapeErrorReason {
  if (error instanceof DeadlineError) return 'timeout';
  if (error instanceof BodySizeError) return 'body_size';
  if (certificateErrorOf(error) !== undefined) return 'tls';
  if (error instanceof RefusedError) return error.status === 401 ? 'unauthorized' : 'forbidden';
  return 'connect';
}
