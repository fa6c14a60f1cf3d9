/** `host:port` as Go's net package takes it apart. */

export interface HostPort {
  readonly host: string;
  readonly port: string;
}

/** Go's `net.SplitHostPort`; undefined where that fails. */
export function splitHostPort(text: string): HostPort | undefined {
  const lastColon = text.lastIndexOf(':');
  if (lastColon < 0) return undefined;
  let host = text.slice(0, lastColon);
  let openFrom = 0;
  let closeFrom = 0;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0 || end + 1 !== lastColon) return undefined;
    host = text.slice(1, end);
    openFrom = 1;
    closeFrom = end + 1;
  } else if (host.includes(':')) return undefined;
  if (text.includes('[', openFrom) || text.includes(']', closeFrom)) return undefined;
  return { host, port: text.slice(lastColon + 1) };
}

/** Go's `net.JoinHostPort`. */
export function joinHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
