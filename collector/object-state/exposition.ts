/** Rows of objects as Prometheus' text format, byte for byte as kube-state-metrics writes it. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { formatGoG } from '../../model/go-float.ts';
import type { Family, LabelPart, Row } from './family.ts';

/** Two lines that go before the samples of a family. */
export function familyHead({ name, help, type }: Family): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n`;
}

/** The samples of one family of one object, a line each. */
export function familyLines(
  family: Family,
  object: KubernetesObject,
  labels: readonly LabelPart[],
): string {
  let text = '';
  for (const row of family.rows(object)) text += line(family.name, labels, row);
  return text;
}

export function line(name: string, labels: readonly LabelPart[], row: Row): string {
  const pairs = [...pairTexts(labels), ...pairTexts(row.labels)];
  const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  return `${name}${braces} ${valueText(row.value)}\n`;
}

/** Nearly all values are 0 or 1. */
function valueText(value: number): string {
  if (value === 1) return '1';
  return Object.is(value, 0) ? '0' : formatGoG(value);
}

/** What stands in a label. */
export function labelValue(part: LabelPart): string {
  return part === undefined || part === null ? '' : String(part);
}

function pairTexts(labels: readonly LabelPart[]): readonly string[] {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < labels.length; at += 2) {
    pairs.push(`${String(labels[at])}="${escaped(labelValue(labels[at + 1]))}"`);
  }
  return pairs;
}

function escaped(text: string): string {
  if (!/[\\\n"]/.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
