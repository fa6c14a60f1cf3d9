import { expect, test } from 'vitest';
import { compareNatural } from './natural-order.ts';

test('numbers in texts count as numbers', () => {
  const sorted = ['cpu10', 'cpu9', 'cpu1', 'cpu', 'eth0', 'a2b10', 'a2b9'].sort(compareNatural);

  expect(sorted).toEqual(['a2b9', 'a2b10', 'cpu', 'cpu1', 'cpu9', 'cpu10', 'eth0']);
});
