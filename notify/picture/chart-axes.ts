/** Where the lines of a picture's grid are. */

export interface ValueAxis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

const TICKS_MAX = 5;
/** Room above and below the curves, of their height. */
const MARGIN = 0.08;

/**
 * Round numbers around all values; from 0 where the values are above it and it is not far.
 * @param step of what ticks are multiples: 1 and 1024 for bytes
 */
export function valueAxis(low: number, high: number, isBinary: boolean): ValueAxis {
  let min = Math.min(low, high);
  let max = Math.max(low, high);
  if (min >= 0 && min < max * 0.6) min = 0;
  if (max === min) max = min + (min === 0 ? 1 : Math.abs(min) * 0.1);
  const room = (max - min) * MARGIN;
  const step = niceStep((max - min + room) / (TICKS_MAX - 1), isBinary);
  const bottom = min === 0 ? 0 : Math.floor((min - room) / step) * step;
  const top = Math.ceil((max + room) / step - 1e-9) * step;
  const count = Math.max(1, Math.round((top - bottom) / step));
  return {
    min: bottom,
    max: top,
    ticks: Array.from({ length: count + 1 }, (_, at) => bottom + at * step),
  };
}

function niceStep(wanted: number, isBinary: boolean): number {
  if (isBinary && wanted >= 1) {
    const power = 1024 ** Math.floor(Math.log(wanted) / Math.log(1024));
    const scaled = wanted / power;
    return power * 2 ** Math.ceil(Math.log2(scaled));
  }
  const power = 10 ** Math.floor(Math.log10(wanted));
  const scaled = wanted / power;
  const nice = [1, 2, 2.5, 5, 10].find((one) => scaled <= one + 1e-9) ?? 10;
  return nice * power;
}

const MINUTE_MS = 60_000;
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880].map(
  (minutes) => minutes * MINUTE_MS,
);

/** Round times by the clock on the wall of a zone. */
export function timeTicks(
  fromMs: number,
  toMs: number,
  ticksMax: number,
  zone: string,
): readonly number[] {
  const step =
    TIME_STEPS_MS.find((one) => (toMs - fromMs) / one <= ticksMax) ?? 7 * 1440 * MINUTE_MS;
  const shift = zoneShiftMs(toMs, zone);
  const ticks: number[] = [];
  for (let at = Math.ceil((fromMs + shift) / step) * step - shift; at <= toMs; at += step) {
    ticks.push(at);
  }
  return ticks;
}

/** How far the zone's clock is before UTC. */
function zoneShiftMs(timeMs: number, timeZone: string): number {
  const shown = new Date(timeMs).toLocaleString('sv-SE', { timeZone });
  return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(timeMs / 1000) * 1000;
}

/** `14:05`, or `24 Nov` for whole days. */
export function clockText(timeMs: number, timeZone: string): string {
  const time = new Date(timeMs).toLocaleTimeString('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
  });
  if (time !== '00:00') return time;
  return new Date(timeMs).toLocaleDateString('en-GB', { timeZone, day: 'numeric', month: 'short' });
}
