/** An HTTP client built from Prometheus' `<http_config>`. */
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import type { Environment } from '../../model/proxy-selection.ts';
import { configuredHeaders } from './authorization.ts';
import { BodyBuffer } from './body-buffer.ts';
import { exchange, type ResponseHead } from './exchange.ts';
import { BodySizeError, HttpRequestError, toHttpError } from './http-error.ts';
import { OAuth2Tokens, type PostForm } from './oauth2.ts';
import { ResponseReader } from './response-reader.ts';
import { Transport, type TransportOptions } from './transport.ts';
import { USER_AGENT } from './user-agent.ts';

/** As Go's client. */
const REDIRECTS_MAX = 10;

const TLS_RECHECK_MS = 1000;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Ends the request; an HttpRequestError as its reason becomes the failure. */
  readonly signal: AbortSignal;
  /** The most that may come on the wire (and, where this matters, out of decompression). */
  readonly bodyBytesMax: number;
  /** Where the body is gathered; a buffer of its own when not given. */
  readonly buffer?: BodyBuffer;
  /** A Unix socket to connect to in place of the URL's host. */
  readonly socketPath?: string;
}

export interface HttpResponse extends ResponseHead {
  /**
   * As sent, not decompressed: a view of the buffer. Of an answer outside 2xx the first
   * `ERROR_BODY_BYTES_MAX` bytes.
   */
  readonly body: Uint8Array;
}

export interface HttpClientOptions {
  readonly nowMs?: () => number;
  readonly env?: Environment;
  readonly tlsRecheckMs?: number;
  /** Makes the connections that go through no proxy, in place of the configuration's TLS settings. */
  readonly connect?: TransportOptions['connect'];
}

/** What asks for pages: our client, or one that knows another way to their servers. */
export interface HttpRequester {
  /** @throws HttpRequestError */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Lets requests under way end. */
  close(): void;
}

export class HttpClient implements HttpRequester {
  readonly #config: HttpClientConfig;
  readonly #transport: Transport;
  readonly #tokens: OAuth2Tokens | undefined;
  readonly #tokenTransport: Transport | undefined;

  constructor(config: HttpClientConfig, options: HttpClientOptions = {}) {
    const nowMs = options.nowMs ?? Date.now;
    const transportOptions: TransportOptions = {
      nowMs,
      env: options.env ?? process.env,
      tlsRecheckMs: options.tlsRecheckMs ?? TLS_RECHECK_MS,
      connect: options.connect,
    };
    this.#config = config;
    this.#transport = new Transport(config.tls, config, config.enableHttp2, transportOptions);
    if (config.oauth2 !== undefined) {
      const { oauth2 } = config;
      this.#tokenTransport = new Transport(oauth2.tls, oauth2, true, transportOptions);
      this.#tokens = new OAuth2Tokens(oauth2, postFormBy(this.#tokenTransport), nowMs);
    }
  }

  /**
   * Resolves with any status; redirects are followed when the configuration says so.
   *
   * @throws HttpRequestError in Prometheus' words; BodySizeError for a body above the limit
   */
  async request(request: HttpRequest): Promise<HttpResponse> {
    let { method, body } = request;
    let url = parseUrl(request.url, method);
    const { hostname, protocol } = url;
    for (let redirects = 0; ; redirects++) {
      const isSameHost =
        url.hostname === hostname && (url.protocol === protocol || url.protocol === 'https:');
      const response = await this.#hop({ ...request, method }, url, body, isSameHost);
      const location = this.#config.followRedirects ? redirectOf(response) : undefined;
      if (location === undefined) return response;
      if (redirects >= REDIRECTS_MAX) {
        throw failed(method, url, `stopped after ${REDIRECTS_MAX} redirects`);
      }
      if (response.status < 307 && method !== 'GET') {
        method = 'GET';
        body = undefined;
      }
      url = nextUrl(location, url, method);
    }
  }

  close(): void {
    this.#transport.close();
    this.#tokenTransport?.close();
  }

