/**
 * Whom servers of a cluster showed themselves to be. Most kubelets sign their certificate
 * themselves: the key shown first is remembered for as long as the Node object lives, also over
 * restarts of the program.
 */
import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { KubeletTls } from '../../config/collection-types.ts';
import { HttpRequestError } from '../http/http-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { PinMemory } from './pin-memory.ts';

/** Vouched for by an authority, in place of a key. */
const BY_AUTHORITY = 'authority';

/** The server is not the one that was there before, or nobody vouches for it. */
export class CertificateError extends HttpRequestError {
  override readonly name = 'CertificateError';
  /** It is not known who it is, and nothing says that it is another than before. */
  readonly isUnknown: boolean;

  constructor(message: string, isUnknown = false) {
    super(message);
    this.isUnknown = isUnknown;
  }
}

/** Of one cluster. */
export class KeyPins {
  readonly #clusterName: string;
  /** By the cluster's name and the owner's UID: the key's hash, or `BY_AUTHORITY`. */
  readonly #memory: PinMemory;

  constructor(clusterName: string, memory: PinMemory) {
    this.#clusterName = clusterName;
    this.#memory = memory;
  }

  /**
   * To be called before anything is sent.
   * @throws CertificateError
   */
  check(socket: TLSSocket, endpoint: Endpoint, tls: KubeletTls): void {
    const { owner, ownerUid } = endpoint;
    // Who believes anybody, believes anew afterwards: so a new key is accepted.
    if (tls === 'insecure') return this.forget(ownerUid);
    const memoryKey = this.#keyOf(ownerUid);
    const pin = this.#memory.get(memoryKey);
    if (socket.authorized) {
      this.#memory.set(memoryKey, BY_AUTHORITY);
      return;
    }
    const reason = String(socket.authorizationError);
    if (tls === 'verify') {
      const isUnknown = pin !== BY_AUTHORITY;
      throw new CertificateError(
        `tls: failed to verify certificate of ${owner}: ${reason}`,
        isUnknown,
      );
    }
    const key = keyHash(socket);
    if (pin === undefined) this.#memory.set(memoryKey, key);
    else if (pin === BY_AUTHORITY) {
      throw new CertificateError(
        `tls: the certificate of ${owner} was vouched for before and no longer is: ${reason}`,
      );
    } else if (pin !== key) {
      throw new CertificateError(
        `tls: ${owner} has another key than before, as another server would`,
      );
    }
  }

  /** The Node or Pod is gone. */
  forget(ownerUid: string): void {
    this.#memory.delete(this.#keyOf(ownerUid));
  }

  #keyOf(ownerUid: string): string {
    return `${this.#clusterName}/${ownerUid}`;
  }
}

function keyHash(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) throw new CertificateError('tls: the server shows no certificate');
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
