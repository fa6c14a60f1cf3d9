import { expect, test } from 'vitest';
import { ByTimes } from './same-times.ts';

test('series with equal timestamps share a value, wherever their samples stand', () => {
  const times = Float64Array.of(10, 20, 30, 10, 20, 30, 11, 21, 31);
  let made = 0;
  const byTimes = new ByTimes(() => ++made, 10);

  expect(byTimes.get(times, 0, 3)).toBe(1);
  expect(byTimes.get(times, 3, 6)).toBe(1);
  expect(byTimes.get(times, 6, 9)).toBe(2);
  expect(byTimes.get(Float64Array.of(10, 20, 30), 0, 3)).toBe(1);
});

test('a difference in the middle is seen', () => {
  let made = 0;
  const byTimes = new ByTimes(() => ++made, 10);
  byTimes.get(Float64Array.of(10, 20, 30), 0, 3);

  expect(byTimes.get(Float64Array.of(10, 25, 30), 0, 3)).toBe(2);
});

test('no more values are kept than said', () => {
  let made = 0;
  const byTimes = new ByTimes(() => ++made, 1);
  for (const timeMs of [1, 2, 1]) byTimes.get(Float64Array.of(timeMs), 0, 1);

  expect(made).toBe(3);
});
