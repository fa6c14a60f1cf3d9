/** Secrets at rest: AES-256-GCM, as RFC 5116 has it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export const SECRET_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';
/** So that another way can follow. */
const PREFIX = 'v1:';

/** The text was not sealed with this key, or for this purpose, or it was changed. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

export class SecretBox {
  readonly #key: Uint8Array;

  /** @param key of 32 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== SECRET_KEY_BYTES)
      throw new RangeError(`a key has ${SECRET_KEY_BYTES} bytes`);
    this.#key = key;
  }

  /** @param purpose what the text belongs to: it opens for nothing else */
  seal(text: string, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(purpose));
    const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return PREFIX + Buffer.concat(sealed).toString('base64');
  }

  /** @throws SealError */
  open(sealed: string, purpose: string): string {
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64');
    if (!sealed.startsWith(PREFIX) || bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new SealError('this is no sealed secret');
    }
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString();
    } catch (cause) {
      throw new SealError('the secret does not open: it was sealed with another key', { cause });
    }
  }
}
