/** Sizes such as `15MB` and `1GiB`: powers of 1024 in both spellings, as Prometheus has them. */

/** Beyond this a double no longer counts single bytes. */
const SIZE_BYTES_MAX = Number.MAX_SAFE_INTEGER;
const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** A text that is no size; the message is that of the library Prometheus uses. */
export class ByteSizeError extends Error {
  override readonly name = 'ByteSizeError';
}

/**
 * @param text one or more numbers, each with its unit: `1GiB512MiB`, `1.5MB`, or `0`
 * @throws ByteSizeError
 */
export function parseByteSize(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[-+]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw new ByteSizeError(`units: invalid ${text}`);
  let total = 0;
  while (rest !== '') {
    const part = /^(\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest);
    if (part === null) throw new ByteSizeError(`units: invalid ${text}`);
    const unit = part[2] ?? '';
    const power = unitPower(unit);
    if (power < 0) throw new ByteSizeError(`units: unknown unit ${unit} in ${text}`);
    total += Number(part[1]) * 1024 ** power;
    rest = rest.slice(part[0].length);
  }
  if (total > SIZE_BYTES_MAX) throw new ByteSizeError('units: overflow parsing unit');
  return total === 0 ? 0 : sign * Math.trunc(total);
}

function unitPower(unit: string): number {
  const match = /^([KMGTPE]?)(i?)B$/.exec(unit);
  if (match === null || (match[1] === '' && match[2] !== '')) return -1;
  return PREFIXES.indexOf(match[1] ?? '');
}

/** `15MiB`, `1GiB512KiB`: the text Prometheus prints. */
export function formatByteSize(sizeBytes: number): string {
  if (sizeBytes === 0) return '0B';
  let out = '';
  let rest = Math.abs(sizeBytes);
  for (const prefix of PREFIXES) {
    const digits = rest % 1024;
    if (digits !== 0) out = `${digits}${prefix}${prefix === '' ? 'B' : 'iB'}${out}`;
    rest = Math.floor(rest / 1024);
    if (rest === 0) break;
  }
  return sizeBytes < 0 ? `-${out}` : out;
}
