/** Values that must never be printed. */
import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** What stands in print where a secret is, as in Prometheus. */
export const SECRET_TEXT = '<secret>';

/** Of this process alone, so that a digest seen anywhere says nothing of the value. */
const DIGEST_KEY = randomBytes(32);

/**
 * A secret given in the configuration. Printing it in any way shows `<secret>`; comparing two
 * deeply (`isDeepStrictEqual`), as a reload does, tells whether their values are equal.
 */
export class Secret {
  readonly digest: string;
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    this.digest = createHmac('sha256', DIGEST_KEY).update(value).digest('base64');
  }

  /** The value itself; call it only where it goes on the wire. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SECRET_TEXT;
  }

  toJSON(): string {
    return SECRET_TEXT;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SECRET_TEXT;
  }
}

/** A secret, or the absolute path of the file that holds it (`password_file` and the like). */
export type SecretSource = { readonly value: Secret } | { readonly file: string };

/**
 * The secret now. A file is read at each call, so that a rotated secret counts without a reload;
 * white space around it is cut, as Prometheus does.
 *
 * @throws Error of the file system
 */
export async function readSecret(source: SecretSource): Promise<string> {
  if ('value' in source) return source.value.reveal();
  return (await readFile(source.file, 'utf8')).trim();
}
