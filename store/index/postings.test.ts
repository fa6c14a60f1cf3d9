import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Postings } from './postings.ts';

describe('postings', () => {
  test('lists stay ascending and whole through any growth, shrinking and reuse', () => {
    const op = fc.oneof(
      fc.record({ pair: fc.nat(5), refs: fc.array(fc.integer({ min: 1, max: 200 })) }),
      fc.record({
        dead: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 150, size: 'max' }),
      }),
    );
    fc.assert(
      fc.property(fc.array(op, { maxLength: 30, size: 'max' }), (ops) => {
        const postings = new Postings();
        const model = Array.from({ length: 6 }, () => new Set<number>());
        for (const step of ops) {
          if ('refs' in step) {
            for (const ref of step.refs) {
              if (model[step.pair]!.has(ref)) continue;
              model[step.pair]!.add(ref);
              postings.add(step.pair, ref);
            }
          } else {
            const isDead = new Uint8Array(201);
            for (const ref of step.dead) isDead[ref] = 1;
            model.forEach((set, pair) => {
              for (const ref of step.dead) set.delete(ref);
              expect(postings.removeDead(pair, isDead)).toBe(set.size);
            });
          }
          model.forEach((set, pair) => {
            expect([...postings.view(pair)]).toEqual([...set].sort((a, b) => a - b));
          });
        }
      }),
    );
  });

  test('a list longer than a page, and short again', () => {
    const postings = new Postings();
    const count = 200_000;
    for (let ref = 1; ref <= count; ref++) postings.add(3, ref);
    expect(postings.view(3)).toHaveLength(count);
    const version = postings.version(3);
    const isDead = new Uint8Array(count + 1).fill(1);
    isDead[7] = 0;
    isDead[count] = 0;
    expect(postings.removeDead(3, isDead)).toBe(2);
    expect([...postings.view(3)]).toEqual([7, count]);
    expect(postings.version(3)).toBeGreaterThan(version);
    postings.add(3, 9);
    expect([...postings.view(3)]).toEqual([7, 9, count]);
    expect(postings.count(4)).toBe(0);
    expect(postings.view(4)).toHaveLength(0);
  });
});
