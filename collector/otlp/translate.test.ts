import { describe, expect, test } from 'vitest';
import { validateHistogram } from '../../model/histogram-validation.ts';
import { OTLP_NOW_MS, otlpJson, otlpMetric } from '../../test/otlp/request.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { WriteBatch } from '../remote-write/write-batch.ts';
import { decodeOtlpJson } from './decode-json.ts';
import { DeltaMemory } from './delta-memory.ts';
import type { OtlpSettings } from './otlp-settings.ts';
import { OtlpTranslation } from './translate.ts';

const SETTINGS: OtlpSettings = {
  names: { allowsUtf8: false, addsSuffixes: true },
  labelNames: { allowsUtf8: false, prefixesUnderscore: true, keepsMultipleUnderscores: true },
  isPromoted: () => false,
  keepsIdentifyingAttributes: false,
  convertsHistogramsToNhcb: false,
  promotesScope: false,
};

interface Options {
  readonly settings?: Partial<OtlpSettings>;
  readonly deltas?: DeltaMemory;
  readonly sink?: RecordingSink;
  readonly nowMs?: number;
}

function translate(json: object, options: Options = {}) {
  const { settings, deltas = new DeltaMemory(), sink = new RecordingSink() } = options;
  const nowMs = options.nowMs ?? OTLP_NOW_MS;
  const batch = new WriteBatch(sink);
  batch.clear(nowMs);
  const translation = new OtlpTranslation(batch, { ...SETTINGS, ...settings }, deltas, nowMs);
  for (const resource of decodeOtlpJson(Buffer.from(JSON.stringify(json)))) {
    translation.add(resource);
  }
  const { problems } = batch.store();
  const values = Object.fromEntries(
    Object.entries(sink.dump()).map(([labels, text]) => [labels, text.replaceAll(/@\d+/g, '')]),
  );
  return { sink, values, problems, rejected: translation.rejected };
}

const TARGET = 'instance="i-1", job="shop/checkout"';

