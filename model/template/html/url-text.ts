/** URLs in attributes and styles. */
import { toGoBytes } from '../../go-bytes.ts';
import type { Args } from '../functions/define.ts';
import { contentOf } from './content.ts';
import { FAILSAFE } from './css-text.ts';

const SAFE_SCHEMES = new Set(['http', 'https', 'mailto']);

function isSafeUrl(text: string): boolean {
  const colon = text.indexOf(':');
  if (colon < 0) return true;
  const scheme = text.slice(0, colon);
  return scheme.includes('/') || SAFE_SCHEMES.has(scheme.toLowerCase());
}

/** Refuses schemes that could run something. */
export function filterUrl(args: Args): string {
  const { text, safe } = contentOf(args);
  return safe === 'url' || isSafeUrl(text) ? text : `#${FAILSAFE}`;
}

/** For a part of a query: everything reserved is percent-encoded. */
export function escapeUrl(args: Args): string {
  const { text, safe } = contentOf(args);
  return encode(text, safe === 'url');
}

/** For a URL as a whole: what a URL may hold stays as it is. */
export function normalizeUrl(args: Args): string {
  return encode(contentOf(args).text, true);
}

const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
const RESERVED = /^[!#$&*+,/:;=?@[\]]$/;

function encode(text: string, isNormalizing: boolean): string {
  const bytes = toGoBytes(text);
  let out = '';
  for (const [at, byte] of bytes.entries()) {
    const char = String.fromCharCode(byte);
    const isKept =
      UNRESERVED.test(char) ||
      (isNormalizing && (RESERVED.test(char) || (char === '%' && isHexPair(bytes, at + 1))));
    out += isKept ? char : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return out;
}

function isHexPair(bytes: Uint8Array, at: number): boolean {
  return /^[0-9a-fA-F]{2}$/.test(String.fromCharCode(...bytes.subarray(at, at + 2)));
}

/** Images with their sizes, each by itself. */
export function filterSrcset(args: Args): string {
  const { text, safe } = contentOf(args);
  if (safe === 'srcset') return text;
  if (safe === 'url') return encode(text, true).replaceAll(',', '%2c');
  return text.split(',').map(filterSrcsetPart).join(',');
}

function filterSrcsetPart(part: string): string {
  const [, before = '', url = '', rest = ''] =
    /^([\t\n\f\r ]*)([^\t\n\f\r ]*)([^]*)$/.exec(part) ?? [];
  if (isSafeUrl(url) && /^[\t\n\f\r A-Za-z0-9]*$/.test(rest)) {
    return before + encode(url, true) + rest;
  }
  return `#${FAILSAFE}`;
}
