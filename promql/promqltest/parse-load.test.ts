import { describe, expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA } from '../../model/histogram.ts';
import { parseScript } from './parse-script.ts';
import type { ScriptSeries } from './script.ts';
import { parseStartOffsetsMs } from './start-timestamps.ts';

function load(...lines: readonly string[]): readonly ScriptSeries[] {
  const [command] = parseScript(lines.join('\n'));
  if (command?.kind !== 'load') throw new Error('no load');
  return command.series;
}

test('point i has the time i · step, and of a series given twice the last line counts', () => {
  const [x, ...rest] = load('load 30s', 'x 1 _ 3', 'x 4 stale');
  expect(rest).toEqual([]);
  expect(x?.samples).toEqual([
    { timestampMs: 0, startTimestampMs: 0, point: { kind: 'float', value: 4 } },
    { timestampMs: 30_000, startTimestampMs: 0, point: { kind: 'stale' } },
  ]);
});

describe('start timestamps', () => {
  test('are offsets from the samples they belong to', () => {
    const [x] = load('load 1m', 'x{a="b c"} 9', 'y@st _ -30s -1m+10sx1', 'y 1 2 3 4');
    expect(x?.labels.get('a')).toBe('b c');
    const [, y] = load('load 1m', 'x 9', 'y@st _ -30s -1m+10sx1', 'y 1 2 3 4');
    expect(y?.samples.map((sample) => sample.startTimestampMs)).toEqual([
      0, 30_000, 60_000, 130_000,
    ]);
  });

  test('repeat like values do', () => {
    const f = (items: string, want: readonly (number | undefined)[]): void =>
      expect(parseStartOffsetsMs(items)).toEqual(want);
    f('_x2 5s', [undefined, undefined, 5000]);
    f('-1sx2', [-1000, -1000, -1000]);
    f('1m-10sx2', [60_000, 50_000, 40_000]);
    f('100ms', [100]);
    f('0s', [0]);
  });

  test('that cannot be read, or belong to nothing, are errors', () => {
    for (const items of ['x', '1', '1sx', '_x0', '1s+2s', '1sx-1', '1s2s', '_x9999999']) {
      expect(() => parseStartOffsetsMs(items), items).toThrow();
    }
    expect(() => load('load 1m', 'y@st 1s')).toThrow(/no following sample line/);
    expect(() => load('load 1m', 'y@st 1s', 'y@st 1s', 'y 1')).toThrow(/line 2: /);
    expect(() => load('load 1m', 'y@st 1s', 'z 1')).toThrow(/does not match/);
    expect(() => load('load 1m', 'y@st 1s', 'y 1 2')).toThrow(/has 1 values but .* has 2/);
  });
});

describe('load_with_nhcb', () => {
  test('adds a native histogram to the classic one, bounds being the finite le', () => {
    const series = load(
      'load_with_nhcb 1m',
      'x_bucket{le="1",job="a"} 1',
      'x_bucket{le="+Inf",job="a"} 5',
      'x_bucket{le="0.5",job="a"} 1',
      'x_bucket{le="many",job="a"} 1',
      'x_sum{job="a"} 7',
      'x_count{job="a"} 5',
      'other 1',
    );
    expect(series).toHaveLength(8);
    const native = series.at(-1);
    expect(native?.labels.toString()).toBe('{__name__="x", job="a"}');
    expect(native?.samples[0]?.point).toMatchObject({
      kind: 'histogram',
      histogram: {
        schema: CUSTOM_BUCKETS_SCHEMA,
        customValues: [0.5, 1],
        positiveSpans: [
          { offset: 0, length: 1 },
          { offset: 1, length: 1 },
        ],
        positiveBuckets: [1, 4],
        sum: 7,
        count: 5,
      },
    });
  });

  test('without a +Inf bucket the count is that of all; counts that contradict are errors', () => {
    const [, , native] = load('load_with_nhcb 1m', 'x_bucket{le="1"} 1', 'x_count 3');
    expect(native?.samples[0]?.point).toMatchObject({ histogram: { positiveBuckets: [1, 2] } });
    const lines = ['load_with_nhcb 1m', 'x_bucket{le="1"} 4', 'x_bucket{le="+Inf"} 3'];
    expect(() => load(...lines)).toThrow(/not cumulative/);
    expect(() => load('load_with_nhcb 1m', 'x_bucket{le="+Inf"} 3', 'x_count 4')).toThrow(
      /mismatch/,
    );
  });
});
