/** Names of OTLP metrics as Prometheus names, by the OpenTelemetry compatibility specification. */
import { quoteGo } from '../../model/labels.ts';
import { compliantUnit, unitSuffixes } from './unit-names.ts';

export interface NameRules {
  /** Any UTF-8 may stand in names; else other letters become underscores. */
  readonly allowsUtf8: boolean;
  /** Unit and type end the name. */
  readonly addsSuffixes: boolean;
}

export interface NamedMetric {
  readonly name: string;
  readonly unit: string;
  readonly kind: string;
  readonly isMonotonic?: boolean;
}

/** A metric or an attribute whose name cannot be. */
export class OtlpNameError extends Error {
  override readonly name = 'OtlpNameError';
}

/** @throws OtlpNameError */
export function metricName(metric: NamedMetric, rules: NameRules): string {
  if (rules.allowsUtf8) {
    const name = rules.addsSuffixes ? utf8NameWithSuffixes(metric) : metric.name;
    if (name === '') throw new OtlpNameError('metric without a name');
    return name;
  }
  const name = rules.addsSuffixes ? compliantNameWithSuffixes(metric) : compliantName(metric.name);
  if (name === '') {
    throw new OtlpNameError(
      `normalization for metric ${quoteGo(metric.name)} resulted in empty name`,
    );
  }
  if (name !== metric.name && /^_+$/.test(name)) {
    throw new OtlpNameError(
      `normalization for metric ${quoteGo(metric.name)} resulted in invalid name ${quoteGo(name)}`,
    );
  }
  return name;
}

function isCounter(metric: NamedMetric): boolean {
  return metric.kind === 'sum' && metric.isMonotonic === true;
}

/** Only gauges: many senders give counts of things the unit "1". */
function isRatio(metric: NamedMetric): boolean {
  return metric.kind === 'gauge' && metric.unit === '1';
}

function compliantName(name: string): string {
  const parts = name.split(/[^a-zA-Z0-9:_]+/u).filter((part) => part !== '');
  return withoutDigitFirst(parts.join('_'));
}

function compliantNameWithSuffixes(metric: NamedMetric): string {
  let tokens = metric.name.split(/[^a-zA-Z0-9:]+/u).filter((token) => token !== '');
  const suffixes = unitSuffixes(metric.unit);
  const main = compliantUnit(suffixes.main);
  const per = compliantUnit(suffixes.per).replace(/_$/, '');
  const addsMain = main !== '' && !tokens.includes(main);
  const addsPer = per !== '' && per !== 'per' && !tokens.includes(per);
  if (addsMain) tokens.push(addsPer ? main.replace(/_$/, '') : main);
  if (addsPer) tokens.push(per);
  if (isCounter(metric)) tokens = lastOf(tokens, 'total');
  if (isRatio(metric)) tokens = lastOf(tokens, 'ratio');
  return withoutDigitFirst(tokens.join('_'));
}

function lastOf(tokens: readonly string[], last: string): string[] {
  return [...tokens.filter((token) => token !== last), last];
}

function withoutDigitFirst(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

function utf8NameWithSuffixes(metric: NamedMetric): string {
  let name = metric.name;
  const ends: string[] = [];
  if (isRatio(metric)) {
    name = withoutSuffix(name, 'ratio');
    ends.unshift('ratio');
  }
  if (isCounter(metric)) {
    name = withoutSuffix(name, 'total');
    ends.unshift('total');
  }
  const { main, per } = unitSuffixes(metric.unit);
  if (per !== '') {
    name = withoutSuffix(name, per);
    ends.unshift(per);
  }
  if (main !== '' && !name.endsWith(main)) name = `${name}_${main}`;
  return [name, ...ends].join('_');
}

/** Without the suffix and the letter before it, whichever delimiter that is. */
function withoutSuffix(name: string, suffix: string): string {
  const isThere = name.endsWith(suffix) && name.length > suffix.length + 1;
  return isThere ? name.slice(0, -suffix.length - 1) : name;
}
