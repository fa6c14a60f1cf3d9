/**
 * Prometheus' XOR chunks (tsdb/docs/format/chunks.md): count, then times as differences of
 * differences, values as XOR with the value before. What the streamed remote read sends.
 */
import { floatColumn, wordsOf } from '../../model/value-bits.ts';
import { BitReader, ChunkError } from './bit-reader.ts';
import { BitWriter } from './bit-writer.ts';

const HEADER_BYTES = 2;
const LEADING_MAX = 31;
const TWO_POW_32 = 2 ** 32;

/** Bits that a difference of differences may take, and the bits that say so, shortest first. */
const STEP_CLASSES: readonly (readonly [bits: number, prefix: number, prefixBits: number])[] = [
  [14, 0b10, 2],
  [17, 0b110, 3],
  [20, 0b1110, 4],
];

/** Reused from chunk to chunk. */
export class XorChunkEncoder {
  readonly #bits = new BitWriter();

  /**
   * Samples `start` up to but not including `end` of sorted columns; not more than 65535.
   * @param words bits of the values (value-bits.ts)
   */
  encode(timestampsMs: Float64Array, words: Uint32Array, start: number, end: number): Uint8Array {
    const out = this.#bits;
    out.reset();
    out.bits(end - start, 16);
    let beforeMs = 0;
    let stepMs = 0;
    let leading = -1;
    let trailing = 0;
    for (let at = start; at < end; at++) {
      const timestampMs = timestampsMs[at] as number;
      const low = words[2 * at] as number;
      const high = words[2 * at + 1] as number;
      if (at === start) {
        out.varint(zigzag(timestampMs));
        out.bits(high, 32);
        out.bits(low, 32);
        beforeMs = timestampMs;
        continue;
      }
      const nextStepMs = timestampMs - beforeMs;
      if (at === start + 1) out.varint(nextStepMs);
      else writeStep(out, nextStepMs - stepMs);
      beforeMs = timestampMs;
      stepMs = nextStepMs;

      const xorLow = (low ^ (words[2 * at - 2] as number)) >>> 0;
      const xorHigh = (high ^ (words[2 * at - 1] as number)) >>> 0;
      if (xorLow === 0 && xorHigh === 0) {
        out.bits(0, 1);
        continue;
      }
      const zeros = xorHigh === 0 ? 32 + Math.clz32(xorLow) : Math.clz32(xorHigh);
      const newLeading = Math.min(zeros, LEADING_MAX);
      const newTrailing = xorLow === 0 ? 32 + trailingZeros(xorHigh) : trailingZeros(xorLow);
      if (leading >= 0 && newLeading >= leading && newTrailing >= trailing) {
        out.bits(0b10, 2);
      } else {
        leading = newLeading;
        trailing = newTrailing;
        out.bits(0b11, 2);
        out.bits(leading, 5);
        // 64 does not fit into six bits and stands as 0.
        out.bits((64 - leading - trailing) & 63, 6);
      }
      writeShifted(out, xorHigh, xorLow, trailing, 64 - leading - trailing);
    }
    return out.take();
  }
}

function writeStep(out: BitWriter, change: number): void {
  if (change === 0) {
    out.bits(0, 1);
    return;
  }
  for (const [bits, prefix, prefixBits] of STEP_CLASSES) {
    const half = 2 ** (bits - 1);
    if (change < 1 - half || change > half) continue;
    out.bits(prefix, prefixBits);
    out.bits(change, bits);
    return;
  }
  out.bits(0b1111, 4);
  const wide = BigInt.asUintN(64, BigInt(change));
  out.bits(Number(wide >> 32n), 32);
  out.bits(Number(wide & 0xffff_ffffn), 32);
}

function writeShifted(
  out: BitWriter,
  high: number,
  low: number,
  shift: number,
  count: number,
): void {
  if (shift >= 32) out.bits(high >>> (shift - 32), count);
  else if (shift === 0) out.wideBits(high, low, count);
  else {
    const shiftedLow = ((low >>> shift) | (high << (32 - shift))) >>> 0;
    out.wideBits(high >>> shift, shiftedLow, count);
  }
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

export interface DecodedChunk {
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** @throws ChunkError */
export function decodeXorChunk(chunk: Uint8Array): DecodedChunk {
  if (chunk.length < HEADER_BYTES) throw new ChunkError('chunk without a header');
  const count = ((chunk[0] as number) << 8) | (chunk[1] as number);
  // A sample after the first takes two bits or more.
  if (count > chunk.length * 4) throw new ChunkError('chunk shorter than its count says');
  const reader = new BitReader(chunk, HEADER_BYTES);
  const timestampsMs = new Float64Array(count);
  const { values, words } = floatColumn(count);
  let timestampMs = 0;
  let stepMs = 0;
  let leading = 0;
  let trailing = 0;
  for (let at = 0; at < count; at++) {
    if (at === 0) {
      const coded = reader.varint();
      timestampMs = coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      timestampsMs[0] = timestampMs;
      words[1] = reader.bits(32);
      words[0] = reader.bits(32);
      continue;
    }
    stepMs = at === 1 ? reader.varint() : stepMs + readStep(reader);
    timestampMs += stepMs;
    timestampsMs[at] = timestampMs;
    let low = words[2 * at - 2] as number;
    let high = words[2 * at - 1] as number;
    if (reader.bit()) {
      if (reader.bit()) {
        leading = reader.bits(5);
        const width = reader.bits(6) || 64;
        trailing = 64 - leading - width;
        if (trailing < 0) throw new ChunkError('value of more than 64 bits');
      }
      const width = 64 - leading - trailing;
      const wideHigh = width > 32 ? reader.bits(width - 32) : 0;
      const wideLow = reader.bits(Math.min(width, 32));
      if (trailing >= 32) high ^= wideLow << (trailing - 32);
      else if (trailing === 0) {
        high ^= wideHigh;
        low ^= wideLow;
      } else {
        high ^= (wideHigh << trailing) | (wideLow >>> (32 - trailing));
        low ^= wideLow << trailing;
      }
    }
    words[2 * at] = low;
    words[2 * at + 1] = high;
  }
  return { timestampsMs, values };
}

function readStep(reader: BitReader): number {
  if (!reader.bit()) return 0;
  for (const [bits] of STEP_CLASSES) {
    if (reader.bit()) continue;
    const value = reader.bits(bits);
    return value > 2 ** (bits - 1) ? value - 2 ** bits : value;
  }
  const high = reader.bits(32) | 0;
  return high * TWO_POW_32 + reader.bits(32);
}

/** For tests and readers that hold plain arrays. */
export function encodeXorChunk(timestampsMs: Float64Array, values: Float64Array): Uint8Array {
  return new XorChunkEncoder().encode(timestampsMs, wordsOf(values), 0, timestampsMs.length);
}
