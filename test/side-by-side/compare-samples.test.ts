import { describe, expect, test } from 'vitest';
import { compareDirect, compareMirrored } from './compare-samples.ts';
import { PAGE_METRIC } from './page-mirror.ts';
import type { StoredSeries } from './read-series.ts';

function series(metricName: string, points: Record<number, number>): StoredSeries {
  return {
    key: JSON.stringify({ __name__: metricName }),
    metricName,
    timestampsMs: Object.keys(points).map(Number),
    texts: Object.values(points).map(String),
  };
}

const always = (): boolean => true;

describe('compareMirrored', () => {
  const ourPages = series(PAGE_METRIC, { 1000: 7, 11000: 8, 21000: 9 });
  const theirPages = series(PAGE_METRIC, { 4000: 7, 14000: 8, 24000: 9 });
  const theirs = [theirPages, series('m', { 4000: 1, 14000: 2, 24000: 3 })];

  test('values of the same page must be equal, whenever it was scraped', () => {
    const ours = [ourPages, series('m', { 1000: 1, 11000: 2, 21000: 3 })];

    const result = compareMirrored(ours, theirs);

    expect(result).toMatchObject({ seriesOfBoth: 2, valuesEqual: 6, differences: [] });
  });

  test('another value, a missing sample, a missing and an extra series are differences', () => {
    const wrong = [
      ourPages,
      series('m', { 1000: 1, 11000: 2.5 }),
      series('n', { 1000: 1, 2000: 1 }),
    ];

    const { differences } = compareMirrored(wrong, [...theirs, series('o', { 1: 1, 2: 2 })]);

    expect(differences).toEqual([
      'we lack {"__name__":"o"}',
      'only we have {"__name__":"n"}',
      '{"__name__":"m"} page 8: 2.5, not 2',
      '{"__name__":"m"} page 9: undefined, not 3',
    ]);
  });

  test('pages that only one program saw do not count, but one must be shared', () => {
    const ours = [series(PAGE_METRIC, { 1000: 1 }), series('m', { 1000: 1 })];

    expect(compareMirrored(ours, theirs).differences).toEqual(['no page was scraped by both']);
  });
});

describe('compareDirect', () => {
  const theirs = [series('c', { 10000: 10, 20000: 20, 30000: 30, 40000: 40 })];

  test('a counter lies between its neighbours on the other side', () => {
    const ours = [series('c', { 15000: 17, 25000: 20, 35000: 40 })];

    expect(compareDirect(ours, theirs, always)).toMatchObject({ valuesEqual: 3, differences: [] });
  });

  test('a counter outside of its neighbours is a difference', () => {
    const ours = [series('c', { 15000: 9, 25000: 31, 35000: 33 })];

    expect(compareDirect(ours, theirs, always).differences).toEqual([
      '{"__name__":"c"} at 15000: 9 is not between 10 and 20',
      '{"__name__":"c"} at 25000: 31 is not between 20 and 30',
    ]);
  });

  test('one sample may be missing at each end, not more', () => {
    const ours = [series('c', { 15000: 15 })];

    expect(compareDirect(ours, theirs, always).differences).toEqual([
      '{"__name__":"c"}: 1 samples, not 4',
    ]);
  });
});
