/** Asks an API server to take a request as another's. */
import type { Impersonation } from './connection-settings.ts';

/** Names are lower case; a header with several values is one line each. */
export function impersonationHeaders(
  whom: Impersonation,
): Readonly<Record<string, string | readonly string[]>> {
  const headers: Record<string, string | readonly string[]> = { 'impersonate-user': whom.user };
  if (whom.uid !== '') headers['impersonate-uid'] = whom.uid;
  if (whom.groups.length > 0) headers['impersonate-group'] = whom.groups;
  for (const [key, values] of Object.entries(whom.extra)) {
    headers[`impersonate-extra-${encodeExtraKey(key)}`] = values;
  }
  return headers;
}

/** What cannot stand in a header's name is percent-encoded: client-go, `transport/round_trippers.go`. */
function encodeExtraKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(char)
        ? char
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
