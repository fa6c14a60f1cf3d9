import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFamilies, type FamilyInput, type HistogramInput } from '../../test/metric-family.ts';
import { ExpositionError } from './exposition-error.ts';
import type { ExpositionParser } from './exposition-parser.ts';
import type { ProtobufParserOptions } from './metric-entries.ts';
import { NhcbParser } from './nhcb-parser.ts';
import { PrometheusParser } from './prometheus-parser.ts';
import { ProtobufParser } from './protobuf-parser.ts';

const CLASSIC: ProtobufParserOptions = {
  nativeHistograms: false,
  keepClassicHistograms: false,
  convertClassicHistograms: false,
};
const NATIVE = { ...CLASSIC, nativeHistograms: true };

function entriesOf(parser: ExpositionParser): string[] {
  const out: string[] = [];
  for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
    if (kind === 'series') out.push(`${parser.labels().toString()} ${parser.value}`);
    else if (kind === 'histogram') out.push(`${parser.labels().toString()} histogram`);
    else
      out.push(`${kind} ${parser.familyName} ${kind === 'type' ? parser.metricType : parser.text}`);
  }
  return out;
}

function read(family: FamilyInput, options = CLASSIC): string[] {
  return entriesOf(new ProtobufParser(encodeFamilies(family), options)).filter((entry) =>
    entry.startsWith('{'),
  );
}

function histogramFamily(histogram: HistogramInput): FamilyInput {
  return { name: 'h', type: 'histogram', metrics: [{ histogram }] };
}

function firstHistogram(histogram: HistogramInput, options = NATIVE): ProtobufParser {
  const parser = new ProtobufParser(encodeFamilies(histogramFamily(histogram)), options);
  for (let kind = parser.next(); kind !== 'histogram'; kind = parser.next()) {
    if (kind === 'end') throw new Error('no histogram');
  }
  return parser;
}

describe('the protobuf format', () => {
  test('a family gives its metadata and its series', () => {
    const body = encodeFamilies(
      {
        name: 'c_seconds',
        help: 'about',
        unit: 'seconds',
        type: 'counter',
        metrics: [{ value: 1 }, { labels: { b: '2', a: '1' }, value: 2.5 }],
      },
      { name: 'empty', type: 'gauge', metrics: [] },
      { name: 'g', type: 'untyped', metrics: [{ value: Number.NaN }] },
    );
    expect(entriesOf(new ProtobufParser(body, CLASSIC))).toEqual([
      'help c_seconds about',
      'unit c_seconds seconds',
      'type c_seconds counter',
      '{__name__="c_seconds"} 1',
      '{__name__="c_seconds", a="1", b="2"} 2.5',
      'help g ',
      'type g unknown',
      '{__name__="g"} NaN',
    ]);
  });

  test('summaries and classic histograms come as the series of the text format', () => {
    expect(
      read({
        name: 's',
        type: 'summary',
        metrics: [
          {
            summary: {
              count: 3,
              sum: 4.5,
              quantiles: [
                [0.5, 1],
                [1, 2],
              ],
            },
          },
        ],
      }),
    ).toEqual([
      '{__name__="s_count"} 3',
      '{__name__="s_sum"} 4.5',
      '{__name__="s", quantile="0.5"} 1',
      '{__name__="s", quantile="1.0"} 2',
    ]);
    expect(
      read(
        histogramFamily({
          count: 5,
          sum: 2,
          buckets: [
            [1, 2],
            [10, 4],
          ],
        }),
      ),
    ).toEqual([
      '{__name__="h_count"} 5',
      '{__name__="h_sum"} 2',
      '{__name__="h_bucket", le="1.0"} 2',
      '{__name__="h_bucket", le="10.0"} 4',
      '{__name__="h_bucket", le="+Inf"} 5',
    ]);
  });

  test('exemplars, timestamps and start timestamps are read', () => {
    const body = encodeFamilies({
      name: 'c',
      type: 'counter',
      metrics: [
        {
          value: 1,
          createdMs: 1_600_000_000_123,
          timestampMs: -5,
          exemplar: { labels: { trace_id: 'x' }, value: 0.5, timestampMs: 1_600_000_000_456 },
        },
      ],
    });
    const parser = new ProtobufParser(body, CLASSIC);
    while (parser.next() !== 'series');
    expect(parser.timestampMs).toBe(-5);
    expect(parser.startTimestampMs()).toBe(1_600_000_000_123);
    const [exemplar] = parser.exemplars();
    expect(exemplar?.labels.toRecord()).toEqual({ trace_id: 'x' });
    expect(exemplar).toMatchObject({ value: 0.5, timestampMs: 1_600_000_000_456 });
  });
});

