import { describe, expect, test } from 'vitest';
import { type LabelNameRules, labelName } from './label-name.ts';
import { metricName, OtlpNameError } from './metric-name.ts';
import { unitName } from './unit-names.ts';

// Expected values come from running Prometheus' own translator on the same names.
describe('metricName', () => {
  const name = (text: string, unit = '', kind = 'gauge', isMonotonic = false) => ({
    name: text,
    unit,
    kind,
    isMonotonic,
  });

  test.each([
    [name('a.b', 'By'), 'a_b_bytes'],
    [name('a_bytes', 'By'), 'a_bytes'],
    [name('a.total.b', 's', 'sum', true), 'a_b_seconds_total'],
    [name('x', '1'), 'x_ratio'],
    [name('x', '1', 'sum', true), 'x_total'],
    [name('x', 'm/s'), 'x_meters_per_second'],
    [name('x', '{req}/s'), 'x_per_second'],
    [name('1a', '%'), '_1a_percent'],
    [name('é.x'), 'x'],
    [name('a__b'), 'a_b'],
  ])('%j with suffixes is %s', (metric, expected) => {
    expect(metricName(metric, { allowsUtf8: false, addsSuffixes: true })).toBe(expected);
  });

  test.each([
    ['a.b', 'a_b'],
    ['a__b', 'a__b'],
    ['1a', '_1a'],
  ])('%s without suffixes is %s', (text, expected) => {
    const rules = { allowsUtf8: false, addsSuffixes: false };
    expect(metricName(name(text, 's'), rules)).toBe(expected);
  });

  test.each([
    [name('é.total', 's', 'sum', true), 'é_seconds_total'],
    [name('a.ratio', '1'), 'a_ratio'],
    [name('a', 'm/s'), 'a_meters_per_second'],
    [name('a_bytes', 'By'), 'a_bytes'],
  ])('%j in UTF-8 is %s', (metric, expected) => {
    expect(metricName(metric, { allowsUtf8: true, addsSuffixes: true })).toBe(expected);
  });

  test.each(['', '测试', '...'])('%j cannot be a name', (text) => {
    const rules = { allowsUtf8: false, addsSuffixes: true };
    expect(() => metricName(name(text), rules)).toThrow(OtlpNameError);
  });
});

describe('labelName', () => {
  const RULES: LabelNameRules = {
    allowsUtf8: false,
    prefixesUnderscore: true,
    keepsMultipleUnderscores: false,
  };

  test.each([
    ['a.b', 'a_b'],
    ['a..b', 'a_b'],
    ['_a', 'key_a'],
    ['__a', 'key_a'],
    ['__a__', '__a__'],
    ['1a', 'key_1a'],
    ['é', 'key_'],
  ])('%s is %s', (attribute, expected) => {
    expect(labelName(attribute, RULES)).toBe(expected);
  });

  test('many underscores stay when asked for', () => {
    expect(labelName('a..b', { ...RULES, keepsMultipleUnderscores: true })).toBe('a__b');
  });

  test.each(['', '____'])('%j cannot be a name', (attribute) => {
    const rules = { ...RULES, keepsMultipleUnderscores: true };
    expect(() => labelName(attribute, rules)).toThrow(OtlpNameError);
  });
});

test.each([
  ['By/s', 'bytes_per_second'],
  ['{x}', ''],
  ['1', ''],
  ['a b', 'a_b'],
])('unitName of %s is %j', (unit, expected) => {
  expect(unitName(unit)).toBe(expected);
});
