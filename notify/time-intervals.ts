/** Named time intervals: does one of them hold at an instant? */
import type {
  InclusiveRange,
  NamedTimeInterval,
  TimeInterval,
} from '../config/alertmanager/types.ts';
import { daysInMonth, WallClocks, type WallTime } from '../model/wall-time.ts';

export class TimeIntervals {
  readonly #clocks = new WallClocks();
  readonly #byName: ReadonlyMap<string, readonly TimeInterval[]>;

  constructor(named: readonly NamedTimeInterval[]) {
    this.#byName = new Map(named.map(({ name, intervals }) => [name, intervals]));
  }

  /** Those of the names that hold at the instant, in the order given; unknown ones never do. */
  holding(names: readonly string[], timeMs: number): readonly string[] {
    return names.filter((name) => {
      const intervals = this.#byName.get(name) ?? [];
      return intervals.some((interval) => containsTime(interval, timeMs, this.#clocks));
    });
  }
}

/**
 * True when every field that is there has a range with the instant in it. The clock on the wall
 * decides: an hour that is skipped never matches, one that comes twice matches twice.
 */
export function containsTime(interval: TimeInterval, timeMs: number, clocks: WallClocks): boolean {
  const time = clocks.at(timeMs, interval.location);
  const { times, weekdays, daysOfMonth, months, years } = interval;
  const minute = time.minuteOfDay;
  return (
    (times?.some((range) => minute >= range.startMinute && minute < range.endMinute) ?? true) &&
    (daysOfMonth?.some((range) => containsDay(range, time)) ?? true) &&
    hasOne(months, time.month) &&
    hasOne(weekdays, time.weekday) &&
    hasOne(years, time.year)
  );
}

function hasOne(ranges: readonly InclusiveRange[] | undefined, value: number): boolean {
  return ranges?.some(({ begin, end }) => value >= begin && value <= end) ?? true;
}

/** Days below 0 count from the end of the month; a range that begins after it holds on no day. */
function containsDay(range: InclusiveRange, time: WallTime): boolean {
  const last = daysInMonth(time.year, time.month);
  const fromStart = (day: number): number => (day < 0 ? last + day + 1 : day);
  const begin = fromStart(range.begin);
  return begin <= last && time.day >= begin && time.day <= fromStart(range.end);
}
