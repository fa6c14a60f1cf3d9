import { expect, test } from 'vitest';
import { ShardCount } from './shard-count.ts';

const INTERVAL_MS = 10_000;
const steady = { samplesIn: 10_000, samplesOut: 10_000, sendingMs: 5000, pending: 0 };

test('one shard that sends half of the time is enough', () => {
  expect(new ShardCount(1, 50).next(1, steady, INTERVAL_MS)).toBe(1);
});

test('a slow receiver gets as many as keep up, within the bounds', () => {
  const slow = { ...steady, samplesOut: 1000, sendingMs: 10_000, pending: 9000 };

  expect(new ShardCount(1, 50).next(1, slow, INTERVAL_MS)).toBe(15);
  expect(new ShardCount(1, 4).next(1, slow, INTERVAL_MS)).toBe(4);
});

test('nothing sent is no reason to change', () => {
  expect(new ShardCount(1, 50).next(3, { ...steady, samplesOut: 0 }, INTERVAL_MS)).toBe(3);
});

test('when it becomes quiet the least number is enough', () => {
  const count = new ShardCount(1, 50);
  const quiet = { samplesIn: 10, samplesOut: 10, sendingMs: 1, pending: 0 };

  expect(count.next(20, quiet, INTERVAL_MS)).toBe(1);
});
