/** Puts requests on the wire with the cluster's credentials. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../../model/clock.ts';
import { describeNetworkError } from '../../model/network-error.ts';
import { proxySelection } from '../../model/proxy-selection.ts';
import { VERSION } from '../../model/version.ts';
import { ClusterUnreachable } from '../api-errors.ts';
import type { ClusterRequest, ClusterResponse } from '../cluster.ts';
import type { ClusterCredentials } from '../cluster-credentials.ts';
import { type AgentPair, CONNECT_MS_MAX, createAgents, dropIdle } from './api-agent.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { type Credential, type Credentials, createCredentials } from './credentials.ts';
import { impersonationHeaders } from './impersonation.ts';
import { RequestGate } from './request-gate.ts';
import { type PemTexts, TlsMaterial, type TlsOptions } from './tls-material.ts';

const TIMEOUT_MS = 30_000;
/** A stream has no end, but an answer it must have; a loaded server holds requests for a minute. */
const STREAM_HEAD_MS_MAX = 75_000;
const KEEP_ALIVE_PROBE_MS = 30_000;
/** So that we are no burden: API Priority and Fairness would throttle us otherwise. */
const PARALLEL_REQUESTS_MAX = 10;
/** A kept connection that the server closed meanwhile says nothing of the server. */
const SENDS_MAX = 3;

const UNAUTHORIZED = 401;

type Headers = Readonly<Record<string, string | string[]>>;

export interface TransportOptions {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface GivenCredentials {
  readonly credential: Credential;
  readonly pems: PemTexts;
  readonly credentials: ClusterCredentials;
}

export class ApiTransport {
  readonly settings: ConnectionSettings;
  readonly gate: RequestGate;
  readonly #clock: Clock;
  readonly #credentials: Credentials;
  readonly #material: TlsMaterial;
  readonly #proxy: URL | undefined;
  readonly #closed = new AbortController();
  #agents: AgentPair | undefined;
  #agentsFor: TlsOptions | undefined;
  #given: GivenCredentials | undefined;

  constructor(settings: ConnectionSettings, { clock, env }: TransportOptions) {
    this.settings = settings;
    this.#clock = clock;
    this.gate = new RequestGate(PARALLEL_REQUESTS_MAX, clock);
    this.#credentials = createCredentials(settings, clock, env);
    this.#material = new TlsMaterial(settings.tls, clock.monotonicMs);
    const choice = {
      proxyUrl: settings.proxyUrl,
      noProxy: '',
      proxyFromEnvironment: settings.proxyUrl === '',
    };
    this.#proxy = proxySelection(choice, env)(settings.server);
  }

  /**
   * One answer, whatever its status. A 401 is asked again once with new credentials, if there are
   * any to be had.
   * @throws ClusterUnreachable
   */
  async send(request: ClusterRequest): Promise<ClusterResponse> {
    const leave = isStream(request) ? undefined : await this.#enter(request.signal);
    try {
      const credential = await this.#credentials.current();
      const response = await this.#sendWith(credential, request, leave);
      if (response.status !== UNAUTHORIZED) return response;
      this.#material.recheck();
      if (!this.#credentials.refused(credential)) return response;
      const renewed = await this.#credentials.current();
      if (isSame(renewed, credential)) return response;
      await drain(response);
      return await this.#sendWith(renewed, request, leave);
    } catch (error) {
      leave?.();
      throw error;
    }
  }

  /**
   * What requests are sent with now, for other servers of the cluster: the same object until it is
   * another.
   * @param refused what one of them answered with 401
   * @throws ClusterUnreachable
   */
  async credentials(refused?: ClusterCredentials): Promise<ClusterCredentials> {
    if (refused !== undefined && refused === this.#given?.credentials) {
      this.#material.recheck();
      this.#credentials.refused(this.#given.credential);
    }
    const credential = await this.#credentials.current();
    const { pems } = await this.#material.read(credential.certificate);
    const given = this.#given;
    if (given?.pems === pems && isSame(given.credential, credential)) return given.credentials;
    const credentials = {
      authorization: credential.authorization,
      ca: pems.ca,
      cert: pems.cert,
      key: pems.key,
    };
    this.#given = { credential, pems, credentials };
    return credentials;
  }

  /** Ends everything that runs. */
  close(): void {
    this.#closed.abort();
    this.#agents?.destroy();
  }

  async #enter(signal: AbortSignal | undefined): Promise<() => void> {
    const closed = this.#closed.signal;
    try {
      return await this.gate.enter(
        signal === undefined ? closed : AbortSignal.any([signal, closed]),
      );
    } catch (cause) {
      throw new ClusterUnreachable('the request was given up', { cause });
    }
  }

  async #sendWith(
    credential: Credential,
    request: ClusterRequest,
    leave: (() => void) | undefined,
  ): Promise<ClusterResponse> {
    const headers = headersOf(request, credential, this.settings);
    for (let sends = 1; ; sends++) {
      const agents = this.#agentsWith(await this.#material.read(credential.certificate));
      try {
        return await this.#exchange(request, headers, agents, leave);
      } catch (error) {
        if (!(error instanceof StaleConnection) || sends === SENDS_MAX) throw error;
        dropIdle(agents.requests);
        dropIdle(agents.streams);
      }
    }
  }

