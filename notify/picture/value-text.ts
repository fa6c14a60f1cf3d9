/** Numbers as pictures and facts of messages show them. */

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const SHORT: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];
const DIGITS = 3;
const KIBI = 1024;

/** `93.2%`, `1.5 GiB`, `340 ms`, `12.4k`; at most three digits that mean something. */
export function valueText(value: number, unit: string): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '-∞';
  if (unit === '%') return `${digits(value)}%`;
  if (unit === 'B' || unit === 'bytes') return bytesText(value);
  if (unit === 'B/s') return `${bytesText(value)}/s`;
  if (unit === 's' || unit === 'seconds') return secondsText(value);
  const text = shortText(value);
  return unit === '' ? text : `${text} ${unit}`;
}

function shortText(value: number): string {
  const [factor, letter] = SHORT.find(([size]) => Math.abs(value) >= size) ?? [1, ''];
  return `${digits(value / factor)}${letter}`;
}

function bytesText(value: number): string {
  let [amount, power] = [value, 0];
  while (Math.abs(amount) >= KIBI && power < BINARY.length - 1) {
    amount /= KIBI;
    power++;
  }
  return `${digits(amount)} ${BINARY[power]}`;
}

function secondsText(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1 && size < 120)) return `${digits(value)} s`;
  if (size < 1e-3) return `${digits(value * 1e6)} µs`;
  if (size < 1) return `${digits(value * 1e3)} ms`;
  if (size < 7200) return `${digits(value / 60)} min`;
  return size < 172_800 ? `${digits(value / 3600)} h` : `${digits(value / 86_400)} d`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toPrecision(DIGITS)));
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `12 s`, `4 min`, `3 h 20 min`, `2 d 4 h` */
export function spanText(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  const [large, small, largeName, smallName] =
    ms < DAY_MS ? [HOUR_MS, MINUTE_MS, 'h', 'min'] : [DAY_MS, HOUR_MS, 'd', 'h'];
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
