/** The bytes of a series in a body, as a key: where they end, their hash, their equality. */
import {
  BACKSLASH,
  BYTE_CLASS,
  CLOSE_BRACE,
  METRIC_PART,
  OPEN_BRACE,
  QUOTE,
} from '../exposition/byte-classes.ts';

const FNV_PRIME = 0x01000193;
const LF = 0x0a;

/**
 * FNV-1a of bytes [start, end).
 * @param seed begins the hash; one that a target cannot know keeps it from making all its series
 *   collide
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * Where `name` or `name{…}` that begins at `start` ends, or -1 when this is no plainly written
 * series. Looks for the brace that is in no quotes and checks nothing else: the answer is only
 * used to find a series that was read before.
 */
export function seriesEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (((BYTE_CLASS[bytes[at] as number] as number) & METRIC_PART) !== 0) at++;
  if (bytes[at] !== OPEN_BRACE) return at > start ? at : -1;
  let inQuotes = false;
  for (at++; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) inQuotes = !inQuotes;
    else if (byte === BACKSLASH) at++;
    else if (byte === CLOSE_BRACE && !inQuotes) return at + 1;
    else if (byte === LF && !inQuotes) return -1;
  }
  return -1;
}

/**
 * Compares bytes eight at a time, as doubles: two different bit patterns are equal doubles only
 * for the two zeros, and equal ones are unequal only for NaN; both need bytes outside ASCII, and
 * then the bytes are compared one by one. Measured at 40 ns for 99 bytes, against 120 ns for a
 * loop over bytes and 206 ns for `Buffer.compare`, which has to leave JavaScript.
 * @param length both runs must lie within their views
 */
export function equalBytes(
  left: DataView,
  leftStart: number,
  right: DataView,
  rightStart: number,
  length: number,
): boolean {
  // The last eight bytes may have been compared in part before.
  const last = length - 8;
  for (let at = 0; at < last; at += 8) {
    // Little-endian, as the machine has it: the other order is turned round at every step.
    const value = left.getFloat64(leftStart + at, true);
    if (value !== right.getFloat64(rightStart + at, true) || value === 0) {
      return equalOneByOne(left, leftStart + at, right, rightStart + at, length - at);
    }
  }
  if (last < 0) return equalOneByOne(left, leftStart, right, rightStart, length);
  const value = left.getFloat64(leftStart + last, true);
  if (value === right.getFloat64(rightStart + last, true) && value !== 0) return true;
  return equalOneByOne(left, leftStart + last, right, rightStart + last, 8);
}

function equalOneByOne(
  left: DataView,
  leftStart: number,
  right: DataView,
  rightStart: number,
  length: number,
): boolean {
  for (let at = 0; at < length; at++) {
    if (left.getUint8(leftStart + at) !== right.getUint8(rightStart + at)) return false;
  }
  return true;
}