describe('OtlpTranslation', () => {
  test('every kind of metric, with the default settings', () => {
    const { values, problems } = translate(otlpJson());

    expect(problems).toEqual([]);
    expect(values).toEqual({
      [`{__name__="system_memory_usage_bytes", ${TARGET}, state="used"}`]: '1024',
      [`{__name__="system_memory_usage_bytes", ${TARGET}, state="free"}`]: '0.5',
      [`{__name__="system_memory_usage_bytes", ${TARGET}, state="gone"}`]: 'stale',
      [`{__name__="load_ratio", ${TARGET}}`]: '0.25',
      [`{__name__="http_requests_per_second_total", http_method="GET", instance="i-1", job="shop/checkout", list="[1]", ok="true", ratio="0.5"}`]:
        '17',
      [`{__name__="queue_length", ${TARGET}}`]: '-3',
      [`{__name__="request_duration_seconds_sum", ${TARGET}, route="/"}`]: '12.5',
      [`{__name__="request_duration_seconds_count", ${TARGET}, route="/"}`]: '6',
      [`{__name__="request_duration_seconds_bucket", ${TARGET}, le="0.1", route="/"}`]: '1',
      [`{__name__="request_duration_seconds_bucket", ${TARGET}, le="1", route="/"}`]: '3',
      [`{__name__="request_duration_seconds_bucket", ${TARGET}, le="+Inf", route="/"}`]: '6',
      [`{__name__="exponential_milliseconds", ${TARGET}}`]: 'histogram(13)',
      [`{__name__="latency_sum", ${TARGET}}`]: '8',
      [`{__name__="latency_count", ${TARGET}}`]: '4',
      [`{__name__="latency", ${TARGET}, quantile="0.99"}`]: '3',
      [`{__name__="target_info", deployment_environment="prod", ${TARGET}, process_pid="4711"}`]:
        '1',
    });
  });

  test('metadata are those of the Prometheus metric', () => {
    const { sink } = translate(otlpJson());

    expect(sink.metadata.slice(0, 3)).toEqual([
      {
        metricName: 'system_memory_usage_bytes',
        type: 'gauge',
        help: 'Memory in use.',
        unit: 'bytes',
      },
      { metricName: 'load_ratio', type: 'gauge', help: '', unit: '' },
      {
        metricName: 'http_requests_per_second_total',
        type: 'counter',
        help: '',
        unit: 'per_second',
      },
    ]);
  });

  test('without translation names stay as they are', () => {
    const settings = {
      names: { allowsUtf8: true, addsSuffixes: false },
      labelNames: { ...SETTINGS.labelNames, allowsUtf8: true },
      keepsIdentifyingAttributes: true,
    };

    const { values } = translate(otlpJson(), { settings });

    expect(values).toHaveProperty([
      `{__name__="http.requests", "http.method"="GET", instance="i-1", job="shop/checkout", list="[1]", ok="true", ratio="0.5"}`,
    ]);
    expect(values).toHaveProperty([
      `{__name__="target_info", "deployment.environment"="prod", ${TARGET}, "process.pid"="4711", "service.instance.id"="i-1", "service.name"="checkout", "service.namespace"="shop"}`,
    ]);
  });

  test('scope and promoted attributes become labels when asked for', () => {
    const settings = {
      promotesScope: true,
      isPromoted: (name: string) => name === 'deployment.environment',
    };

    const { values } = translate(otlpJson(), { settings });

    expect(values).toHaveProperty([
      `{__name__="load_ratio", deployment_environment="prod", ${TARGET}, otel_scope_kind_of="auto", otel_scope_name="lib", otel_scope_version="1.2"}`,
    ]);
  });

  test('a histogram with its own bounds may become a native one', () => {
    const { sink, values } = translate(otlpJson(), {
      settings: { convertsHistogramsToNhcb: true },
    });
    const name = `{__name__="request_duration_seconds", ${TARGET}, route="/"}`;

    expect(values).toHaveProperty([name], 'histogram(6)');
    expect(sink.of(name)[0]?.value).toMatchObject({
      schema: -53,
      customValues: [0.1, 1],
      positiveSpans: [{ offset: 0, length: 3 }],
      positiveBuckets: [1, 2, 3],
      sum: 12.5,
    });
  });

  test('exponential buckets move by one, gaps of more than two are spans', () => {
    const { sink } = translate(otlpJson());

    expect(sink.of(`{__name__="exponential_milliseconds", ${TARGET}}`)[0]?.value).toMatchObject({
      schema: 1,
      zeroCount: 2,
      count: 13,
      positiveSpans: [
        { offset: -1, length: 3 },
        { offset: 3, length: 1 },
      ],
      positiveBuckets: [1, 0, 2, 5],
      negativeSpans: [{ offset: 4, length: 1 }],
      negativeBuckets: [3],
    });
  });

  test('a scale finer than Prometheus has is made coarser, one too coarse is refused', () => {
    const of = (scale: number) =>
      otlpMetric({
        name: 'e',
        exponentialHistogram: {
          aggregationTemporality: 2,
          dataPoints: [
            {
              count: '10',
              scale,
              positive: { offset: -3, bucketCounts: ['1', '2', '3', '4'] },
              timeUnixNano: '1000000',
            },
          ],
        },
      });

    const fine = translate(of(10));
    const coarse = translate(of(-5));

    const histogram = fine.sink.of('{__name__="e"}')[0]?.value;
    expect(histogram).toMatchObject({ schema: 8, positiveBuckets: [6, 4] });
    if (typeof histogram === 'object') validateHistogram(histogram);
    expect(coarse.rejected).toBe(1);
    expect(coarse.problems[0]).toContain('Scale must be >= -4, was -5');
  });

  test('exemplars go to the bucket they fell into, ids first', () => {
    const exemplar = (value: number, traceId: string, text: string) => ({
      asDouble: value,
      traceId,
      filteredAttributes: [{ key: 'k', value: { stringValue: text } }],
    });
    const { sink } = translate(
      otlpMetric({
        name: 'h',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [
            {
              count: '3',
              bucketCounts: ['1', '2'],
              explicitBounds: [1],
              timeUnixNano: '5000000',
              exemplars: [exemplar(9, 'AB', 'x'.repeat(200)), exemplar(0.5, '00', 'y')],
            },
          ],
        },
      }),
    );

    const seen = sink.exemplars.map(({ ref, labels, timestampMs }) => [
      sink.labels[ref]?.get('le'),
      labels.toRecord(),
      timestampMs,
    ]);
    expect(seen).toEqual([
      ['1', { k: 'y' }, 5],
      ['+Inf', { trace_id: 'ab' }, 5],
    ]);
  });

  test('attributes that come to the same label are joined', () => {
    const attributes = [
      { key: 'a_b', value: { stringValue: '2' } },
      { key: 'a.b', value: { stringValue: '1' } },
    ];
    const { values } = translate(
      otlpMetric({ name: 'x', gauge: { dataPoints: [{ attributes, asInt: '1' }] } }),
    );

    expect(Object.keys(values)).toEqual(['{__name__="x", a_b="1;2"}']);
  });

  test('a metric without temporality is refused', () => {
    const { problems, rejected } = translate(
      otlpMetric({ name: 'x', sum: { dataPoints: [{ asInt: '1' }, { asInt: '1' }] } }),
    );

    expect(rejected).toBe(2);
    expect(problems).toEqual(['invalid temporality and type combination for metric x']);
  });

  test('target_info has a sample each two and a half minutes, and at the end', () => {
    const json = {
      resourceMetrics: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 's' } },
              { key: 'x', value: { stringValue: 'y' } },
            ],
          },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'g',
                  gauge: {
                    dataPoints: [
                      { asInt: '1', timeUnixNano: '1000000' },
                      { asInt: '1', timeUnixNano: '400000000000' },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    };

    const { sink } = translate(json);

    const info = sink.of('{__name__="target_info", job="s", x="y"}');
    expect(info.map(({ timestampMs }) => timestampMs)).toEqual([1, 150_001, 300_001, 400_000]);
  });
});

