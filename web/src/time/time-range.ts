/** The range in the URL, in Grafana's spelling: `now-6h`, `now-1d/d`, milliseconds or ISO 8601. */

export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

export interface ResolvedRange {
  readonly startMs: number;
  readonly endMs: number;
}

export const DEFAULT_RANGE: TimeRange = { from: 'now-1h', to: 'now' };

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};
const RELATIVE = /^now(?:-(\d+)([smhdwMy]))?(?:\/([hdwMy]))?$/;

/** undefined for a text that is no time. @param isEnd a rounded end is the end of its unit */
export function resolveTime(text: string, nowMs: number, isEnd: boolean): number | undefined {
  const [isRelative, amount, unit, rounding] = RELATIVE.exec(text) ?? [];
  if (isRelative !== undefined) {
    const timeMs = nowMs - Number(amount ?? 0) * (UNIT_MS[unit ?? 's'] ?? 0);
    return rounding === undefined ? timeMs : roundTo(timeMs, rounding, isEnd);
  }
  if (/^\d{10,16}$/.test(text)) return Number(text);
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** A range that cannot be read, or ends before it begins, is the default one. */
export function resolveRange(range: TimeRange, nowMs: number): ResolvedRange {
  const startMs = resolveTime(range.from, nowMs, false);
  const endMs = resolveTime(range.to, nowMs, true);
  if (startMs === undefined || endMs === undefined || endMs <= startMs) {
    return { startMs: nowMs - 3_600_000, endMs: nowMs };
  }
  return { startMs, endMs };
}

function roundTo(timeMs: number, unit: string, isEnd: boolean): number {
  const date = new Date(timeMs);
  const step = isEnd ? 1 : 0;
  const year = date.getFullYear();
  const month = date.getMonth();
  const day = date.getDate();
  switch (unit) {
    case 'h':
      return new Date(year, month, day, date.getHours() + step).getTime();
    case 'd':
      return new Date(year, month, day + step).getTime();
    case 'w':
      return new Date(year, month, day - ((date.getDay() + 6) % 7) + step * 7).getTime();
    case 'M':
      return new Date(year, month + step, 1).getTime();
    default:
      return new Date(year + step, 0, 1).getTime();
  }
}

const STEPS_S = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200,
  86_400, 172_800, 604_800,
] as const;
const POINTS_MAX = 11_000;

/**
 * Start, end and step of a query whose points lie on a grid that does not move with the time, so
 * that a refresh asks for the same points again.
 * @param pointsWanted usually the width of the chart in pixels
 */
export function alignRange(
  range: ResolvedRange,
  pointsWanted: number,
  minStepMs: number,
): { readonly startMs: number; readonly endMs: number; readonly stepMs: number } {
  const spanMs = range.endMs - range.startMs;
  const points = Math.max(10, Math.min(pointsWanted, POINTS_MAX));
  const rawS = Math.max(minStepMs, spanMs / points) / 1000;
  const last = STEPS_S.at(-1) ?? 1;
  const stepMs = (STEPS_S.find((step) => step >= rawS) ?? Math.ceil(rawS / last) * last) * 1000;
  return {
    stepMs,
    startMs: Math.floor(range.startMs / stepMs) * stepMs,
    endMs: Math.floor(range.endMs / stepMs) * stepMs,
  };
}