  #agentsWith(tls: TlsOptions): AgentPair {
    if (this.#agents === undefined || this.#agentsFor !== tls) {
      this.#agents?.retire();
      this.#agents = createAgents(this.settings, tls.options, this.#proxy);
      this.#agentsFor = tls;
    }
    return this.#agents;
  }

  #exchange(
    request: ClusterRequest,
    headers: Headers,
    agents: AgentPair,
    leave: (() => void) | undefined,
  ): Promise<ClusterResponse> {
    const { server } = this.settings;
    const { method = 'GET', signal, body, timeoutMs = TIMEOUT_MS } = request;
    return new Promise((resolve, reject) => {
      let failure: ClusterUnreachable | undefined;
      const send = server.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = send({
        host: server.hostname.replace(/^\[|\]$/g, ''),
        port: server.port,
        path: server.pathname.replace(/\/$/, '') + request.path,
        method,
        headers,
        agent: isStream(request) ? agents.streams : agents.requests,
      });
      const giveUp = (text: string): void => {
        failure ??= new ClusterUnreachable(text);
        outgoing.destroy(failure);
      };
      const onAbort = (): void => giveUp('the request was given up');
      const signals = [this.#closed.signal, ...(signal === undefined ? [] : [signal])];
      for (const each of signals) each.addEventListener('abort', onAbort, { once: true });
      const cancelConnect = this.#watchConnect(outgoing, giveUp);
      let cancelTimer = this.#clock.schedule(timeoutMs || STREAM_HEAD_MS_MAX, () => {
        giveUp(`no answer within ${(timeoutMs || STREAM_HEAD_MS_MAX) / 1000} s`);
      });
      const settle = (): void => {
        cancelConnect();
        cancelTimer();
        for (const each of signals) each.removeEventListener('abort', onAbort);
        leave?.();
      };
      outgoing.on('response', (response) => {
        if (timeoutMs === 0) {
          cancelTimer();
          cancelTimer = () => undefined;
        }
        response.once('close', settle);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: readBody(response, () => failure),
        });
      });
      outgoing.on('error', (cause) => {
        settle();
        reject(failure ?? toUnreachable(cause, outgoing, method));
      });
      if (signals.some((each) => each.aborted)) onAbort();
      outgoing.end(body);
    });
  }

  /** A host that takes no connection is told apart sooner than one that takes its time. */
  #watchConnect(outgoing: ClientRequest, giveUp: (text: string) => void): () => void {
    let cancel = (): void => undefined;
    outgoing.on('socket', (socket: Socket) => {
      socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
      if (!socket.connecting) return;
      cancel = this.#clock.schedule(CONNECT_MS_MAX, () => {
        giveUp(`no connection within ${CONNECT_MS_MAX / 1000} s`);
      });
      socket.once(this.settings.server.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        cancel();
      });
    });
    return () => cancel();
  }
}

/** The connection was an old one, and was closed before anything came of it. */
class StaleConnection extends ClusterUnreachable {}

function toUnreachable(cause: Error, outgoing: ClientRequest, method: string): ClusterUnreachable {
  if (cause instanceof ClusterUnreachable) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const isStale = outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
  const text = describeNetworkError(cause);
  return isStale && method === 'GET'
    ? new StaleConnection(text, { cause })
    : new ClusterUnreachable(text, { cause });
}

function isStream(request: ClusterRequest): boolean {
  return request.timeoutMs === 0;
}

function headersOf(
  request: ClusterRequest,
  { authorization }: Credential,
  settings: ConnectionSettings,
): Headers {
  const headers: Record<string, string | string[]> = {
    'user-agent': `watchkeeper/${VERSION}`,
    accept: 'application/json',
  };
  if (request.body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(request.body));
  }
  const own = Object.entries(request.headers ?? {});
  // Somebody is one person at a time: a user's name replaces all of the settings' own.
  const isForUser = own.some(([name]) => name.toLowerCase() === 'impersonate-user');
  const { impersonate } = settings;
  const whom = isForUser || impersonate === undefined ? {} : impersonationHeaders(impersonate);
  for (const [name, value] of [...Object.entries(whom), ...own]) {
    headers[name.toLowerCase()] = typeof value === 'string' ? value : [...value];
  }
  if (authorization !== undefined) headers['authorization'] = authorization;
  return headers;
}

async function* readBody(
  response: IncomingMessage,
  failure: () => ClusterUnreachable | undefined,
): AsyncGenerator<Uint8Array> {
  const isGzip = response.headers['content-encoding'] === 'gzip';
  const source: Readable = isGzip ? pipeline(response, createGunzip(), () => undefined) : response;
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (cause) {
    throw failure() ?? new ClusterUnreachable(describeNetworkError(cause), { cause });
  } finally {
    response.destroy();
  }
}

/** Reads to the end and drops it, so that the connection can be used again. */
export async function drain(response: ClusterResponse): Promise<void> {
  try {
    for await (const _ of response.body) {
      // dropped
    }
  } catch {
    // What was to be read is not wanted.
  }
}

function isSame(a: Credential, b: Credential): boolean {
  return (
    a.authorization === b.authorization &&
    a.certificate?.cert === b.certificate?.cert &&
    a.certificate?.key === b.certificate?.key
  );
}