describe('native histograms', () => {
  const native: HistogramInput = {
    count: 10,
    sum: 20,
    schema: 3,
    zeroThreshold: 0.001,
    zeroCount: 2,
    positiveSpans: [
      [-2, 2],
      [1, 2],
    ],
    positiveDeltas: [1, 1, -2, 3],
    negativeSpans: [[0, 1]],
    negativeDeltas: [2],
    buckets: [[1, 4]],
  };

  test('differences become counts, and empty buckets go', () => {
    expect(firstHistogram(native).histogram).toEqual({
      counterResetHint: 'unknown',
      schema: 3,
      zeroThreshold: 0.001,
      zeroCount: 2,
      count: 10,
      sum: 20,
      positiveSpans: [
        { offset: -2, length: 2 },
        { offset: 2, length: 1 },
      ],
      positiveBuckets: [1, 2, 3],
      negativeSpans: [{ offset: 0, length: 1 }],
      negativeBuckets: [2],
      customValues: [],
      isStale: false,
    });
  });

  test('classic series come along only when asked for', () => {
    expect(read(histogramFamily(native), NATIVE)).toEqual(['{__name__="h"} histogram']);
    expect(read(histogramFamily(native), { ...NATIVE, keepClassicHistograms: true })).toEqual([
      '{__name__="h"} histogram',
      '{__name__="h_count"} 10',
      '{__name__="h_sum"} 20',
      '{__name__="h_bucket", le="1.0"} 4',
      '{__name__="h_bucket", le="+Inf"} 10',
    ]);
    expect(read(histogramFamily(native))).toHaveLength(4);
  });

  test('float counts count when they are there', () => {
    const { histogram } = firstHistogram({
      countFloat: 2.5,
      positiveSpans: [[0, 1]],
      positiveCounts: [2.5],
    });
    expect(histogram).toMatchObject({ count: 2.5, positiveBuckets: [2.5] });
  });

  test('exemplars need a time of their own', () => {
    const at = (timestampMs: number) => ({ labels: {}, value: timestampMs, timestampMs });
    const none = { labels: {}, value: 3 };
    const own = firstHistogram({ ...native, exemplars: [at(1000), none, at(2000)] });
    expect(own.exemplars().map((exemplar) => exemplar.value)).toEqual([1000, 2000]);
    const ofBuckets = firstHistogram({
      ...native,
      buckets: [
        [1, 4, at(3000)],
        [2, 5, none],
      ],
    });
    expect(ofBuckets.exemplars().map((exemplar) => exemplar.value)).toEqual([3000]);
  });

  test.each<[string, HistogramInput]>([
    [
      'positive side: spans require 2 buckets, have 1',
      { positiveSpans: [[0, 2]], positiveDeltas: [1] },
    ],
    ['invalid schema', { schema: 9, zeroThreshold: 1 }],
    [
      'bucket number 1 has observation count of -1',
      { positiveSpans: [[0, 1]], positiveDeltas: [-1] },
    ],
    ['3 observations found in buckets, but the Count field is 4', { count: 4, zeroCount: 3 }],
    [
      'offset is negative',
      {
        count: 2,
        positiveSpans: [
          [0, 1],
          [-3, 1],
        ],
        positiveDeltas: [1, 0],
      },
    ],
  ])('%s: refused', (problem, histogram) => {
    expect(() => firstHistogram(histogram)).toThrow(problem);
  });
});

describe('classic histograms made native', () => {
  const CONVERT = { ...CLASSIC, convertClassicHistograms: true };
  const classic: HistogramInput = {
    count: 5,
    sum: 2,
    buckets: [
      [1, 2],
      [5, 2],
      [10, 4],
    ],
  };

  test('bounds become custom buckets', () => {
    expect(firstHistogram(classic, CONVERT).histogram).toMatchObject({
      schema: -53,
      count: 5,
      sum: 2,
      customValues: [1, 5, 10],
      positiveSpans: [
        { offset: 0, length: 1 },
        { offset: 1, length: 2 },
      ],
      positiveBuckets: [2, 2, 1],
    });
  });

  test('what is no histogram stays classic', () => {
    const falling = histogramFamily({
      count: 5,
      buckets: [
        [1, 4],
        [2, 3],
      ],
    });
    expect(read(falling, CONVERT)).toHaveLength(5);
  });

  const TEXT = `# TYPE h histogram
h_bucket{a="x",le="1"} 1
h_bucket{a="x",le="+Inf"} 3
h_sum{a="x"} 7
h_count{a="x"} 3
h_bucket{a="y",le="1"} 4
h_bucket{a="y",le="+Inf"} 3
h_count{a="y"} 3
# TYPE g gauge
g 1
h_count 1
`;

  test('in text, series that follow one another are one histogram', () => {
    const entries = entriesOf(new NhcbParser(new PrometheusParser(Buffer.from(TEXT)), false));
    expect(entries).toEqual([
      'type h histogram',
      '{__name__="h", a="x"} histogram',
      '{__name__="h_bucket", a="y", le="1.0"} 4',
      '{__name__="h_bucket", a="y", le="+Inf"} 3',
      '{__name__="h_count", a="y"} 3',
      'type g gauge',
      '{__name__="g"} 1',
      '{__name__="h_count"} 1',
    ]);
  });

  test('in text, classic series may be kept beside it', () => {
    const entries = entriesOf(new NhcbParser(new PrometheusParser(Buffer.from(TEXT)), true));
    expect(entries.slice(1, 6)).toEqual([
      '{__name__="h_bucket", a="x", le="1.0"} 1',
      '{__name__="h_bucket", a="x", le="+Inf"} 3',
      '{__name__="h_sum", a="x"} 7',
      '{__name__="h_count", a="x"} 3',
      '{__name__="h", a="x"} histogram',
    ]);
  });
});

describe('bytes that are no metrics', () => {
  const whole = encodeFamilies({
    name: 'h',
    type: 'histogram',
    metrics: [
      { labels: { a: 'b' }, histogram: { count: 1, positiveSpans: [[0, 1]], positiveDeltas: [1] } },
      { labels: { a: 'c' }, histogram: { count: 3, sum: 4, buckets: [[1, 2]] } },
    ],
  });

  test('cut anywhere, the body is refused or ends early', () => {
    for (let end = 1; end < whole.length; end++) {
      expect(() => entriesOf(new ProtobufParser(whole.subarray(0, end), NATIVE))).toThrow(
        ExpositionError,
      );
    }
  });

  test('changed anywhere, it gives entries or an ExpositionError', () => {
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.boolean(),
        (at, byte, convertClassicHistograms) => {
          const bytes = whole.slice();
          bytes[at] = byte;
          try {
            entriesOf(new ProtobufParser(bytes, { ...NATIVE, convertClassicHistograms }));
          } catch (error) {
            expect(error).toBeInstanceOf(ExpositionError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
