import { expect, test } from 'vitest';
import { type JsonSchema, SchemaChecker } from './json-schema.ts';

const checker = new SchemaChecker({ schemas: { Name: { type: 'string' } } });

test.each<[string, unknown, JsonSchema, readonly string[]]>([
  ['type', 1, { type: 'string' }, ['$: 1 is no string']],
  ['integer', 1.5, { type: 'integer' }, ['$: 1.5 is no integer']],
  ['null is no object', null, { type: 'object' }, ['$: null is no object']],
  ['enum', 'c', { enum: ['a', 'b'] }, ['$: "c" is none of ["a","b"]']],
  ['date-time', '2026-01-01', { format: 'date-time' }, ['$: "2026-01-01" is no date-time']],
  ['minimum', 0, { minimum: 1 }, ['$: 0 is below 1']],
  ['items', ['a', 1], { items: { type: 'string' } }, ['$[1]: 1 is no string']],
  ['maxItems', [1, 2], { maxItems: 1 }, ['$: 2 items, not 0 to 1']],
  ['required', {}, { required: ['a'] }, ['$: a is missing']],
  [
    'no further properties',
    { a: 1, b: 2 },
    { properties: { a: { type: 'number' } }, additionalProperties: false },
    ['$: b is not known'],
  ],
  [
    'further properties of a type',
    { a: 1 },
    { additionalProperties: { type: 'string' } },
    ['$.a: 1 is no string'],
  ],
  ['$ref', 1, { $ref: '#/schemas/Name' }, ['$: 1 is no string']],
  [
    'anyOf',
    1,
    { anyOf: [{ type: 'string' }, { type: 'array' }] },
    ['$: no choice fits: $: 1 is no string | $: 1 is no array'],
  ],
  ['oneOf', 1, { oneOf: [{ type: 'number' }, { type: 'integer' }] }, ['$: 2 choices of one fit']],
  ['valid', { a: ['x'] }, { properties: { a: { items: { $ref: '#/schemas/Name' } } } }, []],
  ['unknown keywords', 1, { multipleOf: 2 } as JsonSchema, ['$: unknown keywords multipleOf']],
])('%s', (_name, value, schema, problems) => {
  expect(checker.problems(value, schema)).toEqual(problems);
});
