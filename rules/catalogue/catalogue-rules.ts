/** The catalogue as recording rules. */
import type { ParserOptions } from '../../promql/ast.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { walkExpr } from '../../promql/parser/walk.ts';
import type { RuleConfig, RuleFile } from '../file/rule-file.ts';
import { CATALOGUE } from './catalogue.ts';
import { metricExpression } from './metric-expression.ts';

/** What the API shows in place of a file. */
export const CATALOGUE_FILE = 'builtin:catalogue';
const INTERVAL_MS = 30_000;

/**
 * One group, so that all metrics have one time and a cluster's value never mixes two rounds; what
 * a rule reads stands before it.
 * @param windowMs of rates
 */
export function catalogueRules(windowMs: number, parser: ParserOptions): RuleFile {
  const rules = CATALOGUE.map((metric): RuleConfig => {
    const expr = parseExpr(metricExpression(metric, windowMs), parser);
    return {
      record: metric.name,
      alert: '',
      expr,
      forMs: 0,
      keepFiringForMs: 0,
      labels: [],
      annotations: [],
    };
  });
  const group = {
    name: 'catalogue',
    intervalMs: INTERVAL_MS,
    queryOffsetMs: undefined,
    limit: 0,
    rules: inOrderOfReading(rules),
  };
  return { file: CATALOGUE_FILE, groups: [group], warnings: [] };
}

/** Each rule after those that it reads. */
function inOrderOfReading(rules: readonly RuleConfig[]): readonly RuleConfig[] {
  const byName = new Map(rules.map((rule) => [rule.record, rule]));
  const ordered = new Set<RuleConfig>();
  const begun = new Set<RuleConfig>();
  const add = (rule: RuleConfig): void => {
    if (ordered.has(rule)) return;
    if (begun.has(rule)) throw new Error(`${rule.record} reads itself`);
    begun.add(rule);
    walkExpr(rule.expr, (node) => {
      const read = node.kind === 'vector-selector' ? byName.get(node.name) : undefined;
      if (read !== undefined) add(read);
      return undefined;
    });
    ordered.add(rule);
  };
  for (const rule of rules) add(rule);
  return [...ordered];
}