describe('delta temporality', () => {
  const sum = (timeMs: number, value: number, isMonotonic = true) =>
    otlpMetric({
      name: 'd',
      sum: {
        aggregationTemporality: 1,
        isMonotonic,
        dataPoints: [{ asDouble: value, timeUnixNano: `${timeMs}000000` }],
      },
    });

  test('the series is the running total, also of sums that go down', () => {
    const deltas = new DeltaMemory();
    const sink = new RecordingSink();
    for (const [at, value] of [5, 2, -4].entries()) {
      translate(sum(at + 1, value, false), { deltas, sink });
    }

    expect(sink.dump()).toEqual({ '{__name__="d"}': '5@1 7@2 3@3' });
  });

  test('a point not after the one before is refused', () => {
    const deltas = new DeltaMemory();
    translate(sum(5, 1), { deltas });

    const { problems, rejected } = translate(sum(5, 1), { deltas });

    expect(rejected).toBe(1);
    expect(problems).toEqual(['delta point at 5 is not after the one at 5']);
  });

  test('after five minutes of silence the total begins anew', () => {
    const deltas = new DeltaMemory();
    const sink = new RecordingSink();
    translate(sum(1, 5), { deltas, sink });
    translate(sum(2, 3), { deltas, sink, nowMs: OTLP_NOW_MS + 300_001 });

    expect(sink.dump()).toEqual({ '{__name__="d_total"}': '5@1 3@2' });
  });

  test('new series beyond the limit are refused, known ones go on', () => {
    const deltas = new DeltaMemory(1);
    translate(sum(1, 5), { deltas });
    const other = { ...sum(2, 1) };
    const json = JSON.parse(JSON.stringify(other).replace('"d"', '"e"')) as object;

    expect(translate(json, { deltas }).problems).toEqual([
      'more than 1 series of delta temporality',
    ]);
    expect(translate(sum(2, 1), { deltas }).values).toEqual({ '{__name__="d_total"}': '6' });
  });

  test('exponential histograms are added at the coarser scale', () => {
    const of = (timeMs: number, scale: number, offset: number) =>
      otlpMetric({
        name: 'h',
        exponentialHistogram: {
          aggregationTemporality: 1,
          dataPoints: [
            {
              count: '3',
              sum: 1,
              scale,
              positive: { offset, bucketCounts: ['1', '2'] },
              timeUnixNano: `${timeMs}000000`,
            },
          ],
        },
      });
    const deltas = new DeltaMemory();
    const sink = new RecordingSink();
    translate(of(1, 1, 2), { deltas, sink });
    translate(of(2, 0, 1), { deltas, sink });

    expect(sink.of('{__name__="h"}')[1]?.value).toMatchObject({
      schema: 0,
      count: 6,
      sum: 2,
      positiveSpans: [{ offset: 2, length: 2 }],
      positiveBuckets: [4, 2],
    });
  });

  test('histograms are added bucket by bucket; other bounds begin anew', () => {
    const of = (timeMs: number, bounds: readonly number[]) =>
      otlpMetric({
        name: 'h',
        histogram: {
          aggregationTemporality: 1,
          dataPoints: [
            {
              count: '3',
              sum: 1,
              bucketCounts: ['1', '2'],
              explicitBounds: bounds,
              timeUnixNano: `${timeMs}000000`,
            },
          ],
        },
      });
    const deltas = new DeltaMemory();
    const sink = new RecordingSink();
    for (const [at, bounds] of [[1], [1], [2]].entries()) {
      translate(of(at + 1, bounds), { deltas, sink });
    }

    expect(sink.dump()).toMatchObject({
      '{__name__="h_count"}': '3@1 6@2 3@3',
      '{__name__="h_bucket", le="1"}': '1@1 2@2',
      '{__name__="h_bucket", le="2"}': '1@3',
    });
  });
});
