/** The URL of a target, from its labels, escaped as Go's `net/url` does. */
import type { Labels } from '../../model/labels.ts';

export const PARAM_LABEL_PREFIX = '__param_';
export const UNIX_SOCKET_LABEL = '__unix_socket__';

/** @param params of the scrape config; labels `__param_<name>` replace their first values */
export function targetUrl(
  labels: Labels,
  params: Readonly<Record<string, readonly string[]>>,
): string {
  const query = new Map<string, readonly string[]>(Object.entries(params));
  for (const [name, value] of labels.entries()) {
    if (!name.startsWith(PARAM_LABEL_PREFIX)) continue;
    const param = name.slice(PARAM_LABEL_PREFIX.length);
    query.set(param, [value, ...(query.get(param) ?? []).slice(1)]);
  }
  const address = labels.get('__address__');
  // A request over a Unix socket still names a host.
  const host = address === '' && labels.has(UNIX_SOCKET_LABEL) ? 'localhost' : address;
  const path = labels.get('__metrics_path__');
  const slash = path === '' || path.startsWith('/') ? '' : '/';
  const search = encodeQuery(query);
  return `${labels.get('__scheme__')}://${host}${slash}${escapePath(path)}${search === '' ? '' : `?${search}`}`;
}

function encodeQuery(query: ReadonlyMap<string, readonly string[]>): string {
  const names = [...query.keys()].sort();
  return names
    .flatMap((name) =>
      (query.get(name) ?? []).map((value) => `${escapeQuery(name)}=${escapeQuery(value)}`),
    )
    .join('&');
}

/** Go's `url.QueryEscape`. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, hexEscape)
    .replaceAll('%20', '+');
}

/** Go's escaping of a path: `$&+,/:;=@` and unreserved characters stay. */
function escapePath(path: string): string {
  return encodeURIComponent(path.toWellFormed())
    .replaceAll(/[!'()*]/g, hexEscape)
    .replaceAll(/%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g, (escaped) => decodeURIComponent(escaped));
}

function hexEscape(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
