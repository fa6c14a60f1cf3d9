/** The number of a label set that people see in payloads and API answers. */
import type { Labels } from './labels.ts';

/**
 * FNV-1a of 64 bits, as two halves: the prime is 2^40 + 0x1b3, so a product is a few small ones.
 * http://www.isthe.com/chongo/tech/comp/fnv/
 */
const BASIS_HIGH = 0xcbf29ce4;
const BASIS_LOW = 0x84222325;
const PRIME_LOW = 0x1b3;
const TWO_32 = 2 ** 32;
const SEPARATOR = 0xff;

const encoder = new TextEncoder();

class Fnv1a64 {
  #high = BASIS_HIGH;
  #low = BASIS_LOW;

  add(byte: number): void {
    const low = (this.#low ^ byte) >>> 0;
    const product = low * PRIME_LOW;
    const carry = Math.floor(product / TWO_32);
    this.#high = (Math.imul(this.#high, PRIME_LOW) + carry + (low << 8)) >>> 0;
    this.#low = product >>> 0;
  }

  addText(text: string): void {
    for (let at = 0; at < text.length; at++) {
      if (text.charCodeAt(at) > 0x7f) return this.#addBytes(encoder.encode(text.slice(at)));
      this.add(text.charCodeAt(at));
    }
  }

  #addBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.add(byte);
  }

  toString(): string {
    return hex(this.#high) + hex(this.#low);
  }
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}

/**
 * Prometheus' `LabelSet.Fingerprint`: FNV-1a over each name and value in order, a byte 0xff after
 * each.
 * @returns 16 hexadecimal digits
 */
export function alertFingerprint(labels: Labels): string {
  const hash = new Fnv1a64();
  for (const text of labels.pairs) {
    hash.addText(text);
    hash.add(SEPARATOR);
  }
  return hash.toString();
}
