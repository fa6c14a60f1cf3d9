import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels } from '../../model/labels.ts';
import type { ResultValue } from '../../promql/engine/query-result.ts';
import { resultJson, timestampJson } from './query-json.ts';

function json(value: ResultValue): string {
  return `${[...resultJson(value)].join('')}}`;
}

const UP = Labels.fromRecord({ __name__: 'up', text: 'a"b\\c\nd' });
const UP_JSON = '{"__name__":"up","text":"a\\"b\\\\c\\nd"}';

const HISTOGRAM: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0.001,
  zeroCount: 2,
  count: 5,
  sum: 1e-7,
  positiveSpans: [{ offset: 0, length: 2 }],
  negativeSpans: [],
  positiveBuckets: [1, 2],
  negativeBuckets: [],
  customValues: [],
  isStale: false,
};
const HISTOGRAM_JSON =
  '{"count":"5","sum":"1e-07","buckets":[[3,"-0.001","0.001","2"],[0,"0.5","1","1"],[0,"1","2","2"]]}';

test.each([
  [0, '0'],
  [1000, '1'],
  [1435781451781, '1435781451.781'],
  [1435781451780, '1435781451.780'],
  [5, '0.005'],
  [-1, '-0.001'],
  [-1500, '-1.500'],
  [-9_223_309_901_257_974, '-9223309901257.974'],
])('time %d of a point: three digits after the point, or none', (timeMs, text) => {
  expect(timestampJson(timeMs)).toBe(text);
});

describe('results', () => {
  test('a scalar has its time as short as it gets, and no exponent', () => {
    expect(json({ kind: 'scalar', timeMs: 5100, value: 1e-7 })).toBe(
      '{"resultType":"scalar","result":[5.1,"0.0000001"]}',
    );
  });

  test('a string', () => {
    expect(json({ kind: 'string', timeMs: 1000, value: 'a"b' })).toBe(
      '{"resultType":"string","result":[1,"a\\"b"]}',
    );
  });

  test('a vector of floats and histograms', () => {
    const vector: ResultValue = {
      kind: 'vector',
      timeMs: 1500,
      labels: [UP, Labels.EMPTY, Labels.EMPTY],
      values: Float64Array.of(Number.NaN, 0, -Infinity),
      histograms: [undefined, HISTOGRAM, undefined],
    };

    expect(json(vector)).toBe(
      `{"resultType":"vector","result":[{"metric":${UP_JSON},"value":[1.500,"NaN"]},` +
        `{"metric":{},"histogram":[1.500,${HISTOGRAM_JSON}]},{"metric":{},"value":[1.500,"-Inf"]}]}`,
    );
  });

  test('a series has floats and histograms in lists of their own', () => {
    const matrix: ResultValue = {
      kind: 'matrix',
      series: [
        {
          labels: UP,
          timestampsMs: Float64Array.of(1000, 2500),
          values: Float64Array.of(-0, 1e21),
          histogramTimestampsMs: Float64Array.of(3000),
          histograms: [HISTOGRAM],
        },
      ],
    };

    expect(json(matrix)).toBe(
      `{"resultType":"matrix","result":[{"metric":${UP_JSON},"values":[[1,"-0"],[2.500,"1e+21"]],` +
        `"histograms":[[3,${HISTOGRAM_JSON}]]}]}`,
    );
  });

  test('nothing is an empty list', () => {
    expect(json({ kind: 'matrix', series: [] })).toBe('{"resultType":"matrix","result":[]}');
  });

  test('in pieces or not, the text is JSON with every value in it', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 2e12 }), fc.double());
    fc.assert(
      fc.property(fc.array(fc.array(point, { maxLength: 50 }), { maxLength: 60 }), (all) => {
        const series = all.map((points, at) => ({
          labels: Labels.fromRecord({ series: String(at) }),
          timestampsMs: Float64Array.from(points, ([timeMs]) => timeMs),
          values: Float64Array.from(points, ([, value]) => value),
          histogramTimestampsMs: new Float64Array(0),
          histograms: [],
        }));
        const parsed = JSON.parse(json({ kind: 'matrix', series })) as {
          result: { values?: [number, string][] }[];
        };
        const values = parsed.result.map(({ values: list = [] }) =>
          list.map(([seconds, text]) => [
            Math.round(seconds * 1000),
            Number(text.replace('Inf', 'Infinity')),
          ]),
        );
        expect(values).toEqual(all);
      }),
      { numRuns: 50 },
    );
  });

  test('a long answer comes in several pieces', () => {
    const count = 20_000;
    const vector: ResultValue = {
      kind: 'vector',
      timeMs: 0,
      labels: Array.from({ length: count }, (_, at) => Labels.fromRecord({ at: String(at) })),
      values: new Float64Array(count),
      histograms: undefined,
    };

    const pieces = [...resultJson(vector)];

    expect(pieces.length).toBeGreaterThan(5);
    expect((JSON.parse(`${pieces.join('')}}`) as { result: unknown[] }).result.length).toBe(count);
  });
});
