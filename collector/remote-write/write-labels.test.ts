import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { checkedLabels } from './write-labels.ts';

describe('checkedLabels', () => {
  test.each([
    [['__name__', 'up', 'job', 'a'], '{__name__="up", job="a"}'],
    [['job', 'a', '__name__', 'up'], '{__name__="up", job="a"}'],
    [['__name__', 'up', 'empty', ''], '{__name__="up"}'],
  ])('%j is taken', (pairs, text) => {
    expect(checkedLabels(pairs).toString()).toBe(text);
  });

  test.each([
    [[], 'invalid metric name or labels, got {}'],
    [['job', 'a'], 'invalid metric name'],
    [['__name__', ''], 'invalid metric name'],
    [['', 'x', '__name__', 'up'], 'invalid metric name'],
    [['__name__', 'up', '', 'x'], 'invalid metric name'],
    [['__name__', 'up', 'a', '1', 'a', '2'], 'duplicated label a'],
    [['a', '1', '__name__', 'up', 'a', '1'], 'duplicated label a'],
  ])('%j is refused', (pairs, text) => {
    expect(checkedLabels(pairs)).toContain(text);
  });

  test('the order in which labels come is of no account', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', '__name__', '');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.constantFrom('', 'x')), { maxLength: 5 }),
        (entries) => {
          const sorted = entries.toSorted((a, b) => (a[0] < b[0] ? -1 : 1));
          const [one, other] = [checkedLabels(entries.flat()), checkedLabels(sorted.flat())];
          expect(one instanceof Labels).toBe(other instanceof Labels);
          if (one instanceof Labels) expect(one.toString()).toBe(other.toString());
        },
      ),
    );
  });
});
