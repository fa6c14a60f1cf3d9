/**
 * How a packed column is written. `kind` (a byte) and `argument` (a word) stand in a header;
 * what follows lies at the column's place, which is 8-byte aligned. n values are present.
 *
 *   kind        argument     bytes at the place
 *   EMPTY       —            —                                     no value present
 *   CONST_INT   the value    —                                     every value is this int32
 *   CONST       place        f64                                   every value has these bits
 *   RAW         place        f64 × n
 *   F32         place        f32 bits × n                          every value is a float32
 *   SPLIT8/16   place        u32 low × n, u32 base, u8|u16 × n     high word = base + rest
 *   INTS + …    place        value: f64 least, rest × n            v = (least + rest) / scale
 *                            delta: f64 first, f64 least, rest × (n-1)
 *                                                     v[k] = (v'[k-1] + least + rest) / scale
 *
 * INTS + scale·8 + predictor·4 + width; rests are unsigned of 0, 1, 2 or 4 bytes. With the flag
 * HAS_HOLES the place begins with 8 bytes, the first word a bit per row that has a value.
 */
export const EMPTY = 0;
export const CONST_INT = 1;
export const CONST = 2;
export const RAW = 3;
export const F32 = 4;
export const SPLIT8 = 5;
export const SPLIT16 = 6;
export const INTS = 16;
export const HAS_HOLES = 0x80;

export const DELTA_BIT = 4;
export const WIDTH_MASK = 3;
/** Decimal places of what people expose: whole, cents, milli, micro and nano. */
export const SCALES: Float64Array = Float64Array.of(1, 10, 100, 1000, 1e4, 1e6, 1e9);
/** Rests of this many bytes, by width code. */
export const WIDTH_BYTES: Uint8Array = Uint8Array.of(0, 1, 2, 4);
