import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RelabelConfig } from '../../config/types.ts';
import { Labels } from '../../model/labels.ts';
import { expandTemplate, parseTemplate } from './expand.ts';
import { LabelBuilder } from './label-builder.ts';
import { toLowerGo, toUpperGo } from './letter-case.ts';
import { Relabeler } from './relabeler.ts';

function rule(parts: Partial<RelabelConfig>): RelabelConfig {
  return {
    sourceLabels: [],
    separator: ';',
    regex: '(.*)',
    modulus: 0n,
    targetLabel: '',
    replacement: '$1',
    action: 'replace',
    nameValidationScheme: 'utf8',
    ...parts,
  };
}

function apply(labels: Record<string, string>, ...rules: RelabelConfig[]) {
  return new Relabeler(rules).apply(Labels.fromRecord(labels));
}

describe('Relabeler', () => {
  test('says which rule dropped the set', () => {
    const result = apply(
      { a: '1' },
      rule({ action: 'keep', sourceLabels: ['a'], regex: '1' }),
      rule({ action: 'drop', sourceLabels: ['a'], regex: '1' }),
    );

    expect(result).toEqual({ labels: undefined, droppedBy: 1 });
  });

  test('no rules: the same label set, not a copy', () => {
    const labels = Labels.fromRecord({ a: '1' });

    expect(new Relabeler([]).apply(labels).labels).toBe(labels);
  });

  test('replace with an empty result deletes the target', () => {
    expect(
      apply({ a: '1', b: '2' }, rule({ targetLabel: 'b', replacement: '' })).labels?.toRecord(),
    ).toEqual({ a: '1' });
  });

  test('legacy validation refuses a target name that utf8 takes', () => {
    const name = { targetLabel: 'my.name', replacement: 'x' };

    expect(apply({}, rule(name)).labels?.get('my.name')).toBe('x');
    expect(apply({}, rule({ ...name, nameValidationScheme: 'legacy' })).labels?.size).toBe(0);
  });

  test('the expression is anchored at both ends, also around alternatives', () => {
    const onB = rule({ sourceLabels: ['a'], regex: 'x|y', targetLabel: 'b', replacement: 'hit' });

    expect(apply({ a: 'y' }, onB).labels?.get('b')).toBe('hit');
    expect(apply({ a: 'yz' }, onB).labels?.get('b')).toBe('');
  });

  test('a group that took no part expands to nothing', () => {
    const result = apply(
      { a: 'x' },
      rule({ sourceLabels: ['a'], regex: '(x)|(y)', targetLabel: 'b', replacement: '[$1$2]' }),
    );

    expect(result.labels?.get('b')).toBe('[x]');
  });

  test('hashmod uses the last eight bytes of the MD5', () => {
    const shards = rule({
      action: 'hashmod',
      sourceLabels: ['a'],
      targetLabel: 'shard',
      modulus: 18446744073709551615n,
    });
    // md5('foo') = acbd18db4cc2f85c edef654fccc4a4d8
    expect(apply({ a: 'foo' }, shards).labels?.get('shard')).toBe(
      BigInt('0xedef654fccc4a4d8').toString(),
    );
  });

  test('any rule on any labels gives a valid label set or a drop', () => {
    const actions = fc.constantFrom<RelabelConfig['action']>(
      'replace',
      'keep',
      'labelmap',
      'labeldrop',
      'labelkeep',
      'lowercase',
      'keepequal',
    );
    const names = fc.constantFrom('a', 'b', 'c', 'é', 'a.b');
    const rules = fc.record({
      action: actions,
      sourceLabels: fc.array(names, { maxLength: 3 }),
      regex: fc.constantFrom('(.*)', '.*', '(.)(.*)', 'a|b', ''),
      targetLabel: names,
      replacement: fc.constantFrom('$1', '${2}x', '$$', 'n_$0', '$'),
    });
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.string({ unit: 'binary' })),
        fc.array(rules, { maxLength: 5 }),
        (record, parts) => {
          const { labels } = apply(record, ...parts.map(rule));
          if (labels === undefined) return;
          const entries = [...labels.entries()];
          expect(entries.every(([, value]) => value !== '')).toBe(true);
          expect(Labels.fromEntries(entries).key).toBe(labels.key);
        },
      ),
    );
  });
});

describe('templates', () => {
  const f = (template: string, expected: string) => {
    const parts = parseTemplate(template, new Map([['word', 1]]));
    expect(expandTemplate(parts, ['whole', 'one', undefined])).toBe(expected);
  };

  test('follow Go: longest name, $$, and a lone $ is text', () => {
    f('$1', 'one');
    f('${1}x', 'onex');
    f('$1x', '');
    f('$word-${word}', 'one-one');
    f('$0', 'whole');
    f('$2|$3|$unknown', '||');
    f('$$1', '$1');
    f('$', '$');
    f('a$-b', 'a$-b');
    f('${', '${');
    f('${1', '${1');
    f('${}', '${}');
    f('$01', '');
    f('', '');
  });
});

describe('LabelBuilder', () => {
  test('visits untouched labels first, then set ones in the order of setting', () => {
    const builder = new LabelBuilder(Labels.fromRecord({ a: '1', b: '2', c: '3' }));
    builder.set('z', '9');
    builder.set('a', '5');
    builder.delete('b');

    expect(builder.entries()).toEqual([
      ['c', '3'],
      ['z', '9'],
      ['a', '5'],
    ]);
    expect(builder.labels().toString()).toBe('{a="5", c="3", z="9"}');
    expect(builder.get('b')).toBe('');
  });
});

describe('letter case', () => {
  test('maps one code point to one, as Go does', () => {
    expect(toUpperGo('straße é 𐐨')).toBe('STRAßE É 𐐀');
    expect(toLowerGo('ΟΔΟΣ İ')).toBe('οδοσ i');
  });
});
