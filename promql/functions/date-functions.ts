/** Parts of a date in UTC, from Unix seconds. */

const DAY_MS = 86_400_000;

export const dateFunctions: readonly (readonly [string, (seconds: number) => number])[] = [
  ['days_in_month', (seconds) => daysInMonth(dateOf(seconds))],
  ['day_of_month', (seconds) => dateOf(seconds).getUTCDate()],
  ['day_of_week', (seconds) => dateOf(seconds).getUTCDay()],
  ['day_of_year', (seconds) => dayOfYear(dateOf(seconds))],
  ['hour', (seconds) => dateOf(seconds).getUTCHours()],
  ['minute', (seconds) => dateOf(seconds).getUTCMinutes()],
  ['month', (seconds) => dateOf(seconds).getUTCMonth() + 1],
  ['year', (seconds) => dateOf(seconds).getUTCFullYear()],
];

/** These take the evaluation time when they have no argument. */
export const DATE_FUNCTION_NAMES: ReadonlySet<string> = new Set(
  dateFunctions.map(([name]) => name),
);

function dateOf(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1000);
}

function daysInMonth(date: Date): number {
  const last = new Date(date);
  last.setUTCMonth(date.getUTCMonth() + 1, 0);
  return last.getUTCDate();
}

function dayOfYear(date: Date): number {
  const first = new Date(date);
  first.setUTCMonth(0, 1);
  return Math.round((date.getTime() - first.getTime()) / DAY_MS) + 1;
}
