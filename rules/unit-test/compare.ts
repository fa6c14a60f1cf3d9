/** What a test expected against what came, in promtool's words. */

import { formatGoE } from '../../model/go-float.ts';
import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels } from '../../model/labels.ts';
import { formatHistogramNotation } from '../../promql/histogram/text.ts';
import { parseMetric } from '../../promql/parser/parser.ts';
import { parseSequence } from '../../promql/promqltest/series-notation.ts';
import type { RuleSample } from '../evaluation/rule-query.ts';
import type { ExpectedAlert, ExpectedSample } from './test-file.ts';

/** A sample as it is compared and shown. */
export interface ShownSample {
  readonly labels: Labels;
  readonly value: number;
  /** '' for none. */
  readonly histogram: string;
}

export function shownSample({ labels, value, histogram }: RuleSample): ShownSample {
  const text = histogram === undefined ? '' : formatHistogramNotation(histogram);
  return { labels, value, histogram: text };
}

/** @throws Error `labels "…": …` */
export function parseExpected({ labels, value, histogram }: ExpectedSample): ShownSample {
  try {
    const parsed = labels === '' ? Labels.EMPTY : parseMetric(labels);
    const text = histogram === '' ? '' : formatHistogramNotation(parseHistogram(histogram));
    return { labels: parsed, value, histogram: text };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`labels ${JSON.stringify(labels)}: ${problem}`, { cause });
  }
}

function parseHistogram(text: string): FloatHistogram {
  const { points } = parseSequence(`{} ${text}`);
  const [point] = points;
  if (points.length !== 1 || point === undefined) {
    throw new Error(`expected 1 value, got ${points.length}`);
  }
  if (point.kind !== 'histogram') throw new Error(`expected histogram, got ${point.kind}`);
  return point.histogram;
}

export function byLabels(a: ShownSample, b: ShownSample): number {
  return a.labels.compare(b.labels);
}

/** Both in order. As in promtool, NaN equals nothing. */
export function areEqualSamples(
  expected: readonly ShownSample[],
  got: readonly ShownSample[],
  isFuzzy: boolean,
): boolean {
  return (
    expected.length === got.length &&
    expected.every((one, index) => {
      const other = got[index] as ShownSample;
      if (!one.labels.equals(other.labels) || one.histogram !== other.histogram) return false;
      if (one.histogram !== '') return true;
      return one.value === other.value || (isFuzzy && areNeighbours(one.value, other.value));
    })
  );
}

/** True when no float lies between the two. */
function areNeighbours(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  const distance = orderOf(a) - orderOf(b);
  return distance === 1n || distance === -1n;
}

/** Floats as integers in the same order, neighbours one apart. */
function orderOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

export function samplesText(samples: readonly ShownSample[]): string {
  if (samples.length === 0) return 'nil';
  return samples
    .map(({ labels, value, histogram }) => {
      const shown = histogram === '' ? upperExponent(formatGoE(value)) : histogram;
      return `${labels.toString()} ${shown}`;
    })
    .join(', ');
}

/** Go's verb `E`. */
function upperExponent(text: string): string {
  return text.replace(/e(?=[+-]\d)/, 'E');
}

export function byLabelsAndAnnotations(a: ExpectedAlert, b: ExpectedAlert): number {
  return a.labels.compare(b.labels) || a.annotations.compare(b.annotations);
}

/** Both in order. */
export function areEqualAlerts(
  expected: readonly ExpectedAlert[],
  got: readonly ExpectedAlert[],
): boolean {
  return (
    expected.length === got.length &&
    expected.every((one, index) => byLabelsAndAnnotations(one, got[index] as ExpectedAlert) === 0)
  );
}

const INDENT = ' '.repeat(12);

export function alertsText(alerts: readonly ExpectedAlert[]): string {
  if (alerts.length === 0) return '[]';
  const lines = alerts.map(({ labels, annotations }, index) => {
    const texts = [`Labels:${labels.toString()}`, `Annotations:${annotations.toString()}`];
    return `${index}:${texts.map((text) => `\n${INDENT}  ${text}`).join('')}`;
  });
  return `[\n${INDENT}${lines.join(`,\n${INDENT}`)}\n${INDENT}]`;
}
