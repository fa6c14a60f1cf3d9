import { expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { alertQuality } from './alert-quality.ts';

const MINUTE_MS = 60_000;

/** Firings of these minutes, an hour apart. */
function quality(minutes: readonly number[], forMinutes = 0): ReturnType<typeof alertQuality> {
  const episodes = minutes.map((length, at) => ({
    labels: Labels.EMPTY,
    resultLabels: Labels.EMPTY,
    activeAtMs: at * 60 * MINUTE_MS,
    firedAtMs: at * 60 * MINUTE_MS,
    endedAtMs: (at * 60 + length) * MINUTE_MS,
    firstValue: 1,
    peakValue: 1,
    lastValue: 1,
  }));
  return alertQuality(episodes, forMinutes * MINUTE_MS, 1e9, () => false);
}

test('waiting is suggested where it spares the short ones and keeps the long ones', () => {
  expect(quality([1, 1, 1, 1, 30, 40]).suggestedForMs).toBe(2 * MINUTE_MS);
  expect(quality([3, 3, 3, 3, 30, 40], 5).suggestedForMs).toBe(10 * MINUTE_MS);
});

test('nothing is suggested where all are alike, or few', () => {
  expect(quality([30, 30, 30, 30, 30, 30]).suggestedForMs).toBeUndefined();
  expect(quality([1, 1, 30]).suggestedForMs).toBeUndefined();
});
