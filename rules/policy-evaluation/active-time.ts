/** The hours of a policy. */
import type { WallClocks } from '../../model/wall-time.ts';
import type { ActiveTime } from '../policy/alarm-policy.ts';

const SUNDAY = 7;

export function isActiveAt(
  { timezone, windows }: ActiveTime,
  timeMs: number,
  clocks: WallClocks,
): boolean {
  const { weekday, minuteOfDay } = clocks.at(timeMs, timezone);
  const day = weekday === 0 ? SUNDAY : weekday;
  return windows.some(
    ({ weekdays, startMinute, endMinute }) =>
      weekdays.includes(day) && minuteOfDay >= startMinute && minuteOfDay < endMinute,
  );
}
