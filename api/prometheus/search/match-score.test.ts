import { describe, expect, test } from 'vitest';
import {
  createMatchScore,
  jaroWinklerScore,
  type SearchTerms,
  subsequenceScore,
} from './match-score.ts';

const chars = (text: string): string[] => Array.from(text);

function score(value: string, terms: readonly string[], options: Partial<SearchTerms> = {}) {
  const search: SearchTerms = {
    terms,
    threshold: 0,
    algorithm: 'subsequence',
    isCaseSensitive: true,
    ...options,
  };
  return createMatchScore(search)(value);
}

describe('subsequence', () => {
  // Two characters at the beginning of fifteen: 4 - 13/30, over 4.
  test('runs count by their square, gaps and the rest by their share', () => {
    expect(subsequenceScore(chars('my'), chars('my awesome text'))).toBeCloseTo(
      (107 / 120) * 0.999,
      12,
    );
  });

  test('characters must come in order', () => {
    expect(score('up', ['pu'])).toBeUndefined();
    expect(score('node_cpu_seconds', ['ncs'])).toBeGreaterThan(0);
  });

  test('a prefix scores 1, and empty terms do not count', () => {
    expect(score('http_requests_total', ['http'])).toBe(1);
    expect(score('anything', [''])).toBe(1);
    expect(score('anything', ['', 'zz'])).toBeUndefined();
  });

  test('what is below the threshold is left out', () => {
    const value = score('node_cpu_seconds', ['ncs']) as number;
    expect(score('node_cpu_seconds', ['ncs'], { threshold: value })).toBe(value);
    expect(score('node_cpu_seconds', ['ncs'], { threshold: value + 0.01 })).toBeUndefined();
  });

  test('characters outside of ASCII are characters, not bytes', () => {
    expect(subsequenceScore(chars('é'), chars('aé'))).toBeCloseTo((1 - 1 / 2) * 0.999, 12);
  });
});

describe('Jaro-Winkler', () => {
  test.each([
    ['MARTHA', 'MARHTA', 0.961],
    ['DIXON', 'DICKSONX', 0.813],
    ['DWAYNE', 'DUANE', 0.84],
    ['abc', 'xyz', 0],
  ])('%s and %s: the published value', (a, b, expected) => {
    expect(jaroWinklerScore(chars(a), chars(b))).toBeCloseTo(expected, 3);
    expect(jaroWinklerScore(chars(b), chars(a))).toBeCloseTo(expected, 3);
  });

  const jaro = { algorithm: 'jarowinkler' } as const;

  test('a substring scores by its position, also without a threshold', () => {
    expect(score('abcd', ['ab'], jaro)).toBe(1);
    expect(score('xabcd', ['cd'], jaro)).toBeCloseTo(0.1, 12);
    expect(score('xabcde', ['cd'], jaro)).toBeCloseTo(1 - (0.9 * 3) / 4, 12);
  });

  test('a similar name counts only with a threshold', () => {
    expect(score('MARHTA', ['MARTHA'], jaro)).toBeUndefined();
    expect(score('MARHTA', ['MARTHA'], { ...jaro, threshold: 0.9 })).toBeCloseTo(0.961, 3);
    expect(score('DIXON', ['MARTHA'], { ...jaro, threshold: 0.9 })).toBeUndefined();
  });
});

test('case counts unless it is said not to', () => {
  expect(score('UP', ['up'])).toBeUndefined();
  expect(score('UP', ['up'], { isCaseSensitive: false })).toBe(1);
});

test('the best of several terms counts', () => {
  expect(score('node_cpu', ['cpu', 'node'])).toBe(1);
});
