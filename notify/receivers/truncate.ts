/** Texts within a service's limits, cut as Alertmanager cuts them. */

const MARKER = '…';
const MARKER_BYTES = 3;

/** To so many characters (Unicode code points), the last of which is then `…`. */
export function truncateRunes(text: string, runesMax: number): string {
  // No text has more characters than units, so most need no counting.
  if (text.length <= runesMax) return text;
  const runes = Array.from(text);
  if (runes.length <= runesMax) return text;
  if (runesMax <= MARKER_BYTES) return runes.slice(0, runesMax).join('');
  return `${runes.slice(0, runesMax - 1).join('')}${MARKER}`;
}

/** To so many bytes of UTF-8, the last three of which are then `…`; no character is cut in two. */
export function truncateBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  if (bytesMax < MARKER_BYTES) return '.'.repeat(bytesMax);
  return `${headBytes(text, bytesMax - MARKER_BYTES)}${MARKER}`;
}

/** As many whole characters from the beginning as fit into so many bytes of UTF-8. */
export function headBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  let end = Math.min(bytesMax, bytes.length);
  while (end > 0 && isContinuation(bytes[end])) end--;
  return bytes.toString('utf8', 0, end);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
