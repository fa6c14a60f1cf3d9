import type { FloatColumn } from '../../model/value-bits.ts';
import type { ByteSlab } from './byte-slab.ts';
import * as K from './column-kinds.ts';
import { copyFloats } from './float-bits.ts';

/**
 * Writes the values of a packed column, bits exact.
 *
 * @param kind without HAS_HOLES
 * @param offsetBytes the column's place (for CONST_INT not used)
 * @param count values in the column
 * @param out from `to` on
 */
export function unpackColumn(
  kind: number,
  argument: number,
  slab: ByteSlab,
  offsetBytes: number,
  count: number,
  out: FloatColumn,
  to: number,
): void {
  if (kind === K.CONST_INT) {
    const { values } = out;
    const value = argument | 0;
    for (let at = to; at < to + count; at++) values[at] = value;
  } else if (kind >= K.INTS) {
    unpackInts(kind - K.INTS, slab, offsetBytes, count, out.values, to);
  } else {
    unpackBits(kind, slab, offsetBytes, count, out, to);
  }
}

function unpackBits(
  kind: number,
  slab: ByteSlab,
  offsetBytes: number,
  count: number,
  out: FloatColumn,
  to: number,
): void {
  const { words } = slab;
  const target = out.words;
  let from = offsetBytes >>> 2;
  if (kind === K.CONST) {
    const value = slab.floats[offsetBytes >>> 3] as number;
    if (value === value) {
      for (let at = to; at < to + count; at++) out.values[at] = value;
    } else {
      const low = words[from] as number;
      const high = words[from + 1] as number;
      for (let at = 2 * to; at < 2 * (to + count); at += 2) {
        target[at] = low;
        target[at + 1] = high;
      }
    }
  } else if (kind === K.RAW) {
    copyFloats({ values: slab.floats, words }, offsetBytes >>> 3, out, to, count);
  } else if (kind === K.F32) {
    const floats = new Float32Array(slab.bytes.buffer, offsetBytes, count);
    for (let at = 0; at < count; at++) out.values[to + at] = floats[at] as number;
  } else {
    for (let at = 2 * to; at < 2 * (to + count); at += 2) target[at] = words[from++] as number;
    const base = words[from++] as number;
    const rests = kind === K.SPLIT8 ? slab.bytes : slab.halves;
    let rest = kind === K.SPLIT8 ? from * 4 : from * 2;
    for (let at = 2 * to + 1; at < 2 * (to + count); at += 2) {
      target[at] = base + (rests[rest++] as number);
    }
  }
}

function unpackInts(
  code: number,
  slab: ByteSlab,
  offsetBytes: number,
  count: number,
  out: Float64Array,
  to: number,
): void {
  const factor = K.SCALES[code >>> 3] as number;
  const width = code & K.WIDTH_MASK;
  const isDelta = (code & K.DELTA_BIT) !== 0;
  const at = offsetBytes >>> 3;
  const first = slab.floats[at] as number;
  const least = isDelta ? (slab.floats[at + 1] as number) : 0;
  const start = offsetBytes + (isDelta ? 16 : 8);
  if (width === 0) unpackLine(first, isDelta ? least : 0, count, factor, out, to);
  else if (width === 1)
    unpackRests(slab.bytes, start, first, least, isDelta, count, factor, out, to);
  else if (width === 2) {
    unpackHalves(slab.halves, start >>> 1, first, least, isDelta, count, factor, out, to);
  } else unpackWords(slab.words, start >>> 2, first, least, isDelta, count, factor, out, to);
}

function unpackLine(
  first: number,
  delta: number,
  count: number,
  factor: number,
  out: Float64Array,
  to: number,
): void {
  let whole = first;
  for (let at = to; at < to + count; at++) {
    out[at] = whole / factor;
    whole += delta;
  }
}

// The three below are one function per element type: shared, its reads would be polymorphic.

function unpackRests(
  rests: Uint8Array,
  start: number,
  first: number,
  least: number,
  isDelta: boolean,
  count: number,
  factor: number,
  out: Float64Array,
  to: number,
): void {
  let from = start;
  if (!isDelta) {
    for (let at = to; at < to + count; at++) out[at] = (first + (rests[from++] as number)) / factor;
    return;
  }
  let whole = first;
  out[to] = whole / factor;
  for (let at = to + 1; at < to + count; at++) {
    whole += least + (rests[from++] as number);
    out[at] = whole / factor;
  }
}

function unpackHalves(
  rests: Uint16Array,
  start: number,
  first: number,
  least: number,
  isDelta: boolean,
  count: number,
  factor: number,
  out: Float64Array,
  to: number,
): void {
  let from = start;
  if (!isDelta) {
    for (let at = to; at < to + count; at++) out[at] = (first + (rests[from++] as number)) / factor;
    return;
  }
  let whole = first;
  out[to] = whole / factor;
  for (let at = to + 1; at < to + count; at++) {
    whole += least + (rests[from++] as number);
    out[at] = whole / factor;
  }
}

function unpackWords(
  rests: Uint32Array,
  start: number,
  first: number,
  least: number,
  isDelta: boolean,
  count: number,
  factor: number,
  out: Float64Array,
  to: number,
): void {
  let from = start;
  if (!isDelta) {
    for (let at = to; at < to + count; at++) out[at] = (first + (rests[from++] as number)) / factor;
    return;
  }
  let whole = first;
  out[to] = whole / factor;
  for (let at = to + 1; at < to + count; at++) {
    whole += least + (rests[from++] as number);
    out[at] = whole / factor;
  }
}
