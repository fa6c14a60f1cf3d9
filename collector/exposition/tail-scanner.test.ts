import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FloatError, parseFloatText } from './float-text.ts';
import { TailScanner } from './tail-scanner.ts';

const prometheus = new TailScanner(false);
const openMetrics = new TailScanner(true);

function valueOf(text: string): number | 'unusual' {
  return prometheus.scan(Buffer.from(`a ${text}\n`), 1) === 'sample' ? prometheus.value : 'unusual';
}

function slowValueOf(text: string): number | 'unusual' {
  try {
    return parseFloatText(text);
  } catch (error) {
    if (error instanceof FloatError) return 'unusual';
    throw error;
  }
}

describe('the number behind a series', () => {
  test('is to the last bit what the slow way reads, for every double as Go or JavaScript print it', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        for (const text of [String(value), value.toExponential(), value.toFixed(3)]) {
          expect(valueOf(text)).toBe(slowValueOf(text));
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('is to the last bit what the slow way reads, for texts that are almost numbers', () => {
    const piece = fc.constantFrom(
      '+',
      '-',
      '.',
      'e',
      'E',
      '0',
      '1',
      '7',
      '99',
      'e+05',
      '123456789',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        expect(valueOf(text)).toBe(slowValueOf(text));
      }),
      { numRuns: 5000 },
    );
  });

  test.each(['1E', '1e+', '', '.', '+', '-', '1_2', '0x10', 'Infinity1', '1e400', '--1', '1.2.3'])(
    '%j is left to the parser',
    (text) => expect(valueOf(text)).toBe('unusual'),
  );

  test.each([
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['-0', -0],
    ['1.7763568394002505e-15', 1.7763568394002505e-15],
    ['9007199254740993', 9007199254740992],
    ['1e23', 1e23],
  ])('%s is read', (text, value) => expect(valueOf(text)).toBe(value));

  test('a number without end is left to the parser', () => {
    expect(prometheus.scan(Buffer.from(`a ${'1'.repeat(1000)}\n`), 1)).toBe('unusual');
    expect(prometheus.scan(Buffer.from('a 1'), 1)).toBe('unusual');
  });
});

describe('what stands behind the value', () => {
  test('milliseconds in the Prometheus format, whole and not negative', () => {
    expect(prometheus.scan(Buffer.from('a 1 1633253803935\nb'), 1)).toBe('sample');
    expect(prometheus).toMatchObject({ value: 1, timestampMs: 1_633_253_803_935, end: 18 });
    for (const text of ['-5', '1.5', '1e3', '5 6', '9999999999999999999']) {
      expect(prometheus.scan(Buffer.from(`a 1 ${text}\n`), 1)).toBe('unusual');
    }
  });

  test('blanks in any number in the Prometheus format, one space in OpenMetrics', () => {
    expect(prometheus.scan(Buffer.from('a \t1 \t 5  \n'), 1)).toBe('sample');
    expect(prometheus).toMatchObject({ value: 1, timestampMs: 5, end: 11 });
    expect(prometheus.scan(Buffer.from('a 1   \n'), 1)).toBe('sample');
    expect(prometheus).toMatchObject({ value: 1, timestampMs: Number.NaN, end: 7 });
    for (const text of ['a  1\n', 'a 1 \n', 'a 1  5\n', 'a 1\t5\n', 'a 1 5 \n']) {
      expect(openMetrics.scan(Buffer.from(text), 1)).toBe('unusual');
    }
  });

  test('seconds in OpenMetrics, cut to milliseconds', () => {
    expect(openMetrics.scan(Buffer.from('a 1 1520879607.789\n'), 1)).toBe('sample');
    expect(openMetrics.timestampMs).toBe(1_520_879_607_789);
    expect(openMetrics.scan(Buffer.from('a 1 -0.0015\n'), 1)).toBe('sample');
    expect(openMetrics.timestampMs).toBe(-1);
    expect(openMetrics.scan(Buffer.from('a 1 NaN\n'), 1)).toBe('unusual');
  });

  test('an exemplar is pointed at in OpenMetrics only', () => {
    const line = Buffer.from('a 1 5 # {x="y"} 1\n');
    expect(openMetrics.scan(line, 1)).toBe('exemplar');
    expect(openMetrics).toMatchObject({ value: 1, timestampMs: 5000, end: 5 });
    expect(prometheus.scan(line, 1)).toBe('unusual');
  });
});
