/** An OTLP metrics request with every kind of metric in it. */

export const OTLP_NOW_MS = Math.floor(Date.now() / 1000) * 1000;

const NANOS = '000000';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

function text(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } };
}

function point(attributes: readonly Attribute[] = []) {
  return {
    attributes,
    startTimeUnixNano: `${OTLP_NOW_MS - 60_000}${NANOS}`,
    timeUnixNano: `${OTLP_NOW_MS}${NANOS}`,
  };
}

const CUMULATIVE = 2;

/** Protobuf's JSON mapping. */
export function otlpJson() {
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            text('service.name', 'checkout'),
            text('service.namespace', 'shop'),
            text('service.instance.id', 'i-1'),
            text('deployment.environment', 'prod'),
            { key: 'process.pid', value: { intValue: '4711' } },
          ],
        },
        scopeMetrics: [
          {
            scope: {
              name: 'lib',
              version: '1.2',
              attributes: [text('kind.of', 'auto')],
            },
            metrics: [
              {
                name: 'system.memory.usage',
                description: 'Memory in use.',
                unit: 'By',
                gauge: {
                  dataPoints: [
                    { ...point([text('state', 'used')]), asInt: '1024' },
                    { ...point([text('state', 'free')]), asDouble: 0.5 },
                    { ...point([text('state', 'gone')]), asDouble: 1, flags: 1 },
                  ],
                },
              },
              { name: 'load', unit: '1', gauge: { dataPoints: [{ ...point(), asDouble: 0.25 }] } },
              {
                name: 'http.requests',
                unit: '{request}/s',
                sum: {
                  aggregationTemporality: CUMULATIVE,
                  isMonotonic: true,
                  dataPoints: [
                    {
                      ...point([
                        text('http.method', 'GET'),
                        { key: 'ok', value: { boolValue: true } },
                        { key: 'ratio', value: { doubleValue: 0.5 } },
                        { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }] } } },
                      ]),
                      asInt: '17',
                    },
                  ],
                },
              },
              {
                name: 'queue.length',
                sum: {
                  aggregationTemporality: CUMULATIVE,
                  dataPoints: [{ ...point(), asInt: '-3' }],
                },
              },
              {
                name: 'request.duration',
                unit: 's',
                histogram: {
                  aggregationTemporality: CUMULATIVE,
                  dataPoints: [
                    {
                      ...point([text('route', '/')]),
                      count: '6',
                      sum: 12.5,
                      bucketCounts: ['1', '2', '3'],
                      explicitBounds: [0.1, 1],
                    },
                  ],
                },
              },
              {
                name: 'exponential',
                unit: 'ms',
                exponentialHistogram: {
                  aggregationTemporality: CUMULATIVE,
                  dataPoints: [
                    {
                      ...point(),
                      count: '13',
                      sum: 100,
                      scale: 1,
                      zeroCount: '2',
                      positive: { offset: -2, bucketCounts: ['1', '0', '2', '0', '0', '0', '5'] },
                      negative: { offset: 3, bucketCounts: ['3'] },
                    },
                  ],
                },
              },
              {
                name: 'latency',
                summary: {
                  dataPoints: [
                    {
                      ...point(),
                      count: '4',
                      sum: 8,
                      quantileValues: [{ quantile: 0.99, value: 3 }],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  };
}

/** A request of these metrics alone, from nowhere. */
export function otlpMetric(...metrics: readonly object[]) {
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
}
