/** Label sets out of the bytes of a series. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import { FloatError, formatOpenMetricsFloat, parseFloatText } from './float-text.ts';
import { decodeUtf8 } from './go-quote.ts';

export const TYPE_LABEL = '__type__';
export const UNIT_LABEL = '__unit__';

/** Names and values that text formats may write in more than one way. */
export interface FamilyContext {
  readonly metricType: MetricType;
  readonly unit: string;
  /** Adds `__type__` and `__unit__` from the metadata, which then count over the exposed ones. */
  readonly typeAndUnitLabels: boolean;
}

/** Why bytes are no label set. */
export class LabelTextError extends Error {
  override readonly name = 'LabelTextError';
}

/**
 * @param offsets start and end of the metric name, then of each label's name and value
 * @throws LabelTextError for text that is not UTF-8 and for a label given twice
 */
export function readLabels(
  bytes: Buffer,
  offsets: readonly number[],
  family: FamilyContext,
): Labels {
  const pairs = [METRIC_NAME, readText(bytes, offsets[0] as number, offsets[1] as number)];
  if (family.typeAndUnitLabels) {
    if (family.metricType !== 'unknown') pairs.push(TYPE_LABEL, family.metricType);
    if (family.unit !== '') pairs.push(UNIT_LABEL, family.unit);
  }
  const fixedCount = pairs.length;
  for (let at = 2; at + 3 < offsets.length; at += 4) {
    const name = readText(bytes, offsets[at] as number, offsets[at + 1] as number);
    if (fixedCount > 2 && isFixed(pairs, name, fixedCount)) continue;
    const value = readText(bytes, offsets[at + 2] as number, offsets[at + 3] as number);
    pairs.push(name, canonicalValue(family.metricType, name, value));
  }
  return labelsOf(pairs);
}

function isFixed(pairs: readonly string[], name: string, count: number): boolean {
  for (let at = 2; at < count; at += 2) {
    if (pairs[at] === name) return true;
  }
  return false;
}

/** @throws LabelTextError when a name comes twice */
export function labelsOf(pairs: readonly string[]): Labels {
  const names = new Set<string>();
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] as string;
    if (names.has(name)) throw new LabelTextError(`label name "${name}" is not unique`);
    names.add(name);
  }
  return Labels.fromPairs(pairs);
}

/** `\"`, `\\` and `\n` are escapes, any other backslash stands for itself. */
export function unescapeLabelValue(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** As in label values, but for quotes, which need no escape in a 0.0.4 help text. */
export function unescapeHelp(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function readText(bytes: Buffer, start: number, end: number): string {
  let isAscii = true;
  for (let at = start; at < end && isAscii; at++) isAscii = (bytes[at] as number) < 0x80;
  const text = isAscii
    ? bytes.toString('latin1', start, end)
    : decodeUtf8(bytes.subarray(start, end));
  if (text === undefined) throw new LabelTextError('invalid UTF-8 in a metric or label name');
  return unescapeLabelValue(text);
}

/** `le` and `quantile` have one spelling per number, else `1` and `1.0` would be two series. */
function canonicalValue(type: MetricType, name: string, value: string): string {
  const isBound =
    (type === 'histogram' && name === 'le') || (type === 'summary' && name === 'quantile');
  if (!isBound) return value;
  try {
    return formatOpenMetricsFloat(parseFloatText(value));
  } catch (error) {
    if (error instanceof FloatError) return value;
    throw error;
  }
}
