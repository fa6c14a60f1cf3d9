/** OTLP metrics in protobuf. */
import { LENGTH_DELIMITED, type ProtobufReader, tagOf, VARINT } from '../../model/protobuf-wire.ts';
import type {
  Attributes,
  OtlpMetric,
  OtlpMetricData,
  OtlpResourceMetrics,
  OtlpScopeMetrics,
  Temporality,
} from './otlp-metrics.ts';
import { TEMPORALITIES } from './otlp-metrics.ts';
import { readAttribute } from './protobuf-attributes.ts';
import {
  readExponentialPoint,
  readHistogramPoint,
  readNumberPoint,
  readSummaryPoint,
} from './protobuf-points.ts';

/** @throws ProtobufError, OtlpFormatError */
export function decodeOtlpProtobuf(reader: ProtobufReader): OtlpResourceMetrics[] {
  const resources: OtlpResourceMetrics[] = [];
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) resources.push(readResourceMetrics(reader));
    else reader.skip(tag);
  }
  return resources;
}

function readResourceMetrics(reader: ProtobufReader): OtlpResourceMetrics {
  const attributes: string[] = [];
  const scopes: OtlpScopeMetrics[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) readResource(reader, attributes);
    else if (tag === tagOf(2, LENGTH_DELIMITED)) scopes.push(readScopeMetrics(reader));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { attributes, scopes };
}

function readResource(reader: ProtobufReader, attributes: string[]): void {
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) readAttribute(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}

function readScopeMetrics(reader: ProtobufReader): OtlpScopeMetrics {
  let scope = { name: '', version: '', attributes: [] as Attributes };
  let schemaUrl = '';
  const metrics: OtlpMetric[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) scope = readScope(reader);
    else if (tag === tagOf(2, LENGTH_DELIMITED)) metrics.push(readMetric(reader));
    else if (tag === tagOf(3, LENGTH_DELIMITED)) schemaUrl = reader.readString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { ...scope, schemaUrl, metrics };
}

function readScope(reader: ProtobufReader) {
  let name = '';
  let version = '';
  const attributes: string[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) name = reader.readString();
    else if (tag === tagOf(2, LENGTH_DELIMITED)) version = reader.readString();
    else if (tag === tagOf(3, LENGTH_DELIMITED)) readAttribute(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { name, version, attributes: attributes as Attributes };
}

function readMetric(reader: ProtobufReader): OtlpMetric {
  let name = '';
  let description = '';
  let unit = '';
  let data: OtlpMetricData = { kind: 'none', points: [] };
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    switch (tag) {
      case tagOf(1, LENGTH_DELIMITED):
        name = reader.readString();
        break;
      case tagOf(2, LENGTH_DELIMITED):
        description = reader.readString();
        break;
      case tagOf(3, LENGTH_DELIMITED):
        unit = reader.readString();
        break;
      case tagOf(5, LENGTH_DELIMITED):
        data = { kind: 'gauge', points: readPoints(reader, readNumberPoint).points };
        break;
      case tagOf(7, LENGTH_DELIMITED):
        data = { kind: 'sum', ...readPoints(reader, readNumberPoint) };
        break;
      case tagOf(9, LENGTH_DELIMITED): {
        const { points, temporality } = readPoints(reader, readHistogramPoint);
        data = { kind: 'histogram', points, temporality };
        break;
      }
      case tagOf(10, LENGTH_DELIMITED): {
        const { points, temporality } = readPoints(reader, readExponentialPoint);
        data = { kind: 'exponential', points, temporality };
        break;
      }
      case tagOf(11, LENGTH_DELIMITED):
        data = { kind: 'summary', points: readPoints(reader, readSummaryPoint).points };
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return { name, description, unit, ...data };
}

/** Gauge, Sum, Histogram … number their fields alike. */
function readPoints<T>(reader: ProtobufReader, readPoint: (reader: ProtobufReader) => T) {
  const points: T[] = [];
  let temporality: Temporality = 'unspecified';
  let isMonotonic = false;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) points.push(readPoint(reader));
    else if (tag === tagOf(2, VARINT)) {
      temporality = TEMPORALITIES[reader.readUint()] ?? 'unspecified';
    } else if (tag === tagOf(3, VARINT)) isMonotonic = reader.readBool();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { points, temporality, isMonotonic };
}
