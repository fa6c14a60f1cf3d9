/** Certificates for tests, made by openssl in a folder of the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A folder that is removed at the end of the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An authority and what it signs. */
export class TestAuthority {
  readonly folder = testFolder();
  readonly caFile = join(this.folder, 'ca.pem');
  readonly #keyFile = join(this.folder, 'ca.key');

  constructor() {
    openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'], {
      '-keyout': this.#keyFile,
      '-out': this.caFile,
      '-days': '2',
      '-subj': '/CN=test authority',
    });
  }

  get ca(): string {
    return readFileSync(this.caFile, 'utf8');
  }

  /** @param altNames as in `DNS:localhost,IP:127.0.0.1` */
  issue(name: string, altNames: string): CertificateFiles {
    const file = (suffix: string) => join(this.folder, `${name}.${suffix}`);
    openssl(['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'], {
      '-keyout': file('key'),
      '-out': file('csr'),
      '-subj': `/CN=${name}`,
    });
    writeFileSync(file('ext'), `subjectAltName=${altNames}\n`);
    openssl(['x509', '-req', '-CAcreateserial'], {
      '-in': file('csr'),
      '-CA': this.caFile,
      '-CAkey': this.#keyFile,
      '-out': file('pem'),
      '-days': '2',
      '-extfile': file('ext'),
    });
    return { certFile: file('pem'), keyFile: file('key') };
  }
}

/** What a Node server takes. */
export function loadCertificate({ certFile, keyFile }: CertificateFiles) {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

function openssl(args: readonly string[], options: Readonly<Record<string, string>>): void {
  execFileSync('openssl', [...args, ...Object.entries(options).flat()], { stdio: 'pipe' });
}
