import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ListScanner, ListSyntaxError } from './list-scanner.ts';

function scan(text: string, cuts: readonly number[] = []) {
  const items: unknown[] = [];
  const scanner = new ListScanner((item) => items.push(item));
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let from = 0;
  for (const end of ends) {
    scanner.push(bytes.subarray(from, end));
    from = end;
  }
  return { ...Object.fromEntries(scanner.end()), items };
}

describe('ListScanner', () => {
  test('gives items one by one and keeps the other fields', () => {
    const list = {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '7', continue: 'a"b\\' },
      items: [{ a: ['}', ']', '"', '\\', { items: [{}] }] }, {}, { b: 'ü€😀' }],
    };

    expect(scan(JSON.stringify(list))).toEqual(list);
    expect(scan(JSON.stringify(list, null, 2))).toEqual(list);
  });

  test('no items, and items that come before the other fields', () => {
    expect(scan('{"items":[],"kind":"x"}')).toEqual({ kind: 'x', items: [] });
    expect(scan('{"items":null}')).toEqual({ items: [] });
    expect(scan(' { } ')).toEqual({ items: [] });
  });

  test.each([
    '',
    '{',
    '{"items":[{}',
    '{"items":[{}]',
    '[]',
    '{"items":[1]}',
    '{"items":[{"a":}]}',
    '{"a" 1}',
    '{a:1}',
    '{} {}',
  ])('%j is refused', (text) => {
    expect(() => scan(text)).toThrow(ListSyntaxError);
  });

  test('an item without end is given up', () => {
    const scanner = new ListScanner(() => undefined);
    scanner.push(Buffer.from('{"items":[{"a":"'));
    const chunk = Buffer.alloc(1024 * 1024, 'x');

    expect(() => {
      for (let i = 0; i < 20; i++) scanner.push(chunk);
    }).toThrow('too large');
  });

  test('wherever the bytes are cut, the list is what JSON says', () => {
    const item = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
    const list = fc.record({
      kind: fc.string({ unit: 'binary' }),
      metadata: fc.dictionary(fc.string(), fc.jsonValue()),
      items: fc.array(item),
    });
    fc.assert(
      fc.property(
        list,
        fc.array(fc.nat(2000), { maxLength: 40 }),
        fc.boolean(),
        (value, cuts, isIndented) => {
          const text = JSON.stringify(value, null, isIndented ? 1 : 0);
          expect(scan(text, cuts)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  test('whatever the bytes, they are a list or refused', () => {
    const piece = fc.oneof(
      fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', '"items":', ' ', '1'),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(60)), (pieces, cuts) => {
        try {
          scan(pieces.join(''), cuts);
        } catch (error) {
          expect(error).toBeInstanceOf(ListSyntaxError);
        }
      }),
    );
  });
});
