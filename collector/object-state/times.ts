/** Times of objects as numbers. */

/** Unix seconds of Go's zero time, which kube-state-metrics gives for a time that is null. */
const GO_ZERO_SECONDS = -62_135_596_800;

/** Whole Unix seconds of an RFC 3339 time; undefined where there is none. */
export function unixSeconds(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null || text === '') return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : Math.floor(timeMs / 1000);
}

/** The same for a time that is part of something present: without it, it is Go's zero time. */
export function unixSecondsOrZeroTime(text: string | null | undefined): number {
  return unixSeconds(text) ?? GO_ZERO_SECONDS;
}
