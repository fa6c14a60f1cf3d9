import { describe, expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import { Labels } from '../model/labels.ts';
import { afterReport } from './merge-alerts.ts';

function alert(startsAtMs: number, endsAtMs: number, more: Partial<Alert> = {}): Alert {
  return {
    labels: Labels.EMPTY,
    annotations: Labels.EMPTY,
    startsAtMs,
    endsAtMs,
    generatorUrl: '',
    updatedAtMs: 0,
    timesOut: false,
    ...more,
  };
}

/** Start and end of what is stored after a report, at time 100. */
function f(old: Alert | undefined, report: Alert): readonly [number, number] {
  const { startsAtMs, endsAtMs } = afterReport(old, report, 100);
  return [startsAtMs, endsAtMs];
}

describe('afterReport', () => {
  test('the first report is what is known', () => {
    expect(f(undefined, alert(10, 200))).toEqual([10, 200]);
  });

  test('a report that overlaps: the earlier start, the report’s end', () => {
    expect(f(alert(10, 200), alert(50, 300))).toEqual([10, 300]);
  });

  test('a report of the end counts although the stored end is later', () => {
    expect(f(alert(10, 200), alert(10, 100))).toEqual([10, 100]);
  });

  test('of two ends that have passed the later one counts', () => {
    expect(f(alert(10, 90), alert(10, 80))).toEqual([10, 90]);
  });

  test('a later end that was given is kept, one that was a timeout is not', () => {
    expect(f(alert(10, 400), alert(50, 300))).toEqual([10, 400]);
    expect(f(alert(10, 400, { timesOut: true }), alert(50, 300))).toEqual([10, 300]);
  });

  test('a report that does not overlap replaces: it is another firing', () => {
    expect(f(alert(10, 50), alert(60, 200))).toEqual([60, 200]);
    expect(f(alert(10, 50), alert(50, 200))).toEqual([50, 200]);
  });

  test('an older report that comes late does not change what the younger one said', () => {
    const young = alert(10, 200, { updatedAtMs: 9, annotations: Labels.fromRecord({ a: 'new' }) });
    const old = alert(5, 150, { updatedAtMs: 8, annotations: Labels.fromRecord({ a: 'old' }) });
    const after = afterReport(young, old, 100);
    expect(after.annotations.get('a')).toBe('new');
    expect([after.startsAtMs, after.endsAtMs]).toEqual([5, 200]);
  });
});
