/** Bytes that mean something in the text formats, and classes of bytes as a table of bits. */

export const TAB = 0x09;
export const LF = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const COMMA = 0x2c;
export const EQUAL = 0x3d;
export const BACKSLASH = 0x5c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** May begin a label name. */
export const LABEL_START = 1;
/** May begin a metric name. */
export const METRIC_START = 2;
export const DIGIT = 4;
/** May go on a label name: LABEL_START or DIGIT; a metric name: METRIC_START or DIGIT. */
export const LABEL_PART = LABEL_START | DIGIT;
export const METRIC_PART = METRIC_START | DIGIT;

export const BYTE_CLASS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (/[a-zA-Z_]/.test(char)) return LABEL_START | METRIC_START;
  if (char === ':') return METRIC_START;
  return /[0-9]/.test(char) ? DIGIT : 0;
});

/** The end of a run of bytes of `mask` that begins at `start`; `start` itself is taken as read. */
export function endOfRun(bytes: Uint8Array, start: number, mask: number): number {
  let at = start + 1;
  while (at < bytes.length && ((BYTE_CLASS[bytes[at] as number] as number) & mask) !== 0) at++;
  return at;
}
