import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { firstDelayMs, offsetSeed, ScrapeGrid } from './scrape-grid.ts';

const T0 = 1_700_000_000_000;
const INTERVAL = 15_000;

describe('ScrapeGrid', () => {
  test('a scrape within two milliseconds of its place gets the even time', () => {
    const grid = new ScrapeGrid(INTERVAL, T0, 100);

    expect(grid.timestampMs(T0, 100)).toBe(T0);
    expect(grid.timestampMs(T0 + 15_001.4, 15_101.4)).toBe(T0 + 15_000);
    expect(grid.timestampMs(T0 + 29_998.5, 30_098.5)).toBe(T0 + 30_000);
    expect(grid.timestampMs(T0 + 45_003, 45_103)).toBe(T0 + 45_003);
  });

  test('the tolerance is at most a hundredth of the interval', () => {
    const grid = new ScrapeGrid(100, T0, 0);

    expect(grid.timestampMs(T0 + 101, 101)).toBe(T0 + 100);
    expect(grid.timestampMs(T0 + 202, 202)).toBe(T0 + 202);
  });

  test('a wall clock that is set takes the grid along, and scrapes stay even', () => {
    const grid = new ScrapeGrid(INTERVAL, T0, 0);

    expect(grid.timestampMs(T0 - 3_585_000, 15_000)).toBe(T0 - 3_585_000);
    expect(grid.timestampMs(T0 - 3_570_000 + 1, 30_001)).toBe(T0 - 3_570_000);
  });

  test('delays aim at the grid, however long a scrape takes', () => {
    const grid = new ScrapeGrid(INTERVAL, T0, 0);

    expect(grid.nextDelayMs(400)).toBe(14_600);
    expect(grid.nextDelayMs(15_002)).toBe(14_998);
  });

  test('a missed scrape begins at once, and only the last of several', () => {
    const grid = new ScrapeGrid(INTERVAL, T0, 0);

    expect(grid.nextDelayMs(47_000)).toBe(0);
    expect(grid.nextDelayMs(47_100)).toBe(12_900);
  });

  test('times ascend whatever the delays', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 40_000, noNaN: true })), (tookMs) => {
        const grid = new ScrapeGrid(INTERVAL, T0, 0);
        let nowMs = 0;
        let last = grid.timestampMs(T0, 0);
        for (const took of tookMs) {
          nowMs += took;
          nowMs += grid.nextDelayMs(nowMs);
          const time = grid.timestampMs(T0 + nowMs, nowMs);
          expect(Number.isInteger(time)).toBe(true);
          expect(time).toBeGreaterThan(last);
          last = time;
        }
      }),
    );
  });
});

describe('firstDelayMs', () => {
  test('a target keeps its place in the interval, whenever it is asked', () => {
    const place = (wallMs: number) => (wallMs + firstDelayMs('a', 5n, INTERVAL, wallMs)) % INTERVAL;

    expect(place(T0 + 1)).toBe(place(T0 + 7777));
    expect(firstDelayMs('a', 5n, INTERVAL, T0)).toBeLessThan(INTERVAL);
  });

  test('targets are spread over the interval', () => {
    const quarters = [0, 0, 0, 0];
    for (let index = 0; index < 1000; index++) {
      const quarter = Math.floor(firstDelayMs(`target ${index}`, 1n, INTERVAL, T0) / 3750);
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }

    for (const count of quarters) expect(Math.abs(count - 250)).toBeLessThan(60);
  });

  test('servers with other names or labels scrape at other times', () => {
    const seeds = [
      offsetSeed('a', Labels.EMPTY),
      offsetSeed('b', Labels.EMPTY),
      offsetSeed('a', Labels.fromRecord({ replica: '2' })),
    ];

    expect(new Set(seeds.map((seed) => firstDelayMs('x', seed, INTERVAL, T0))).size).toBe(3);
  });
});
