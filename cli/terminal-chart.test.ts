import { describe, expect, test } from 'vitest';
import { terminalChart } from './terminal-chart.ts';

const T0_MS = Date.UTC(2026, 0, 1);

describe('terminalChart', () => {
  test('a rising line goes from the lower left to the upper right', () => {
    const timestampsMs = Array.from({ length: 8 }, (_, at) => T0_MS + at * 1000);
    const lines = terminalChart([{ timestampsMs, values: [0, 1, 2, 3, 4, 5, 6, 7] }], 4, 2);

    expect(lines).toEqual(['7 ┤⠀⠀⡠⠊', '0 ┤⡠⠊⠀⠀', '   2026-01-01T00:00:00 2026-01-01T00:00:07']);
  });

  test('gaps and infinities are not drawn; nothing at all is said in words', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY];

    expect(terminalChart([{ timestampsMs: [T0_MS, T0_MS + 1], values }], 4, 2)).toEqual([
      'no data in this time range',
    ]);
  });
});
