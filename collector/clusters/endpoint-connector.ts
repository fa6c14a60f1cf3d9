/** Connections to servers of a cluster: with its client certificate, and to whom they should be. */
import { readFile } from 'node:fs/promises';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import type { KubeletTls } from '../../config/collection-types.ts';
import type { ClusterCredentials } from '../../kubernetes/cluster-credentials.ts';
import { HttpRequestError } from '../http/http-error.ts';
import type { Endpoint, EndpointTable } from './endpoint.ts';
import type { KeyPins } from './key-pins.ts';

/** A node that does not answer is not waited for: there may be the other way. */
const CONNECT_TIMEOUT_MS = 2000;

export interface ConnectorOptions {
  readonly endpoints: EndpointTable;
  readonly pins: KeyPins;
  readonly tls: KubeletTls;
  /**
   * Whoever has a token can use it: it goes only to whom an authority vouches for, where the API
   * server is another way. From outside of a cluster, an address in it may be another machine's.
   */
  readonly guardsTokens: boolean;
  readonly caFile: string | undefined;
  readonly credentials: () => Promise<ClusterCredentials>;
}

type Connect = buildConnector.connector;

export function endpointConnector(options: ConnectorOptions): Connect {
  return (target, callback) => {
    const origin = `${target.protocol}//${target.host ?? target.hostname}`;
    const endpoint = options.endpoints.find(origin);
    if (endpoint === undefined) {
      return callback(new HttpRequestError(`${origin} is no endpoint of the cluster`), null);
    }
    open(options, endpoint, target, callback).catch((error: unknown) => {
      callback(error instanceof Error ? error : new Error(String(error)), null);
    });
  };
}

async function open(
  options: ConnectorOptions,
  endpoint: Endpoint,
  target: Parameters<Connect>[0],
  callback: buildConnector.Callback,
): Promise<void> {
  if (target.protocol !== 'https:') return plain()(target, callback);
  const credentials = await options.credentials();
  const connect = await secure(options, endpoint, credentials);
  const tls = checkedBy(options, endpoint, credentials);
  connect(target, (...result) => {
    const [error, socket] = result;
    if (error !== null) return callback(error, null);
    try {
      if (socket instanceof TLSSocket) options.pins.check(socket, endpoint, tls);
    } catch (refusal) {
      socket.destroy();
      return callback(refusal as Error, null);
    }
    callback(null, socket);
  });
}

function plain(): Connect {
  return buildConnector({ timeout: CONNECT_TIMEOUT_MS });
}

function checkedBy(
  { tls, guardsTokens }: ConnectorOptions,
  { needsAuthority, sendsCredentials, proxyPath }: Endpoint,
  { authorization }: ClusterCredentials,
): KubeletTls {
  if (tls !== 'auto') return tls;
  const isGuarded =
    guardsTokens && sendsCredentials && authorization !== undefined && proxyPath !== undefined;
  return isGuarded || needsAuthority === true ? 'verify' : 'auto';
}

async function secure(
  options: ConnectorOptions,
  endpoint: Endpoint,
  { ca, cert, key }: ClusterCredentials,
): Promise<Connect> {
  const more = options.caFile === undefined ? undefined : await readCa(options.caFile);
  const authorities = [ca, more].filter((pem) => pem !== undefined);
  const { serverNames, sendsCredentials } = endpoint;
  return buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
    // Whom a resumed session was with is not checked anew.
    maxCachedSessions: 0,
    // No authority of the public counts: with none of the cluster's, nobody vouches.
    ca: authorities,
    // The pins decide, which see what came of the check.
    rejectUnauthorized: false,
    checkServerIdentity: (host, certificate) => {
      const problem = checkServerIdentity(host, certificate);
      const isOther = serverNames.some(
        (name) => checkServerIdentity(name, certificate) === undefined,
      );
      return isOther ? undefined : problem;
    },
    ...(sendsCredentials && cert !== undefined && key !== undefined ? { cert, key } : {}),
  });
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new HttpRequestError(`unable to load specified CA cert: ${text}`, { cause });
  }
}
