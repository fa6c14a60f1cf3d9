/** Durations as Go's `time.ParseDuration` reads them, which a few fields of receivers are. */
import { quote } from '../go-text.ts';

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const PART = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;

/** A text that is no duration; the message is Go's. */
export class GoDurationError extends Error {
  override readonly name = 'GoDurationError';
}

/**
 * @returns milliseconds
 * @throws GoDurationError
 */
export function parseGoDurationMs(text: string): number {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  let totalMs = 0;
  let at = 0;
  do {
    PART.lastIndex = at;
    const part = PART.exec(body);
    if (part === null) throw new GoDurationError(`time: invalid duration ${quote(text)}`);
    const [, count = '', unit = ''] = part;
    const unitMs = UNITS_MS.get(unit);
    if (unitMs === undefined) {
      const what = unit === '' ? 'missing unit' : `unknown unit ${quote(unit)}`;
      throw new GoDurationError(`time: ${what} in duration ${quote(text)}`);
    }
    totalMs += Number(count) * unitMs;
    at = PART.lastIndex;
  } while (at < body.length);
  return text.startsWith('-') ? -totalMs : totalMs;
}
