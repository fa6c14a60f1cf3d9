import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleQueue } from './sample-queue.ts';

const ENTRIES_MAX = 1500;

describe('SampleQueue', () => {
  test('samples come out in the order they went in; at the limit the oldest are dropped', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 1, max: 900 }) }),
      fc.record({ take: fc.integer({ min: 1, max: 900 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const queue = new SampleQueue(ENTRIES_MAX);
        const expected: number[] = [];
        let next = 0;
        let dropped = 0;
        for (const one of steps) {
          if ('push' in one) {
            for (let count = 0; count < one.push; count++) {
              queue.push(7, next, next, 0);
              expected.push(next++);
              if (expected.length > ENTRIES_MAX) {
                expected.shift();
                dropped++;
              }
            }
          } else {
            const batch = queue.take(one.take);
            expect([...batch.timestampsMs]).toEqual(expected.splice(0, one.take));
            expect(batch.column.words[0] ?? 0).toBe(batch.timestampsMs[0] ?? 0);
          }
        }
        expect(queue.length).toBe(expected.length);
        expect(queue.droppedSamples).toBe(dropped);
      }),
    );
  });
});
