/**
 * Keeps web pages of other sites away from a program without a login: a page that a browser
 * shows can send requests to loopback, and a name of its own can be made to point there.
 */
import type { MiddlewareHandler } from 'hono';
import { isLoopback } from './listen-address.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @param extraHosts host names of the external URL */
export function localOnly(extraHosts: ReadonlySet<string>): MiddlewareHandler {
  const isKnown = (host: string): boolean => isLoopback(host) || extraHosts.has(host);
  return async (c, next) => {
    const host = hostName(c.req.header('host') ?? '');
    if (!isKnown(host)) {
      return c.text(`misdirected request: ${host} is not a name of this program\n`, 421);
    }
    const origin = c.req.header('origin');
    if (origin !== undefined && !SAFE_METHODS.has(c.req.method) && !isKnown(originHost(origin))) {
      return c.text('cross-origin request refused\n', 403);
    }
    return next();
  };
}

function hostName(header: string): string {
  return header.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function originHost(origin: string): string {
  return URL.canParse(origin) ? hostName(new URL(origin).host) : '';
}
