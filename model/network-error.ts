/** Failures of connections as texts. */

interface SystemError {
  readonly code?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly hostname?: unknown;
  readonly reason?: unknown;
  readonly cert?: { readonly subjectaltname?: unknown };
  readonly host?: unknown;
}

/** What Node, its TLS or undici says of a connection, in the words of Go that people search for. */
export function describeNetworkError(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.errors.length > 0) {
    return describeNetworkError(cause.errors[0]);
  }
  const system = cause as SystemError;
  const code = typeof system.code === 'string' ? system.code : '';
  const known = SYSTEM_TEXT[code];
  if (known !== undefined) return known(system, cause);
  if (cause.name === 'HTTPParserError') return `malformed HTTP response: ${cause.message}`;
  // undici wraps what happened while a tunnel through a proxy was made.
  if (cause.cause instanceof Error && cause.message === '')
    return describeNetworkError(cause.cause);
  return cause.message === '' ? code : cause.message;
}

type Describe = (error: SystemError, cause: Error) => string;

const dialed =
  (what: string): Describe =>
  ({ address, port }) =>
    typeof address === 'string'
      ? `dial tcp ${joinHostPort(address, port)}: connect: ${what}`
      : `dial tcp: ${what}`;

const text =
  (words: string): Describe =>
  () =>
    words;

const untrusted = text(
  'tls: failed to verify certificate: x509: certificate signed by unknown authority',
);

/** By error code. The texts are Go's. */
const SYSTEM_TEXT: Readonly<Record<string, Describe>> = {
  ECONNREFUSED: dialed('connection refused'),
  EHOSTUNREACH: dialed('no route to host'),
  ENETUNREACH: dialed('network is unreachable'),
  ETIMEDOUT: dialed('connection timed out'),
  EADDRNOTAVAIL: dialed('cannot assign requested address'),
  ENOENT: dialed('no such file or directory'),
  EACCES: dialed('permission denied'),
  ENOTFOUND: ({ hostname }) => `dial tcp: lookup ${String(hostname)}: no such host`,
  EAI_AGAIN: ({ hostname }) =>
    `dial tcp: lookup ${String(hostname)}: Temporary failure in name resolution`,
  ECONNRESET: text('read: connection reset by peer'),
  EPIPE: text('write: broken pipe'),
  UND_ERR_CONNECT_TIMEOUT: text('dial tcp: i/o timeout'),
  UND_ERR_SOCKET: (_, cause) => (/other side closed/.test(cause.message) ? 'EOF' : cause.message),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: text('unexpected EOF'),
  UND_ERR_HEADERS_OVERFLOW: text('server response headers exceeded their limit'),
  EPROTO: text('http: server gave HTTP response to HTTPS client'),
  ERR_SSL_WRONG_VERSION_NUMBER: text('http: server gave HTTP response to HTTPS client'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: text('http: server gave HTTP response to HTTPS client'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: text(
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  ),
  ERR_TLS_CERT_ALTNAME_INVALID: ({ host, cert }) =>
    `tls: failed to verify certificate: x509: certificate is valid for ${altNames(cert)}, not ${String(host)}`,
};

function altNames(cert: SystemError['cert']): string {
  const names = typeof cert?.subjectaltname === 'string' ? cert.subjectaltname : '';
  return names === '' ? 'no names' : names.replaceAll(/DNS:|IP Address:/g, '');
}

function joinHostPort(host: string, port: unknown): string {
  if (typeof port !== 'number') return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
