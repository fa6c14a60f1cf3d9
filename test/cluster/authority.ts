/** A certificate authority in a folder, and what it signs; openssl does the work. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DAYS = '3650';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateRequest {
  /** The user, to Kubernetes. */
  readonly commonName: string;
  /** The group, to Kubernetes. */
  readonly organization?: string;
  /** As in `DNS:localhost,IP:127.0.0.1`; given for servers. */
  readonly altNames?: string;
}

export class Authority {
  readonly certFile: string;
  readonly keyFile: string;
  readonly #folder: string;

  /** Made on the first call, read on later ones. */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.certFile = join(folder, `${name}.crt`);
    this.keyFile = join(folder, `${name}.key`);
    if (existsSync(this.certFile)) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    openssl(['req', '-x509', ...NEW_KEY, '-addext', 'keyUsage=critical,keyCertSign,cRLSign'], {
      '-keyout': this.keyFile,
      '-out': this.certFile,
      '-days': DAYS,
      '-subj': `/CN=watchkeeper test cluster ${name}`,
    });
  }

  /** Of an earlier call with this name and request when there is one. */
  issue(name: string, request: CertificateRequest): KeyPair {
    const file = (suffix: string): string => join(this.#folder, `${name}.${suffix}`);
    const pair = { certFile: file('crt'), keyFile: file('key') };
    const asked = JSON.stringify(request);
    if (existsSync(pair.certFile) && readIfThere(file('request')) === asked) return pair;

    const { commonName, organization, altNames } = request;
    openssl(['req', '-new', ...NEW_KEY], {
      '-keyout': pair.keyFile,
      '-out': file('csr'),
      '-subj': `${organization === undefined ? '' : `/O=${organization}`}/CN=${commonName}`,
    });
    const extensions = [
      'keyUsage=critical,digitalSignature',
      'extendedKeyUsage=clientAuth,serverAuth',
      ...(altNames === undefined ? [] : [`subjectAltName=${altNames}`]),
    ];
    writeFileSync(file('ext'), `${extensions.join('\n')}\n`);
    openssl(['x509', '-req', '-CAcreateserial'], {
      '-in': file('csr'),
      '-CA': this.certFile,
      '-CAkey': this.keyFile,
      '-out': pair.certFile,
      '-days': DAYS,
      '-extfile': file('ext'),
    });
    for (const suffix of ['csr', 'ext']) rmSync(file(suffix));
    writeFileSync(file('request'), asked);
    return pair;
  }
}

/** The pair that signs tokens of service accounts. */
export function serviceAccountKeys(folder: string): {
  readonly privateFile: string;
  readonly publicFile: string;
} {
  const files = {
    privateFile: join(folder, 'service-account.key'),
    publicFile: join(folder, 'service-account.pub'),
  };
  if (!existsSync(files.publicFile)) {
    openssl(['genpkey', '-algorithm', 'RSA'], { '-out': files.privateFile });
    openssl(['pkey', '-pubout'], { '-in': files.privateFile, '-out': files.publicFile });
  }
  return files;
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function openssl(args: readonly string[], options: Readonly<Record<string, string>>): void {
  execFileSync('openssl', [...args, ...Object.entries(options).flat()], { stdio: 'pipe' });
}
