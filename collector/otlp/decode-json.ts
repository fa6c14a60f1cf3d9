/** OTLP metrics in JSON (protobuf's JSON mapping, with ids in hexadecimal). */

import { attributesIn } from './json-attributes.ts';
import {
  arrayIn,
  boolIn,
  floatIn,
  hexIn,
  type JsonObject,
  numberIn,
  objectIn,
  objectsIn,
  optionalFloatIn,
  parseJsonObject,
  textIn,
  timeMsIn,
} from './json-fields.ts';
import {
  type DenseBuckets,
  OTLP_BUCKETS_MAX,
  type OtlpExemplar,
  OtlpFormatError,
  type OtlpMetric,
  type OtlpMetricData,
  type OtlpResourceMetrics,
  type OtlpScopeMetrics,
  TEMPORALITIES,
  type Temporality,
} from './otlp-metrics.ts';

/** @throws OtlpFormatError */
export function decodeOtlpJson(body: Uint8Array): OtlpResourceMetrics[] {
  return objectsIn(parseJsonObject(body), 'resourceMetrics').map((resource) => ({
    attributes: attributesIn(objectIn(resource, 'resource'), 'attributes'),
    scopes: objectsIn(resource, 'scopeMetrics').map(scopeOf),
  }));
}

function scopeOf(json: JsonObject): OtlpScopeMetrics {
  const scope = objectIn(json, 'scope');
  return {
    name: textIn(scope, 'name'),
    version: textIn(scope, 'version'),
    schemaUrl: textIn(json, 'schemaUrl'),
    attributes: attributesIn(scope, 'attributes'),
    metrics: objectsIn(json, 'metrics').map(metricOf),
  };
}

function metricOf(json: JsonObject): OtlpMetric {
  return {
    name: textIn(json, 'name'),
    description: textIn(json, 'description'),
    unit: textIn(json, 'unit'),
    ...dataOf(json),
  };
}

function dataOf(json: JsonObject): OtlpMetricData {
  const has = (name: string): boolean => json[name] !== undefined && json[name] !== null;
  if (has('gauge')) {
    return { kind: 'gauge', points: pointsOf(objectIn(json, 'gauge'), numberPointOf) };
  }
  if (has('sum')) {
    const sum = objectIn(json, 'sum');
    return {
      kind: 'sum',
      points: pointsOf(sum, numberPointOf),
      temporality: temporalityOf(sum),
      isMonotonic: boolIn(sum, 'isMonotonic'),
    };
  }
  if (has('histogram')) {
    const histogram = objectIn(json, 'histogram');
    const points = pointsOf(histogram, histogramPointOf);
    return { kind: 'histogram', points, temporality: temporalityOf(histogram) };
  }
  if (has('exponentialHistogram')) {
    const histogram = objectIn(json, 'exponentialHistogram');
    const points = pointsOf(histogram, exponentialPointOf);
    return { kind: 'exponential', points, temporality: temporalityOf(histogram) };
  }
  if (has('summary')) {
    return { kind: 'summary', points: pointsOf(objectIn(json, 'summary'), summaryPointOf) };
  }
  return { kind: 'none', points: [] };
}

function temporalityOf(json: JsonObject): Temporality {
  const value = json['aggregationTemporality'];
  if (typeof value === 'number') return TEMPORALITIES[value] ?? 'unspecified';
  if (value === 'AGGREGATION_TEMPORALITY_DELTA') return 'delta';
  return value === 'AGGREGATION_TEMPORALITY_CUMULATIVE' ? 'cumulative' : 'unspecified';
}

function pointsOf<T>(json: JsonObject, read: (point: JsonObject) => T): T[] {
  return objectsIn(json, 'dataPoints').map(read);
}

function headOf(json: JsonObject) {
  return {
    attributes: attributesIn(json, 'attributes'),
    timestampMs: timeMsIn(json, 'timeUnixNano'),
    startMs: timeMsIn(json, 'startTimeUnixNano'),
    hasNoValue: numberIn(json, 'flags') % 2 === 1,
    exemplars: objectsIn(json, 'exemplars').map(exemplarOf),
  };
}

function numberPointOf(json: JsonObject) {
  return { ...headOf(json), value: numberValueIn(json) };
}

function numberValueIn(json: JsonObject): number {
  return json['asInt'] === undefined ? floatIn(json, 'asDouble') : numberIn(json, 'asInt');
}

function histogramPointOf(json: JsonObject) {
  return {
    ...headOf(json),
    count: numberIn(json, 'count'),
    sum: optionalFloatIn(json, 'sum'),
    bucketCounts: numbersIn(json, 'bucketCounts', numberIn),
    bounds: numbersIn(json, 'explicitBounds', floatIn),
  };
}

function exponentialPointOf(json: JsonObject) {
  return {
    ...headOf(json),
    count: numberIn(json, 'count'),
    sum: optionalFloatIn(json, 'sum'),
    scale: numberIn(json, 'scale'),
    zeroCount: numberIn(json, 'zeroCount'),
    zeroThreshold: floatIn(json, 'zeroThreshold'),
    positive: bucketsOf(objectIn(json, 'positive')),
    negative: bucketsOf(objectIn(json, 'negative')),
  };
}

function bucketsOf(json: JsonObject): DenseBuckets {
  const offset = numberIn(json, 'offset');
  return { offset, counts: numbersIn(json, 'bucketCounts', numberIn) };
}

function summaryPointOf(json: JsonObject) {
  return {
    ...headOf(json),
    count: numberIn(json, 'count'),
    sum: floatIn(json, 'sum'),
    quantiles: objectsIn(json, 'quantileValues').map((one) => ({
      quantile: floatIn(one, 'quantile'),
      value: floatIn(one, 'value'),
    })),
  };
}

function exemplarOf(json: JsonObject): OtlpExemplar {
  return {
    attributes: attributesIn(json, 'filteredAttributes'),
    timestampMs: timeMsIn(json, 'timeUnixNano'),
    value: numberValueIn(json),
    traceId: hexIn(json, 'traceId'),
    spanId: hexIn(json, 'spanId'),
  };
}

function numbersIn(
  json: JsonObject,
  name: string,
  read: (holder: JsonObject, name: string) => number,
): number[] {
  const items = arrayIn(json, name);
  if (items.length > OTLP_BUCKETS_MAX) {
    throw new OtlpFormatError(`${name}: more than ${OTLP_BUCKETS_MAX} buckets`);
  }
  return items.map((item) => read({ [name]: item }, name));
}
