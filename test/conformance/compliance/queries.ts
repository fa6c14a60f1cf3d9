/** The queries that are compared: the compliance tester's, and those of dashboards and rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface ComplianceQuery {
  readonly name: string;
  readonly query: string;
  /** Both must refuse it. */
  readonly shouldFail: boolean;
}

export function testerQueries(dir: string): readonly ComplianceQuery[] {
  const file = readFileSync(join(dir, 'promql-compliance/queries.json'), 'utf8');
  const { cases } = JSON.parse(file) as {
    readonly cases: readonly { readonly query: string; readonly should_fail?: boolean }[];
  };
  return cases.map(({ query, should_fail: shouldFail = false }) => {
    return { name: query, query, shouldFail };
  });
}

/** @param values of labels, for variables in matchers with `=`; those of the dumps unless given */
export function dashboardQueries(
  dir: string,
  values: Readonly<Record<string, string>> = VALUES,
): readonly ComplianceQuery[] {
  const folder = join(dir, 'dashboards');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /[\\/].*\.json$/.test(file))
    .sort();
  return files.flatMap((file) => {
    const expressions = expressionsIn(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    return expressions.map((expression, at) => ({
      name: `${file} #${at + 1}`,
      query: withValues(expression, values),
      shouldFail: false,
    }));
  });
}

export interface RecordingRule {
  readonly record: string;
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface RuleManifest {
  readonly spec: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly {
        readonly record?: string;
        readonly alert?: string;
        readonly expr: string | number;
        readonly labels?: Readonly<Record<string, string>>;
      }[];
    }[];
  };
}

/** The expressions of kube-prometheus' rules, and the recording ones among them. */
export function ruleQueries(dir: string): {
  readonly queries: readonly ComplianceQuery[];
  readonly recording: readonly RecordingRule[];
} {
  const queries: ComplianceQuery[] = [];
  const recording: RecordingRule[] = [];
  for (const { file, group } of ruleGroups(dir)) {
    for (const { record, alert, expr, labels = {} } of group.rules) {
      const query = String(expr);
      const name = `${file} ${group.name} ${record ?? alert ?? ''}`;
      queries.push({ name, query, shouldFail: false });
      if (record !== undefined) recording.push({ record, query, labels });
    }
  }
  return { queries, recording };
}

/** The groups of kube-prometheus' rules, each with the file it is in. */
export function ruleGroups(dir: string) {
  const folder = join(dir, 'rules/corpus/kube-prometheus');
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const manifest = parse(readFileSync(join(folder, file), 'utf8')) as RuleManifest;
      return manifest.spec.groups.map((group) => ({ file, group }));
    });
}

/** Every string under a key `expr`, at any depth. */
function expressionsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    return key === 'expr' && typeof value === 'string' ? [value] : expressionsIn(value);
  });
}

/** What the label has in the dumps, for matchers with `=`. */
const VALUES: Readonly<Record<string, string>> = {
  cluster: 'c1',
  job: 'node-exporter',
  namespace: 'kube-system',
  instance: 'node-1',
  node: 'datagen-1-35',
  pod: 'kube-apiserver-datagen-1-35',
  proto: 'tcp',
};

const MATCHER_WITH_VARIABLE = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*\$[^"]*)"/g;

/** A dashboard with "All" chosen wherever it can be. */
function withValues(expression: string, values: Readonly<Record<string, string>>): string {
  return expression
    .replaceAll(/\$(?:__\w+|\{?resolution\}?)/g, '5m')
    .replaceAll(MATCHER_WITH_VARIABLE, (_, label: string, operator: string, text: string) => {
      const value = operator.endsWith('~') ? '.*' : (values[label] ?? '');
      return `${label}${operator}"${text.replaceAll(/\$\{?\w+\}?/g, value)}"`;
    });
}
