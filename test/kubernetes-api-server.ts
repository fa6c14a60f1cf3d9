/**
 * The list-and-watch part of a Kubernetes API server over real HTTP, with the faults of real ones.
 * One resource per plural name, whatever its group and namespaces.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { gzipSync } from 'node:zlib';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { type ListeningServer, listen } from './listening-server.ts';

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: string;
  readonly object: KubernetesObject;
  readonly version: number;
}

interface Watch {
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly response: ServerResponse;
}

export interface ServedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
}

/** Answers a request in place of the server; false: the server answers. */
type Fault = (request: ServedRequest, response: ServerResponse) => boolean;

export class KubernetesApiServer {
  readonly requests: ServedRequest[] = [];
  /** Watch-list, as servers from 1.32 on have it. */
  hasWatchList = true;
  hasGzip = true;
  fault: Fault = () => false;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #log: Change[] = [];
  readonly #watches = new Set<Watch>();
  #version = 1000;
  #compactedTo = 0;
  #listening: ListeningServer | undefined;

  async start(tls?: ServerOptions): Promise<this> {
    this.#listening = await listen(this.handler, tls);
    return this;
  }

  get url(): string {
    return this.#listening?.url ?? '';
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  /** Of each request, in order. */
  get authorizations(): readonly (string | undefined)[] {
    return this.requests.map(({ headers }) => headers.authorization);
  }

  /** Requests that list or watch, by how they begin. */
  countOf(kind: 'list' | 'watch' | 'watch-list'): number {
    return this.requests.filter(({ path, query }) => {
      if (path === '/version') return false;
      if (query.get('watch') !== 'true') return kind === 'list' && !query.has('continue');
      return kind === (query.has('sendInitialEvents') ? 'watch-list' : 'watch');
    }).length;
  }

  put(plural: string, name: string, fields: object = {}, namespace = 'default'): KubernetesObject {
    const key = `${plural} ${namespace}/${name}`;
    const before = this.#objects.get(key);
    const version = ++this.#version;
    const object = {
      ...fields,
      metadata: {
        ...(fields as { metadata?: object }).metadata,
        name,
        namespace,
        uid: before?.metadata.uid ?? `uid-${version}`,
        resourceVersion: String(version),
        managedFields: [
          { manager: 'kubectl', time: '2026-01-01T00:00:02Z', fieldsV1: {} },
          { manager: 'first', time: '2026-01-01T00:00:01Z', fieldsV1: {} },
        ],
      },
    } as unknown as KubernetesObject;
    this.#objects.set(key, object);
    this.#change({ type: before === undefined ? 'ADDED' : 'MODIFIED', plural, object, version });
    return object;
  }

  delete(plural: string, name: string, namespace = 'default'): void {
    const key = `${plural} ${namespace}/${name}`;
    const object = this.#objects.get(key);
    if (object === undefined) throw new Error(`no ${key}`);
    const version = ++this.#version;
    this.#objects.delete(key);
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    this.#change({ type: 'DELETED', plural, object: last, version });
  }

  /** History is forgotten, as etcd's compaction does. */
  compact(): void {
    this.#compactedTo = this.#version;
  }

  bookmark(): void {
    for (const { response, plural } of this.#watches) this.#sendBookmark(response, plural, false);
  }

  /** A change that watches are not told of, as no good server does. */
  changeInSecret(change: () => void): void {
    const watches = [...this.#watches];
    this.#watches.clear();
    change();
    for (const watch of watches) this.#watches.add(watch);
  }

  /** Ends all watches as the server's time-out does. */
  endWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  /** Cuts all watches in the middle of a line. */
  cutWatches(): void {
    for (const { response } of this.#watches) {
      response.write('{"type":"ADDED","object":{"meta');
      response.destroy();
    }
    this.#watches.clear();
  }

  /** Connections stay open, but nothing comes any more. */
  silenceWatches(): void {
    this.#watches.clear();
  }

  sendError(code: number, reason: string): void {
    for (const { response } of this.#watches) {
      const object = { kind: 'Status', code, reason, message: `${reason} says the test` };
      response.write(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      response.end();
    }
    this.#watches.clear();
  }

  readonly handler: RequestListener = (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://server');
    const request: ServedRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      rawHeaders: incoming.rawHeaders,
    };
    this.requests.push(request);
    if (this.fault(request, response)) return;
    if (url.pathname === '/version') return sendJson(response, 200, { gitVersion: 'v1.34.4' });
    const parts = url.pathname.split('/');
    const plural = parts.at(-1) ?? '';
    const at = parts.indexOf('namespaces');
    const namespace = at > 0 && at < parts.length - 2 ? parts[at + 1] : undefined;
    if (url.searchParams.get('watch') === 'true') this.#watch(request, response, plural, namespace);
    else this.#list(request, response, plural, namespace);
  };

  #change(change: Change): void {
    this.#log.push(change);
    for (const watch of this.#watches) if (isMeant(watch, change)) sendChange(watch, change);
  }

  #list(
    { query, headers }: ServedRequest,
    response: ServerResponse,
    plural: string,
    namespace: string | undefined,
  ): void {
    const all = this.#objectsOf(plural, namespace);
    const [tokenVersion, tokenFrom] = (query.get('continue') ?? '').split(':').map(Number);
    const version = tokenVersion || this.#version;
    if (tokenVersion && version <= this.#compactedTo) {
      return sendStatus(response, 410, 'Expired', 'the continue token is too old');
    }
    const limit = Number(query.get('limit') ?? all.length) || all.length;
    const from = tokenFrom ?? 0;
    const next = from + limit < all.length ? `${version}:${from + limit}` : undefined;
    const list = {
      kind: 'List',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(version), continue: next },
      items: all.slice(from, from + limit),
    };
    const isGzip = this.hasGzip && headers['accept-encoding'] === 'gzip';
    sendJson(response, 200, list, isGzip);
  }

  #watch(
    { query }: ServedRequest,
    response: ServerResponse,
    plural: string,
    namespace: string | undefined,
  ): void {
    const isInitial = query.get('sendInitialEvents') === 'true';
    if (isInitial && !this.hasWatchList) {
      const text = 'sendInitialEvents is forbidden for watch unless the WatchList feature is on';
      return sendStatus(response, 422, 'Invalid', text);
    }
    const from = Number(query.get('resourceVersion') ?? 0);
    if (!isInitial && from < this.#compactedTo) {
      return sendStatus(response, 410, 'Expired', 'too old resource version');
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const watch: Watch = { plural, namespace, response };
    if (isInitial) {
      for (const object of this.#objectsOf(plural, namespace)) {
        sendChange(watch, { type: 'ADDED', plural, object, version: 0 });
      }
      this.#sendBookmark(response, plural, true);
    } else {
      for (const change of this.#log) {
        if (change.version > from && isMeant(watch, change)) sendChange(watch, change);
      }
    }
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
  }

  #objectsOf(plural: string, namespace: string | undefined): readonly KubernetesObject[] {
    const found: KubernetesObject[] = [];
    for (const [key, object] of this.#objects) {
      const isOfPlural = key.startsWith(`${plural} `);
      if (isOfPlural && (namespace ?? object.metadata.namespace) === object.metadata.namespace) {
        found.push(object);
      }
    }
    return found;
  }

  #sendBookmark(response: ServerResponse, plural: string, isEnd: boolean): void {
    const annotations = isEnd ? { 'k8s.io/initial-events-end': 'true' } : undefined;
    const metadata = { resourceVersion: String(this.#version), annotations };
    const object = { kind: plural, apiVersion: 'v1', metadata };
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }
}

function isMeant(watch: Watch, { plural, object }: Change): boolean {
  const { namespace } = watch;
  return (
    watch.plural === plural && (namespace === undefined || namespace === object.metadata.namespace)
  );
}

function sendChange({ response }: Watch, { type, object }: Change): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function sendJson(response: ServerResponse, status: number, body: unknown, isGzip = false): void {
  const text = Buffer.from(JSON.stringify(body));
  const encoding = isGzip ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...encoding });
  response.end(isGzip ? gzipSync(text) : text);
}

/** An answer of the API server that refuses. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message }));
}
