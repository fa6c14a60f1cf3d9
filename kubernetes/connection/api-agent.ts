/** Connections to one API server, kept alive: one set for requests, one for streams. */
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ConnectionSettings } from './connection-settings.ts';
import { openTunnel } from './proxy-tunnel.ts';

export const CONNECT_MS_MAX = 10_000;
/** An idle connection is closed by us before servers and load balancers do. */
const IDLE_MS_MAX = 55_000;
const FREE_SOCKETS_MAX = 10;

type OnSocket = (error: Error | null, socket: Duplex) => void;

export interface AgentPair {
  readonly requests: HttpAgent;
  /** Watches and log streams, so that they cannot keep requests waiting. */
  readonly streams: HttpAgent;
  /** What runs goes on; no connection is used again. */
  retire(): void;
  /** Ends what runs. */
  destroy(): void;
}

export function createAgents(
  { server }: ConnectionSettings,
  tls: ConnectionOptions,
  proxy: URL | undefined,
): AgentPair {
  const make = (): HttpAgent & { isRetired: boolean } => {
    const options = {
      ...tls,
      keepAlive: true,
      maxFreeSockets: FREE_SOCKETS_MAX,
      timeout: IDLE_MS_MAX,
    } as AgentOptions;
    return server.protocol === 'https:'
      ? new SecureAgent(options, tls, proxy)
      : new PlainAgent(options, proxy);
  };
  const requests = make();
  const streams = make();
  return {
    requests,
    streams,
    retire() {
      for (const agent of [requests, streams]) {
        agent.isRetired = true;
        dropIdle(agent);
      }
    },
    destroy() {
      requests.destroy();
      streams.destroy();
    },
  };
}

/** Closes the connections that wait for use. */
export function dropIdle(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

class SecureAgent extends HttpsAgent {
  isRetired = false;
  readonly #tls: ConnectionOptions;
  readonly #proxy: URL | undefined;

  constructor(options: AgentOptions, tls: ConnectionOptions, proxy: URL | undefined) {
    super(options);
    this.#tls = tls;
    this.#proxy = proxy;
  }

  override createConnection(
    options: ClientRequestArgs,
    done?: OnSocket,
  ): Duplex | null | undefined {
    if (this.#proxy === undefined || done === undefined) {
      return super.createConnection(options, done);
    }
    const { host, servername } = hostOf(options);
    tunnel(this.#proxy, options, done, (socket) => {
      return connectTls({ servername, host, ...this.#tls, socket });
    });
    return undefined;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return !this.isRetired && keeps(super.keepSocketAlive(socket));
  }
}

class PlainAgent extends HttpAgent {
  isRetired = false;
  readonly #proxy: URL | undefined;

  constructor(options: AgentOptions, proxy: URL | undefined) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: ClientRequestArgs,
    done?: OnSocket,
  ): Duplex | null | undefined {
    if (this.#proxy === undefined || done === undefined) {
      return super.createConnection(options, done);
    }
    tunnel(this.#proxy, options, done, (socket) => socket);
    return undefined;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return !this.isRetired && keeps(super.keepSocketAlive(socket));
  }
}

/** Node answers with a boolean; its declared type is `void`. */
function keeps(answer: unknown): boolean {
  return answer === true;
}

function tunnel<T extends Duplex>(
  proxy: URL,
  options: ClientRequestArgs,
  done: OnSocket,
  wrap: (socket: Duplex) => T,
): void {
  const signal = AbortSignal.timeout(CONNECT_MS_MAX);
  openTunnel(proxy, hostOf(options).host, Number(options.port), signal).then(
    (socket) => done(null, wrap(socket)),
    // The socket is not looked at when there is an error.
    (error: unknown) => done(error as Error, undefined as never),
  );
}

function hostOf(options: ClientRequestArgs): { host: string; servername: string } {
  const host = String(options.host ?? options.hostname ?? 'localhost');
  const { servername } = options as { servername?: unknown };
  return { host, servername: typeof servername === 'string' ? servername : '' };
}
