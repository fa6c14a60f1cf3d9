import { expect, test } from 'vitest';
import { expandTemplate } from './expand-template.ts';

const GROUPS: Readonly<Record<string, string>> = { 0: 'whole', 1: 'one', name: 'named' };

test.each([
  ['$1', 'one'],
  ['a${1}b', 'aoneb'],
  ['$name-${name}', 'named-named'],
  // As long a name as can be.
  ['$1x', ''],
  ['$$1', '$1'],
  ['$', '$'],
  ['$-${', '$-${'],
  ['${1', '${1'],
  ['$9', ''],
])('%s gives %s', (template, text) => {
  expect(expandTemplate(template, (name) => GROUPS[name] ?? '')).toBe(text);
});
