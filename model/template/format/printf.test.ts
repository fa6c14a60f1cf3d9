import { expect, test } from 'vitest';
import { type GoValue, goBool, goFloat, goInt, goList, goString } from '../value/go-values.ts';
import { sprintf } from './printf.ts';

function value(plain: unknown): GoValue | undefined {
  if (typeof plain === 'bigint') return goInt(plain);
  if (typeof plain === 'number') return goFloat(plain);
  if (typeof plain === 'string') return goString(plain);
  if (typeof plain === 'boolean') return goBool(plain);
  return Array.isArray(plain) ? goList(plain.map(value)) : undefined;
}

function f(format: string, args: readonly unknown[], expected: string): void {
  expect(sprintf(format, args.map(value)), format).toBe(expected);
}

// Expected texts are those of Go 1.26.
test('integers', () => {
  f('%d|%5d|%-5d|%05d|%+d|% d', [42n, 42n, 42n, 42n, 42n, 42n], '42|   42|42   |00042|+42| 42');
  f(
    '%x|%X|%#x|%o|%O|%b|%c|%q|%U|%#U',
    Array(10).fill(42n),
    "2a|2A|0x2a|52|0o52|101010|*|'*'|U+002A|U+002A '*'",
  );
  f('%.3d|%5.3d|%.0d|', [7n, -7n, 0n], '007| -007||');
});

test('floats round half to even on their exact value', () => {
  f('%.0f %.0f %.0f', [0.5, 1.5, 2.5], '0 2 2');
  f('%.4g %.4g %.3g %.2f', [12345, 0.00001234, 100000, 1.005], '1.234e+04 1.234e-05 1e+05 1.00');
  f(
    '%f|%8.3f|%-8.1f|%08.1f|%+f|%e|%G',
    Array(7).fill(1234.5),
    '1234.500000|1234.500|1234.5  |001234.5|+1234.500000|1.234500e+03|1234.5',
  );
  f('%g %v %g', [Number.NaN, Number.POSITIVE_INFINITY, 1e100], 'NaN +Inf 1e+100');
  f('%#g|%x|%b', [1, 1.5, 1], '1.00000|0x1.8p+00|4503599627370496p-52');
  f('%.20f', [0.1], '0.10000000000000000555');
});

test('strings', () => {
  f(
    '%s|%10s|%-4s|%.2s|%q|%x|% X',
    ['a', 'b', 'c', 'héllo', 'q"\n', 'hi', 'hi'],
    'a|         b|c   |hé|"q\\"\\n"|6869|68 69',
  );
  f('%#q|%+q|%05s', ['x', 'ü', 'z'], '`x`|"\\u00fc"|0000z');
});

test('mistakes stand in the text', () => {
  f('%d %s %z %d', ['x', 1n, 1n], '%!d(string=x) %!s(int=1) %!z(int=1) %!d(MISSING)');
  f('a', [1n, 'b', undefined], 'a%!(EXTRA int=1, string=b, <nil>)');
  f('%', [], '%!(NOVERB)');
  f('%[3]d', [1n], '%!d(BADINDEX)');
});

test('argument numbers, widths from arguments, lists', () => {
  f('%[2]d %[1]d', [1n, 2n], '2 1');
  f('%*d|%-*d|%.*f', [5n, 1n, 3n, 2n, 2n, 1.234], '    1|2  |1.23');
  f(
    '%v %d %t %T',
    [[1n, 'a', undefined], [1n, 'b'], true, 1.5],
    '[1 a <nil>] [1 %!d(string=b)] true float64',
  );
  f('%#v', [[1n, 'a']], '[]interface {}{1, "a"}');
});
