/** A connection through a proxy: CONNECT of HTTP, or SOCKS 5 (RFC 1928, RFC 1929). */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { describeNetworkError } from '../../model/network-error.ts';
import { proxyAuthorization } from '../../model/proxy-selection.ts';
import { ClusterUnreachable } from '../api-errors.ts';

const SOCKS_VERSION = 5;
const NO_AUTHENTICATION = 0;
const USER_AND_PASSWORD = 2;
const CONNECT = 1;
const DOMAIN_NAME = 3;
const FIELD_BYTES_MAX = 255;
/** Bytes of the address in an answer, by its type; that of a name begins with its length. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };

const SOCKS_ERRORS: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
};

/**
 * @param proxy http, https, socks5 or socks5h; the proxy resolves the host's name
 * @throws ClusterUnreachable
 */
export async function openTunnel(
  proxy: URL,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    return proxy.protocol.startsWith('socks5')
      ? await openSocksTunnel(proxy, host, port, signal)
      : await openHttpTunnel(proxy, host, port, signal);
  } catch (cause) {
    const what = signal.aborted ? 'no answer in time' : describeNetworkError(cause);
    throw new ClusterUnreachable(`proxy ${proxy.host}: ${what}`, { cause });
  }
}

function openHttpTunnel(
  proxy: URL,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const authorization = proxyAuthorization(proxy);
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send({
      host: bareHost(proxy),
      port: proxy.port,
      method: 'CONNECT',
      path: target,
      agent: false,
      signal,
      headers: {
        host: target,
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
      },
    });
    request.on('error', reject);
    request.on('connect', (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        reject(new Error(`it answered ${response.statusCode}`));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket as Socket);
    });
    request.on('response', (response) => {
      response.destroy();
      reject(new Error(`it answered ${response.statusCode}`));
    });
    request.end();
  });
}

async function openSocksTunnel(
  proxy: URL,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({ host: bareHost(proxy), port: Number(proxy.port || '1080') });
  const abort = (): void => void socket.destroy(new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    await agreeOnAuthentication(socket, proxy);
    const name = Buffer.from(host);
    socket.write(
      Buffer.concat([
        Buffer.from([SOCKS_VERSION, CONNECT, 0, DOMAIN_NAME, name.length]),
        name,
        Buffer.from([port >> 8, port & 0xff]),
      ]),
    );
    const [, reply = 0, , type = 0] = await readBytes(socket, 4);
    if (reply !== 0) throw new Error(`socks: ${SOCKS_ERRORS[reply] ?? `error ${reply}`}`);
    const addressBytes = ADDRESS_BYTES[type] ?? (await readBytes(socket, 1))[0] ?? 0;
    await readBytes(socket, addressBytes + 2);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function agreeOnAuthentication(socket: Socket, proxy: URL): Promise<void> {
  const user = Buffer.from(decodeURIComponent(proxy.username));
  const password = Buffer.from(decodeURIComponent(proxy.password));
  if (user.length > FIELD_BYTES_MAX || password.length > FIELD_BYTES_MAX) {
    throw new Error('socks: user or password too long');
  }
  const method = user.length === 0 ? NO_AUTHENTICATION : USER_AND_PASSWORD;
  socket.write(Buffer.from([SOCKS_VERSION, 1, method]));
  const [version, chosen] = await readBytes(socket, 2);
  if (version !== SOCKS_VERSION) throw new Error('socks: it speaks another protocol');
  if (chosen !== method) throw new Error('socks: it wants another way of signing in');
  if (method === NO_AUTHENTICATION) return;
  socket.write(
    Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]),
  );
  const [, result] = await readBytes(socket, 2);
  if (result !== 0) throw new Error('socks: user and password were refused');
}

/** Exactly so many bytes; what follows stays in the socket. */
function readBytes(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const onReadable = (): void => {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes === null) return;
      leave();
      resolve(bytes);
    };
    const onEnd = (): void => {
      leave();
      reject(new Error('it closed the connection'));
    };
    const onError = (error: Error): void => {
      leave();
      reject(error);
    };
    const leave = (): void => {
      socket.off('readable', onReadable).off('end', onEnd).off('error', onError);
    };
    socket.on('readable', onReadable).on('end', onEnd).on('error', onError);
    onReadable();
  });
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
