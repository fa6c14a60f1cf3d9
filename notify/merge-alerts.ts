/** What two reports of one alert come to. */
import { type Alert, isResolvedAt } from '../model/alert.ts';

/**
 * The stored alert after a report of the same labels. Reports whose spans overlap are merged; one
 * that does not overlap is a new firing, and replaces what was.
 */
export function afterReport(old: Alert | undefined, report: Alert, nowMs: number): Alert {
  if (old === undefined || !overlaps(old, report)) return report;
  return report.updatedAtMs < old.updatedAtMs
    ? merge(report, old, nowMs)
    : merge(old, report, nowMs);
}

/** One end of the report lies within the stored span, its ends not included. */
function overlaps(old: Alert, report: Alert): boolean {
  const isWithin = (timeMs: number): boolean => timeMs > old.startsAtMs && timeMs < old.endsAtMs;
  return isWithin(report.endsAtMs) || isWithin(report.startsAtMs);
}

function merge(older: Alert, younger: Alert, nowMs: number): Alert {
  return {
    ...younger,
    startsAtMs: Math.min(older.startsAtMs, younger.startsAtMs),
    endsAtMs: keepsOlderEnd(older, younger, nowMs) ? older.endsAtMs : younger.endsAtMs,
  };
}

/** Of two ends the later one, but a firing alert's timeout says nothing. */
function keepsOlderEnd(older: Alert, younger: Alert, nowMs: number): boolean {
  if (older.endsAtMs <= younger.endsAtMs) return false;
  return isResolvedAt(younger, nowMs) ? isResolvedAt(older, nowMs) : !older.timesOut;
}
