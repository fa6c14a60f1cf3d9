/** Certificates and keys of a connection, read from files that may change while we run. */
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  type SecureVersion,
} from 'node:tls';
import type { PemSource, TlsConfig, TlsVersion } from '../../config/http-client-types.ts';
import { readSecret, type SecretSource } from '../../config/secret.ts';
import { ClusterUnreachable } from '../api-errors.ts';

const NODE_VERSION: Readonly<Record<TlsVersion, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/** Files are looked at no more often. */
const RECHECK_MS = 60_000;

/** A client certificate that a credential plugin gave; it counts more than that of the settings. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** One reading; another object means that something changed. */
/** PEM texts; what is absent is not there. */
export interface PemTexts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface TlsOptions {
  readonly options: ConnectionOptions;
  readonly pems: PemTexts;
}

export class TlsMaterial {
  readonly #tls: TlsConfig;
  readonly #monotonicMs: () => number;
  #current: TlsOptions | undefined;
  #client: ClientCertificate | undefined;
  #version = '';
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor(tls: TlsConfig, monotonicMs: () => number) {
    this.#tls = tls;
    this.#monotonicMs = monotonicMs;
  }

  /** @throws ClusterUnreachable naming the file that cannot be read, or is no certificate */
  async read(client: ClientCertificate | undefined): Promise<TlsOptions> {
    const nowMs = this.#monotonicMs();
    const isOtherClient = client?.cert !== this.#client?.cert || client?.key !== this.#client?.key;
    const known = this.#current;
    if (known !== undefined && !isOtherClient && nowMs - this.#checkedAtMs < RECHECK_MS) {
      return known;
    }
    const version = await filesVersion(this.#tls);
    if (known === undefined || isOtherClient || version !== this.#version) {
      this.#current = await readOptions(this.#tls, client);
      this.#client = client;
      this.#version = version;
    }
    this.#checkedAtMs = nowMs;
    return this.#current as TlsOptions;
  }

  /** The next reading looks at the files, whenever the last was. */
  recheck(): void {
    this.#checkedAtMs = Number.NEGATIVE_INFINITY;
  }
}

async function readOptions(
  tls: TlsConfig,
  client: ClientCertificate | undefined,
): Promise<TlsOptions> {
  const options: ConnectionOptions = { rejectUnauthorized: !tls.insecureSkipVerify };
  const pems: { ca?: string; cert?: string; key?: string } = {};
  if (tls.ca !== undefined) pems.ca = await readPem(tls.ca, 'certificate authority');
  if (client !== undefined) Object.assign(pems, client);
  else {
    if (tls.cert !== undefined) pems.cert = await readPem(tls.cert, 'client certificate');
    if (tls.key !== undefined) pems.key = await readKey(tls.key);
  }
  try {
    options.secureContext = createSecureContext({
      ...pems,
      minVersion: NODE_VERSION[tls.minVersion ?? 'TLS12'],
      ...(tls.maxVersion === undefined ? {} : { maxVersion: NODE_VERSION[tls.maxVersion] }),
    });
  } catch (cause) {
    // The texts of OpenSSL name what is wrong with the form, and hold nothing of the key.
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterUnreachable(`certificates of the cluster: ${text}`, { cause });
  }
  if (tls.serverName !== '') {
    const name = tls.serverName;
    // Server name indication carries names only, but an address can still be verified.
    if (isIP(name) === 0) options.servername = name;
    options.checkServerIdentity = (_host, cert) => checkServerIdentity(name, cert);
  }
  return { options, pems };
}

/** @throws ClusterUnreachable naming the file that cannot be read */
export function readPem(source: PemSource, what: string): Promise<string> {
  if ('text' in source) return Promise.resolve(source.text);
  return reading(what, () => readFile(source.file, 'utf8'));
}

function readKey(source: SecretSource): Promise<string> {
  return reading('client key', () => readSecret(source));
}

async function reading(what: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterUnreachable(`cannot read the ${what}: ${text}`, { cause });
  }
}

/** Another value means that the files changed; '' when the settings name no file. */
async function filesVersion(tls: TlsConfig): Promise<string> {
  const versions: string[] = [];
  for (const source of [tls.ca, tls.cert, tls.key]) {
    if (source !== undefined && 'file' in source) versions.push(await fileVersion(source.file));
  }
  return versions.join(' ');
}

/** Another value means that the file changed. */
export async function fileVersion(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}-${size}-${ino}`;
  } catch {
    return 'unreadable'; // reading it says why
  }
}
