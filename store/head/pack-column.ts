import type { ByteSlab } from './byte-slab.ts';
import * as K from './column-kinds.ts';

/** Scaled values are kept this small, so that they and their differences are exact. */
const SCALED_MAX = 2 ** 51;

const PACKED_VALUES_MAX = 1024;

/** What `packColumn` found; one is used again and again. */
export class PackedColumn {
  kind = 0;
  argument = 0;
  /** The first byte after the column, a multiple of 8. */
  endBytes = 0;
  /** Room for the scaled values of the column being packed. */
  readonly scaled: Float64Array = new Float64Array(PACKED_VALUES_MAX);
}

/** Room that any column of `count` values needs at most. */
export function packedBytesMax(count: number): number {
  return count * 8 + 32;
}

/**
 * Packs a column without holes, bits exact, in the smallest of the ways in column-kinds.ts.
 *
 * @param values `count` (1 to PACKED_VALUES_MAX) values; `words` the same memory
 * @param offsetBytes where to write, a multiple of 8
 * @param originBytes what places are counted from, so that the whole can be moved
 */
export function packColumn(
  values: Float64Array,
  words: Uint32Array,
  count: number,
  slab: ByteSlab,
  offsetBytes: number,
  originBytes: number,
  out: PackedColumn,
): void {
  out.argument = (offsetBytes - originBytes) >>> 3;
  if (isConstant(words, count)) {
    packConstant(values, words, slab, offsetBytes, out);
    return;
  }
  const scale = findScale(values, words, count, out.scaled);
  if (scale >= 0 && packInts(count, scale, slab, offsetBytes, out)) return;
  if (isFloat32(values, count)) {
    out.kind = K.F32;
    const floats = new Float32Array(slab.bytes.buffer, offsetBytes, count);
    for (let at = 0; at < count; at++) floats[at] = values[at] as number;
    out.endBytes = align8(offsetBytes + count * 4);
    return;
  }
  packBits(words, count, slab, offsetBytes, out);
}

function isConstant(words: Uint32Array, count: number): boolean {
  const low = words[0];
  const high = words[1];
  for (let at = 1; at < count; at++) {
    if (words[2 * at] !== low || words[2 * at + 1] !== high) return false;
  }
  return true;
}

function packConstant(
  values: Float64Array,
  words: Uint32Array,
  slab: ByteSlab,
  offsetBytes: number,
  out: PackedColumn,
): void {
  const value = values[0] as number;
  if ((value | 0) === value && (value !== 0 || words[1] === 0)) {
    out.kind = K.CONST_INT;
    out.argument = value >>> 0;
    out.endBytes = offsetBytes;
    return;
  }
  out.kind = K.CONST;
  slab.words[offsetBytes >>> 2] = words[0] as number;
  slab.words[(offsetBytes >>> 2) + 1] = words[1] as number;
  out.endBytes = offsetBytes + 8;
}

/** The first scale at which all values are whole numbers, now in `scaled`; -1: none. */
function findScale(
  values: Float64Array,
  words: Uint32Array,
  count: number,
  scaled: Float64Array,
): number {
  let failedAt = 0;
  for (let scale = 0; scale < K.SCALES.length; scale++) {
    const factor = K.SCALES[scale] as number;
    // The value at which the scale before failed is the likeliest to fail again.
    if (!isWhole(values[failedAt] as number, factor)) continue;
    let at = 0;
    for (; at < count; at++) {
      const value = values[at] as number;
      const whole = Math.round(value * factor);
      if (whole / factor !== value || whole > SCALED_MAX || whole < -SCALED_MAX) break;
      if (whole === 0 && words[2 * at + 1] !== 0) return -1;
      scaled[at] = whole;
    }
    if (at === count) return scale;
    failedAt = at;
  }
  return -1;
}

function isWhole(value: number, factor: number): boolean {
  return Math.round(value * factor) / factor === value;
}

