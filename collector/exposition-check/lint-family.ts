/** Naming practice for one metric family; the texts are those of `promtool check metrics`. */
import type { ExpositionProblem } from './exposition-problem.ts';
import type { MetricFamily } from './metric-families.ts';
import { hasAbbreviatedUnit, improperUnit } from './metric-units.ts';

const CAMEL_CASE = /[a-z][A-Z]/;

/** @param isOpenMetrics families of counters are then named without `_total` */
export function lintFamily(family: MetricFamily, isOpenMetrics: boolean): ExpositionProblem[] {
  const problems: ExpositionProblem[] = [];
  const note = (problem: string, line = family.line) => {
    problems.push({ line, metric: family.name, problem });
  };
  if (!family.hasHelp) note('no help text');
  lintName(family.name, note);
  lintType(family, isOpenMetrics, note);
  for (const [label, line] of family.labelNames) {
    if (CAMEL_CASE.test(label)) {
      note("label names should be written in 'snake_case' not 'camelCase'", line);
    }
  }
  if (family.repeatLine !== undefined) note('metric not unique', family.repeatLine);
  return problems;
}

type Note = (problem: string, line?: number) => void;

function lintName(name: string, note: Note): void {
  const improper = improperUnit(name);
  if (improper !== undefined) {
    note(`use base unit "${improper.base}" instead of "${improper.unit}"`);
  }
  if (name.includes(':')) note("metric names should not contain ':'");
  if (CAMEL_CASE.test(name)) {
    note("metric names should be written in 'snake_case' not 'camelCase'");
  }
  if (hasAbbreviatedUnit(name)) note('metric names should not contain abbreviated units');
}

function lintType(family: MetricFamily, isOpenMetrics: boolean, note: Note): void {
  const { name, type } = family;
  if (type === undefined || type === 'unknown') return;
  if (!isOpenMetrics) {
    const hasTotal = name.endsWith('_total');
    if (type === 'counter' && !hasTotal) note('counter metrics should have "_total" suffix');
    if (type !== 'counter' && hasTotal) note('non-counter metrics should not have "_total" suffix');
  }
  if (`${name.toLowerCase()}_`.includes(`_${type}_`)) {
    note(`metric name should not include type '${type}'`);
  }
  const isHistogram = type === 'histogram' || type === 'gaugehistogram';
  const isSummary = type === 'summary';
  if (!isHistogram) {
    if (name.endsWith('_bucket')) note('non-histogram metrics should not have "_bucket" suffix');
    noteLabel(family, 'le', 'non-histogram metrics should not have "le" label', note);
  }
  if (!isSummary) {
    noteLabel(family, 'quantile', 'non-summary metrics should not have "quantile" label', note);
  }
  if (isHistogram || isSummary) return;
  for (const suffix of ['_count', '_sum']) {
    if (!name.endsWith(suffix)) continue;
    note(`non-histogram and non-summary metrics should not have "${suffix}" suffix`);
  }
}

function noteLabel(family: MetricFamily, label: string, problem: string, note: Note): void {
  const line = family.labelNames.get(label);
  if (line !== undefined) note(problem, line);
}
