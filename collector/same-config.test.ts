import { expect, test } from 'vitest';
import { Secret } from '../config/secret.ts';
import { Labels } from '../model/labels.ts';
import { scrapeConfig } from '../test/collector-configs.ts';
import { sameConfig } from './same-config.ts';

test('configs are compared to the bottom, secrets by what they hide', () => {
  const f = (a: unknown, b: unknown, expected: boolean) => expect(sameConfig(a, b)).toBe(expected);

  f(scrapeConfig(['a:1']), scrapeConfig(['a:1']), true);
  f(scrapeConfig(['a:1']), scrapeConfig(['a:2']), false);
  f({ value: new Secret('x') }, { value: new Secret('x') }, true);
  f({ value: new Secret('x') }, { value: new Secret('y') }, false);
  f({ value: new Secret('x') }, { value: 'x' }, false);
  f(Labels.fromRecord({ a: '1' }), Labels.fromRecord({ a: '1' }), true);
  f(Labels.fromRecord({ a: '1' }), Labels.fromRecord({ a: '2' }), false);
  f([1, 2], [1, 2, 3], false);
  f([], {}, false);
  f({ a: undefined }, { b: undefined }, false);
  f(1n, 1n, true);
  f(null, {}, false);
  f(Number.NaN, Number.NaN, true);
});
