import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { Block } from './block.ts';
import { TopCells } from './top-cells.ts';

const LEAST_FIRST = (a: number, b: number): number => a - b;

/** One group, one step. */
function chosen(op: 'topk' | 'bottomk', k: number, values: readonly number[]): readonly number[] {
  const rows = new Block(1, values.length);
  const tops = new TopCells(op, Int32Array.of(values.length), k, Float64Array.of(k));
  values.forEach((value, series) => {
    rows.addRow(Labels.fromRecord({ series: String(series) }), false);
    tops.add(0, 0, value, series);
  });
  const block = tops.toBlock(rows, 1);
  return block.labels.map((_, index) => block.floatAt(index, 0));
}

test('the k largest or smallest are chosen, best first', () => {
  const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 50 }), (values, k) => {
      const ascending = values.toSorted(LEAST_FIRST);

      expect(chosen('bottomk', k, values)).toEqual(ascending.slice(0, k));
      expect(chosen('topk', k, values)).toEqual(ascending.toReversed().slice(0, k));
    }),
  );
});

test('NaN is chosen only when there are not enough numbers, and comes last', () => {
  expect(chosen('topk', 2, [Number.NaN, 1, Number.NaN, 2])).toEqual([2, 1]);
  expect(chosen('bottomk', 3, [Number.NaN, 1, 2])).toEqual([1, 2, Number.NaN]);
});
