import { describe, expect, test } from 'vitest';
import { parseDocument, type Scalar } from 'yaml';
import {
  BinaryError,
  scalarBoolean,
  scalarFloat,
  scalarInteger,
  scalarKind,
  scalarText,
} from './yaml-scalar.ts';

function scalar(text: string): Scalar {
  return parseDocument(text, { schema: 'failsafe', logLevel: 'silent' }).contents as Scalar;
}

describe('yaml scalars', () => {
  test.each([
    ['~', '!!null'],
    ['null', '!!null'],
    ['yes', '!!bool'],
    ['"yes"', '!!str'],
    ['Off', '!!bool'],
    ['0x1F', '!!int'],
    ['1_000', '!!int'],
    ['-017', '!!int'],
    ['1e3', '!!float'],
    ['.5', '!!float'],
    ['.inf', '!!float'],
    ['1.2.3.4', '!!str'],
    ['_1', '!!str'],
    ['15s', '!!str'],
    ['!!binary aGk=', '!!binary'],
    ['!!str 5', '!!str'],
  ])('%s is %s', (text, kind) => expect(scalarKind(scalar(text))).toBe(kind));

  test('whole numbers are read in every base, floats only when whole', () => {
    expect(scalarInteger(scalar('0x1F'))).toBe(31n);
    expect(scalarInteger(scalar('-017'))).toBe(-15n);
    expect(scalarInteger(scalar('0o17'))).toBe(15n);
    expect(scalarInteger(scalar('0b101'))).toBe(5n);
    expect(scalarInteger(scalar('1_000'))).toBe(1000n);
    expect(scalarInteger(scalar('1e3'))).toBe(1000n);
    expect(scalarInteger(scalar('18446744073709551615'))).toBe(18446744073709551615n);
    expect(scalarInteger(scalar('1.5'))).toBeUndefined();
    expect(scalarInteger(scalar('"5"'))).toBeUndefined();
  });

  test('a quoted true is no boolean', () => {
    expect(scalarBoolean(scalar('On'))).toBe(true);
    expect(scalarBoolean(scalar('no'))).toBe(false);
    expect(scalarBoolean(scalar('"true"'))).toBeUndefined();
  });

  test('floats have infinities and NaN', () => {
    expect(scalarFloat(scalar('-.Inf'))).toBe(-Infinity);
    expect(scalarFloat(scalar('.nan'))).toBeNaN();
    expect(scalarFloat(scalar('7'))).toBe(7);
    expect(scalarFloat(scalar('x'))).toBeUndefined();
  });

  test('a text keeps how a number is written', () => {
    expect(scalarText(scalar('1.10'))).toBe('1.10');
    expect(scalarText(scalar('017'))).toBe('017');
    expect(scalarText(scalar('"~"'))).toBe('~');
    expect(scalarText(scalar('~'))).toBe('');
  });

  test('binary bytes that are no UTF-8 survive as lone surrogates', () => {
    expect(scalarText(scalar('!!binary aGk='))).toBe('hi');
    expect(scalarText(scalar('!!binary /w=='))).toBe('\udcff');
    expect(() => scalarText(scalar('!!binary "/w==$1"'))).toThrow(BinaryError);
  });
});
