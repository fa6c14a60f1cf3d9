/**
 * The hash from which series ids are made. It must never change: ids are on disk. Two 32-bit lanes
 * over UTF-16 code units, each step a bijection of the lane, finished by MurmurHash3's finaliser
 * with the lanes crossed.
 */

/** Bits of a series id that come from the metric name: ids of one metric are adjacent. */
const METRIC_BITS = 20;
const METRIC_SHIFT = 32 - METRIC_BITS;

const LANE_HIGH_FACTOR = 0x9e3779b1;
const LANE_LOW_FACTOR = 0x85ebca77;
const SEPARATOR = 0xffff;

/** 64 bits as two words; filled by the functions below, so that hashing allocates nothing. */
export interface HashWords {
  high: number;
  low: number;
}

/** Hash of one label. */
export function hashPair(name: string, value: string, out: HashWords): void {
  let high = 0x27d4eb2f;
  let low = 0x165667b1;
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    high = Math.imul(high ^ code, LANE_HIGH_FACTOR);
    low = Math.imul(((low << 5) | (low >>> 27)) ^ code, LANE_LOW_FACTOR);
  }
  high = Math.imul(high ^ SEPARATOR, LANE_HIGH_FACTOR);
  low = Math.imul(((low << 5) | (low >>> 27)) ^ SEPARATOR, LANE_LOW_FACTOR);
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    high = Math.imul(high ^ code, LANE_HIGH_FACTOR);
    low = Math.imul(((low << 5) | (low >>> 27)) ^ code, LANE_LOW_FACTOR);
  }
  finish(high, low, out);
}

/**
 * Hash of a label set from the hashes of its labels.
 * @param pairs numbers of the labels in order of their names, `count` of them from `start`
 * @param salt 0, or how many times the id before was taken by another label set
 */
export function hashPairs(
  pairs: Uint32Array,
  start: number,
  count: number,
  pairHigh: Uint32Array,
  pairLow: Uint32Array,
  salt: number,
  out: HashWords,
): void {
  let high = 0x2545f491 ^ salt;
  let low = 0x4f6cdd1d ^ Math.imul(salt, LANE_HIGH_FACTOR);
  for (let at = start; at < start + count; at++) {
    const pair = pairs[at] as number;
    high = Math.imul(((high << 13) | (high >>> 19)) ^ (pairHigh[pair] as number), LANE_HIGH_FACTOR);
    low = Math.imul(((low << 15) | (low >>> 17)) ^ (pairLow[pair] as number), LANE_LOW_FACTOR);
  }
  finish(high, low, out);
}

/** The high word of a series id: metric bits above, hash bits below. */
export function seriesIdHigh(metricHash: number, hashHigh: number): number {
  return ((metricHash >>> METRIC_SHIFT) << METRIC_SHIFT) | (hashHigh >>> METRIC_BITS);
}

function finish(high: number, low: number, out: HashWords): void {
  const crossedLow = avalanche(low ^ ((high << 11) | (high >>> 21)));
  out.high = avalanche(high ^ crossedLow);
  out.low = crossedLow;
}

function avalanche(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
