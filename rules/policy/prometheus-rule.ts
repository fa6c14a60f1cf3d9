/** Alarm policies as PrometheusRule objects of the Prometheus operator, and back. */
import { DurationError, formatDurationMs, parseDurationMs } from '../../model/duration.ts';
import type { ParserOptions } from '../../promql/ast.ts';
import { printExpr } from '../../promql/parser/print.ts';
import { type AlarmPolicy, PolicyErrors, type PolicyProblem } from './alarm-policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { isRecord } from './policy-fields.ts';
import { idOfName } from './policy-file.ts';
import { readPolicy } from './read-policy.ts';
import { writePolicy } from './write-policy.ts';

/** The policy as it is, so that nothing is lost on the way. */
const POLICY_ANNOTATION = 'watchkeeper.io/alarm-policy';
/** Said of rules that Prometheus evaluates a little otherwise than we do. */
const APPROXIMATE_ANNOTATION = 'watchkeeper.io/approximate';

const MINUTE_MS = 60_000;

export function prometheusRule(compiled: CompiledPolicy): Readonly<Record<string, unknown>> {
  const { policy, file, isNative } = compiled;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: policy.id.replaceAll('_', '-'),
      labels: { 'app.kubernetes.io/managed-by': 'watchkeeper' },
      annotations: {
        [POLICY_ANNOTATION]: JSON.stringify(writePolicy(policy)),
        ...(isNative ? { [APPROXIMATE_ANNOTATION]: 'true' } : {}),
      },
    },
    spec: {
      groups: file.groups.map((group) => ({
        name: group.name,
        interval: formatDurationMs(group.intervalMs),
        ...(group.queryOffsetMs === undefined
          ? {}
          : { query_offset: formatDurationMs(group.queryOffsetMs) }),
        rules: group.rules.map((rule) => ({
          alert: rule.alert,
          expr: printExpr(rule.expr),
          for: formatDurationMs(rule.forMs),
          ...(rule.keepFiringForMs === 0
            ? {}
            : { keep_firing_for: formatDurationMs(rule.keepFiringForMs) }),
          labels: Object.fromEntries(rule.labels),
          annotations: Object.fromEntries(rule.annotations),
        })),
      })),
    },
  };
}

/**
 * The policies of a PrometheusRule: the ones it was made of, or one per alert of any other.
 * Recording rules have no place in policies and are left out.
 * @throws PolicyErrors
 */
export function policiesOf(
  value: unknown,
  source: string,
  parser: ParserOptions,
): readonly AlarmPolicy[] {
  const trees = policyTrees(value);
  const problems: PolicyProblem[] = [];
  const policies = trees.flatMap(({ tree, path }) => {
    const read = readPolicy(tree, parser, () => 'pol_unnamed');
    if (read.ok) return [read.policy];
    problems.push(...read.problems.map((one) => ({ ...one, path: `${path}: ${one.path}` })));
    return [];
  });
  if (problems.length > 0) throw new PolicyErrors(problems, source);
  return policies;
}

interface PolicyTree {
  readonly tree: unknown;
  readonly path: string;
}

function policyTrees(value: unknown): readonly PolicyTree[] {
  const { metadata, spec } = asRecord(value);
  const { name, annotations } = asRecord(metadata);
  const kept = asRecord(annotations)[POLICY_ANNOTATION];
  if (typeof kept === 'string') return [{ tree: parseJson(kept), path: POLICY_ANNOTATION }];
  const groups = asList(asRecord(spec)['groups'] ?? asRecord(value)['groups']);
  return groups.flatMap((group, groupAt) => {
    const { rules, interval, name: groupName } = asRecord(group);
    const intervalMs = durationOf(interval) ?? MINUTE_MS;
    return asList(rules).flatMap((rule, ruleAt) => {
      const { alert } = asRecord(rule);
      if (typeof alert !== 'string') return [];
      const path = `spec.groups[${groupAt}].rules[${ruleAt}]`;
      const id = idOfName(`${textOf(name)} ${textOf(groupName)} ${alert} ${ruleAt}`.trim());
      return [{ tree: alertTree(asRecord(rule), alert, id, intervalMs), path }];
    });
  });
}

/** Waiting for `for` becomes so many periods in which the expression holds. */
function alertTree(
  rule: Readonly<Record<string, unknown>>,
  alert: string,
  id: string,
  intervalMs: number,
): unknown {
  const { severity, ...labels } = asRecord(rule['labels']);
  const isKnown = severity === 'info' || severity === 'warning' || severity === 'critical';
  const forMs = durationOf(rule['for']) ?? 0;
  return {
    metadata: { id, name: alert, labels },
    spec: {
      type: 'promql',
      conditions: {
        items: [
          {
            expr: typeof rule['expr'] === 'number' ? String(rule['expr']) : rule['expr'],
            period: formatDurationMs(intervalMs),
            consecutive: Math.floor(forMs / intervalMs) + 1,
          },
        ],
      },
      severity: isKnown ? severity : 'warning',
      keepFiringFor: rule['keep_firing_for'] ?? '0s',
      annotations: rule['annotations'] ?? {},
    },
  };
}

function durationOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return parseDurationMs(value);
  } catch (error) {
    if (error instanceof DurationError) return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