  async #hop(
    request: HttpRequest,
    url: URL,
    body: Uint8Array | undefined,
    isSameHost: boolean,
  ): Promise<HttpResponse> {
    const reader = new ResponseReader(request.buffer ?? new BodyBuffer(), request.bodyBytesMax);
    try {
      const own = isSameHost ? await configuredHeaders(this.#config, this.#tokens) : {};
      const route = await this.#transport.route(url, request.socketPath);
      const headers = {
        'user-agent': USER_AGENT,
        ...userOf(url),
        ...own,
        ...request.headers,
        ...route.headers,
        host: url.host,
      };
      const options = {
        origin: route.origin,
        path: route.path,
        method: request.method,
        headers,
        body: body ?? null,
      };
      const connectionsBefore = route.connectionCount();
      try {
        await exchange(route.dispatcher, options, reader, request.signal);
      } catch (error) {
        // A server may close a kept connection at the moment we use it. That says nothing about
        // the server, so, as Go does, ask once more if no new connection was made.
        const wasReused = connectionsBefore > 0 && route.connectionCount() === connectionsBefore;
        if (!wasReused || reader.head !== undefined || !isClosed(error)) throw error;
        await exchange(route.dispatcher, options, reader, request.signal);
      }
      const head = reader.head as ResponseHead; // exchange resolves after the head
      return { ...head, body: reader.body() };
    } catch (error) {
      if (reader.head !== undefined || error instanceof BodySizeError) throw toHttpError(error);
      // `new URL` drops a default port; people look for what they wrote.
      const asWritten = url.password === '' && new URL(request.url).href === url.href;
      const shown = asWritten ? request.url : url;
      throw failed(request.method, shown, toHttpError(error).message, error);
    }
  }
}

/** `http://user:password@host/` is basic authentication. */
function userOf(url: URL): Readonly<Record<string, string>> {
  if (url.username === '' && url.password === '') return {};
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}

function isClosed(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function parseUrl(text: string, method: string): URL {
  if (!URL.canParse(text)) {
    throw new HttpRequestError(`${methodWord(method)} ${JSON.stringify(text)}: invalid URL`);
  }
  return supported(new URL(text), method);
}

function supported(url: URL, method: string): URL {
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw failed(method, url, `unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
}

function redirectOf(response: HttpResponse): string | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const { location } = response.headers;
  return typeof location === 'string' && location !== '' ? location : undefined;
}

function nextUrl(location: string, from: URL, method: string): URL {
  if (!URL.canParse(location, from.href)) {
    throw failed(method, from, `failed to parse Location header ${JSON.stringify(location)}`);
  }
  return supported(new URL(location, from), method);
}

/** Go's `url.Error`. A password in the URL is never shown. */
function failed(
  method: string,
  url: URL | string,
  text: string,
  cause?: unknown,
): HttpRequestError {
  const shown = typeof url === 'string' ? url : withoutPassword(url);
  return new HttpRequestError(`${methodWord(method)} "${shown}": ${text}`, { cause });
}

function withoutPassword(url: URL): string {
  const shown = new URL(url.href);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

function methodWord(method: string): string {
  return method.charAt(0) + method.slice(1).toLowerCase();
}

function postFormBy(transport: Transport): PostForm {
  return async (url, headers, form, bodyBytesMax, signal) => {
    const target = parseUrl(url, 'POST');
    const route = await transport.route(target);
    const reader = new ResponseReader(new BodyBuffer(), bodyBytesMax);
    const head = await exchange(
      route.dispatcher,
      {
        origin: route.origin,
        path: route.path,
        method: 'POST',
        headers: {
          'user-agent': USER_AGENT,
          ...headers,
          ...route.headers,
          host: target.host,
        },
        body: form,
      },
      reader,
      signal,
    );
    const contentType = head.headers['content-type'];
    return {
      status: head.status,
      statusText: head.statusText,
      contentType: typeof contentType === 'string' ? contentType : '',
      body: Buffer.from(reader.body()).toString('utf8'),
    };
  };
}
