const TIME = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** In the browser's zone, to the second. */
export function formatTime(timeMs: number): string {
  return TIME.format(timeMs);
}
