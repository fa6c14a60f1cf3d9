import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../model/labels.ts';
import { compareAlerts } from './alert-order.ts';

const of = (record: Readonly<Record<string, string>>): Labels => Labels.fromRecord(record);

describe('compareAlerts', () => {
  test('by job, then instance; those without come last; then fewer labels first', () => {
    const ordered = [
      of({ job: 'a', instance: '1' }),
      of({ job: 'a', instance: '2', x: '1' }),
      of({ job: 'a', z: '1' }),
      of({ job: 'b', instance: '0' }),
      of({ instance: '0' }),
      of({ x: '1' }),
      of({ x: '2' }),
      of({ x: '1', y: '1' }),
    ];
    const shuffled = [6, 2, 7, 0, 4, 1, 5, 3].map((at) => ordered[at] as Labels);
    expect(shuffled.sort(compareAlerts).map(String)).toEqual(ordered.map(String));
  });

  test('is an order', () => {
    const labels = fc
      .dictionary(fc.constantFrom('job', 'instance', 'x', 'y'), fc.constantFrom('1', '2'))
      .map(of);
    fc.assert(
      fc.property(labels, labels, labels, (a, b, c) => {
        expect(Math.sign(compareAlerts(a, b)) + Math.sign(compareAlerts(b, a))).toBe(0);
        if (compareAlerts(a, b) <= 0 && compareAlerts(b, c) <= 0) {
          expect(compareAlerts(a, c)).toBeLessThanOrEqual(0);
        }
        if (compareAlerts(a, b) === 0) expect(a.equals(b)).toBe(true);
      }),
    );
  });
});
