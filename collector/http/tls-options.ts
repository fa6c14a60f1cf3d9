/** TLS settings as Node takes them, read from files that may change while we run. */
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type SecureVersion } from 'node:tls';
import type { PemSource, TlsConfig, TlsVersion } from '../../config/http-client-types.ts';
import { readSecret } from '../../config/secret.ts';
import { HttpRequestError } from './http-error.ts';

const NODE_VERSION: Readonly<Record<TlsVersion, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/** Go's default, and so that of Prometheus. */
const MIN_VERSION_DEFAULT: SecureVersion = 'TLSv1.2';

/** The part of Node's TLS options that the configuration decides. */
export interface TlsOptions {
  rejectUnauthorized?: boolean;
  minVersion?: SecureVersion;
  maxVersion?: SecureVersion;
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  checkServerIdentity?: NonNullable<ConnectionOptions['checkServerIdentity']>;
}

/** @throws HttpRequestError naming the file that cannot be read */
export async function readTlsOptions(tls: TlsConfig): Promise<TlsOptions> {
  const options: TlsOptions = {
    rejectUnauthorized: !tls.insecureSkipVerify,
    minVersion: tls.minVersion === undefined ? MIN_VERSION_DEFAULT : NODE_VERSION[tls.minVersion],
  };
  if (tls.maxVersion !== undefined) options.maxVersion = NODE_VERSION[tls.maxVersion];
  if (tls.ca !== undefined) options.ca = await readPem(tls.ca, 'CA cert');
  if (tls.cert !== undefined) options.cert = await readPem(tls.cert, 'client certificate');
  if (tls.key !== undefined) {
    const { key } = tls;
    options.key = await reading('client key', () => readSecret(key));
  }
  if (tls.serverName !== '') {
    const name = tls.serverName;
    // Server name indication carries names only, but an address can still be verified.
    if (isIP(name) === 0) options.servername = name;
    options.checkServerIdentity = (_host, cert) => checkServerIdentity(name, cert);
  }
  return options;
}

/** Another value means that the files changed; '' when the settings name no file. */
export async function tlsFilesVersion(tls: TlsConfig): Promise<string> {
  const versions: string[] = [];
  for (const source of [tls.ca, tls.cert, tls.key]) {
    if (source !== undefined && 'file' in source) versions.push(await fileVersion(source.file));
  }
  return versions.join(' ');
}

async function fileVersion(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}-${size}-${ino}`;
  } catch {
    return 'unreadable'; // reading it says why
  }
}

function readPem(source: PemSource, what: string): Promise<string> {
  if ('text' in source) return Promise.resolve(source.text);
  return reading(what, () => readFile(source.file, 'utf8'));
}

async function reading(what: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new HttpRequestError(`unable to load specified ${what}: ${text}`, { cause });
  }
}
