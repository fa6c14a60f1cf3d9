import { expect, test } from 'vitest';
import { answerDifferences } from './compare-with-peer.ts';
import type { PeerAnswer, PeerSeries } from './prometheus-peer.ts';

function answer(values: PeerSeries['values'], metric = { a: 'b' }): PeerAnswer {
  return { error: undefined, series: [{ metric, values }], warnings: [], infos: [] };
}

const REFUSED: PeerAnswer = { error: 'bad', series: [], warnings: [], infos: [] };
const THEIRS = answer([
  [1, '1.00000'],
  [2, 'NaN'],
  [3, '-Inf'],
]);

test('values within the tolerance, NaN, infinities and refusals of both are equal', () => {
  const ours = answer([
    [1, '1.000009'],
    [2, 'NaN'],
    [3, '-Inf'],
  ]);

  expect(answerDifferences(ours, THEIRS)).toEqual([]);
  expect(answerDifferences(REFUSED, REFUSED)).toEqual([]);
});

test.each<[string, PeerAnswer, string]>([
  [
    'a value',
    answer([
      [1, '1.1'],
      [2, 'NaN'],
      [3, '-Inf'],
    ]),
    '{a="b"} at 1: 1.1, not 1.00000',
  ],
  [
    'a number for NaN',
    answer([
      [1, '1'],
      [2, '0'],
      [3, '-Inf'],
    ]),
    '{a="b"} at 2: 0, not NaN',
  ],
  [
    'the other infinity',
    answer([
      [1, '1'],
      [2, 'NaN'],
      [3, '+Inf'],
    ]),
    '{a="b"} at 3: Infinity, not -Inf',
  ],
  [
    'a time',
    answer([
      [1.5, '1'],
      [2, 'NaN'],
      [3, '-Inf'],
    ]),
    '{a="b"}: at 1500, not 1 s',
  ],
  ['a missing point', answer([[1, '1']]), '{a="b"}: 1 points, not 3'],
  ['another series', answer([[1, '1']], { a: 'c' }), 'no series {"a":"b"}'],
  ['a refusal', REFUSED, 'we refuse it: bad'],
])('%s is a difference', (_name, ours, text) => {
  expect(answerDifferences(ours, THEIRS)).toContain(text);
});

test('what only Prometheus refuses is a difference', () => {
  expect(answerDifferences(THEIRS, REFUSED)).toEqual(['Prometheus refuses it: bad']);
});
