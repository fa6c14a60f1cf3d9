/** Where the program listens. */
import { isIP } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** A text that is no address, or one we may not listen on. */
export class ListenAddressError extends Error {
  override readonly name = 'ListenAddressError';
}

/**
 * @param text `host:port`, `[v6]:port` or `:port`
 * @throws ListenAddressError
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new ListenAddressError(`listen address ${JSON.stringify(text)}: expected host:port`);
  }
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port };
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * Everything the API gives is open to whoever reaches it while there is no login, so only this
 * machine may.
 * @throws ListenAddressError
 */
export function requireLoopback(address: ListenAddress): void {
  if (isLoopback(address.host)) return;
  throw new ListenAddressError(
    `refusing to listen on ${address.host}: there is no login yet, so only loopback addresses ` +
      'are allowed; put an authenticating proxy in front and listen on 127.0.0.1',
  );
}
