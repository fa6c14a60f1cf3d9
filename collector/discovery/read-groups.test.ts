import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GroupsError, readGroups } from './read-groups.ts';

test('any data gives groups or a GroupsError', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              targets: fc.oneof(fc.array(fc.oneof(fc.string(), fc.integer())), fc.jsonValue()),
              labels: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
      (data) => {
        try {
          const groups = readGroups(data, 's', ['__meta_x', 'y']);
          groups.forEach((group, index) => {
            expect(group.source).toBe(`s:${index}`);
            expect(group.labels.get('__meta_x')).toBe('y');
          });
        } catch (error) {
          expect(error).toBeInstanceOf(GroupsError);
        }
      },
    ),
  );
});