function packInts(
  count: number,
  scale: number,
  slab: ByteSlab,
  offsetBytes: number,
  out: PackedColumn,
): boolean {
  const { scaled } = out;
  let before = scaled[0] as number;
  let least = before;
  let most = before;
  let leastDelta = Number.POSITIVE_INFINITY;
  let mostDelta = Number.NEGATIVE_INFINITY;
  for (let at = 1; at < count; at++) {
    const value = scaled[at] as number;
    const delta = value - before;
    if (value < least) least = value;
    if (value > most) most = value;
    if (delta < leastDelta) leastDelta = delta;
    if (delta > mostDelta) mostDelta = delta;
    before = value;
  }
  const valueWidth = widthFor(most - least);
  const deltaWidth = widthFor(mostDelta - leastDelta);
  if (Math.min(valueWidth, deltaWidth) > K.WIDTH_MASK) return false;
  const kind = K.INTS + scale * 8;
  const at = offsetBytes >>> 3;
  const valueBytes =
    valueWidth > K.WIDTH_MASK
      ? Number.POSITIVE_INFINITY
      : 8 + count * (K.WIDTH_BYTES[valueWidth] as number);
  const deltaBytes =
    deltaWidth > K.WIDTH_MASK
      ? Number.POSITIVE_INFINITY
      : 16 + (count - 1) * (K.WIDTH_BYTES[deltaWidth] as number);
  if (valueBytes <= deltaBytes) {
    out.kind = kind + valueWidth;
    slab.floats[at] = least;
    for (let k = 0; k < count; k++) scaled[k] = (scaled[k] as number) - least;
    writeRests(scaled, 0, count, valueWidth, slab, offsetBytes + 8);
    out.endBytes = align8(offsetBytes + valueBytes);
    return true;
  }
  out.kind = kind + K.DELTA_BIT + deltaWidth;
  slab.floats[at] = scaled[0] as number;
  slab.floats[at + 1] = leastDelta;
  for (let k = count - 1; k > 0; k--) {
    scaled[k] = (scaled[k] as number) - (scaled[k - 1] as number) - leastDelta;
  }
  writeRests(scaled, 1, count, deltaWidth, slab, offsetBytes + 16);
  out.endBytes = align8(offsetBytes + deltaBytes);
  return true;
}

function widthFor(range: number): number {
  if (range === 0) return 0;
  if (range < 0x100) return 1;
  if (range < 0x1_0000) return 2;
  return range < 0x1_0000_0000 ? 3 : 4;
}

function writeRests(
  scaled: Float64Array,
  from: number,
  count: number,
  width: number,
  slab: ByteSlab,
  offsetBytes: number,
): void {
  if (width === 0) return;
  const target = width === 1 ? slab.bytes : width === 2 ? slab.halves : slab.words;
  let to = width === 1 ? offsetBytes : width === 2 ? offsetBytes >>> 1 : offsetBytes >>> 2;
  for (let at = from; at < count; at++) target[to++] = scaled[at] as number;
}

function isFloat32(values: Float64Array, count: number): boolean {
  for (let at = 0; at < count; at++) {
    if (Math.fround(values[at] as number) !== values[at]) return false;
  }
  return true;
}

function packBits(
  words: Uint32Array,
  count: number,
  slab: ByteSlab,
  offsetBytes: number,
  out: PackedColumn,
): void {
  let least = 0xffff_ffff;
  let most = 0;
  for (let at = 0; at < count; at++) {
    const high = words[2 * at + 1] as number;
    if (high < least) least = high;
    if (high > most) most = high;
  }
  let to = offsetBytes >>> 2;
  if (most - least >= 0x1_0000) {
    out.kind = K.RAW;
    for (let at = 0; at < 2 * count; at++) slab.words[to++] = words[at] as number;
    out.endBytes = offsetBytes + count * 8;
    return;
  }
  for (let at = 0; at < count; at++) slab.words[to++] = words[2 * at] as number;
  slab.words[to++] = least;
  const isNarrow = most - least < 0x100;
  out.kind = isNarrow ? K.SPLIT8 : K.SPLIT16;
  const target = isNarrow ? slab.bytes : slab.halves;
  let rest = isNarrow ? to * 4 : to * 2;
  for (let at = 0; at < count; at++) target[rest++] = (words[2 * at + 1] as number) - least;
  out.endBytes = align8(isNarrow ? rest : rest * 2);
}

function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}
