/** Alarm policies that are shipped: those of the catalogue, and what Kubernetes is known to suffer. */
import type { ParserOptions } from '../../promql/ast.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { AlarmHint, CatalogueMetric } from '../catalogue/catalogue-metric.ts';
import { expandMacros } from '../catalogue/expand-macros.ts';
import { type AlarmPolicy, PolicyErrors } from './alarm-policy.ts';
import { DEFAULT_ALERTS, type DefaultAlert } from './default-alerts.ts';
import { readPolicy } from './read-policy.ts';

const MINUTE_MS = 60_000;

export interface PresetOptions {
  readonly parser: ParserOptions;
  /** The window of rates in expressions. */
  readonly windowMs: number;
}

/** @throws PolicyErrors; what is shipped has none, which a test checks */
export function defaultPolicies(options: PresetOptions): readonly AlarmPolicy[] {
  const trees = [
    ...CATALOGUE.flatMap((metric) =>
      (metric.alarms ?? []).map((hint, at) => hintTree(metric, hint, at, options.windowMs)),
    ),
    ...DEFAULT_ALERTS.map(alertTree),
  ];
  return trees.map((tree) => {
    const read = readPolicy(tree, options.parser, () => '');
    if (!read.ok) throw new PolicyErrors(read.problems, JSON.stringify(tree));
    return read.policy;
  });
}

function hintTree(metric: CatalogueMetric, hint: AlarmHint, at: number, windowMs: number): unknown {
  const suffix = at === 0 ? '' : `_${at + 1}`;
  const base = `${metric.name.replace(/^wk_/, '')}${suffix}`;
  const isOff = hint.kind === 'threshold' && hint.isOff === true;
  const detail = hint.kind === 'expr' ? `: ${hint.name}` : at === 0 ? '' : ` (${at + 1})`;
  return {
    metadata: {
      id: `default_${base}`,
      name: `${metric.en}${detail}`,
      description: metric.note ?? '',
      enabled: !isOff,
      preset: true,
    },
    spec:
      hint.kind === 'expr'
        ? exprSpec(expandMacros(hint.expr, windowMs), hint.severity, hint.forMs)
        : thresholdSpec(metric, hint),
  };
}

function thresholdSpec(
  { name, level }: CatalogueMetric,
  hint: Extract<AlarmHint, { kind: 'threshold' }>,
): unknown {
  const { operator, levels, where = {}, forMs } = hint;
  const filter = Object.entries(where).map(([label, value]) => ({ name: label, op: 'in', value }));
  // A state is not averaged: half a period of it is none.
  const statistic = operator === 'eq' || operator === 'ne' ? 'last' : 'avg';
  return {
    type: level,
    conditions: {
      items: [{ metric: name, filter, statistic, operator, levels, consecutive: periods(forMs) }],
    },
  };
}

function exprSpec(expr: string, severity: string, forMs: number): unknown {
  return {
    type: 'promql',
    severity,
    conditions: { items: [{ expr, consecutive: periods(forMs) }] },
  };
}

function periods(forMs: number): number {
  return Math.max(1, Math.round(forMs / MINUTE_MS));
}

function alertTree({ name, summary, expr, severity, forMinutes }: DefaultAlert): unknown {
  const id = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return {
    metadata: { id: `default_${id}`, name, description: summary, preset: true },
    spec: {
      ...(exprSpec(expr, severity, forMinutes * MINUTE_MS) as object),
      annotations: { summary },
    },
  };
}
