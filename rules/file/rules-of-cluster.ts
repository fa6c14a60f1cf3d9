/** Rules that come from a cluster see that cluster alone. */
import { compareUtf8 } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { Expr, VectorSelector } from '../../promql/ast.ts';
import type { RuleGroupConfig, RuleLabels } from './rule-file.ts';

const LABEL = 'cluster';

/**
 * Every selector that does not ask for a cluster asks for this one, and what the rules write or
 * fire has its name: two clusters with the same rules would write the same series twice.
 */
export function rulesOfCluster(group: RuleGroupConfig, cluster: string): RuleGroupConfig {
  const matcher = new Matcher('=', LABEL, cluster);
  return {
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: restrict(rule.expr, matcher),
      labels: withCluster(rule.labels, cluster),
    })),
  };
}

function withCluster(labels: RuleLabels, cluster: string): RuleLabels {
  if (labels.some(([name]) => name === LABEL)) return labels;
  return [...labels, [LABEL, cluster] as const].sort(([a], [b]) => compareUtf8(a, b));
}

function restrict(expr: Expr, matcher: Matcher): Expr {
  switch (expr.kind) {
    case 'aggregate':
      return {
        ...expr,
        expr: restrict(expr.expr, matcher),
        param: expr.param === undefined ? undefined : restrict(expr.param, matcher),
      };
    case 'binary':
      return { ...expr, lhs: restrict(expr.lhs, matcher), rhs: restrict(expr.rhs, matcher) };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => restrict(arg, matcher)) };
    case 'paren':
    case 'unary':
    case 'subquery':
      return { ...expr, expr: restrict(expr.expr, matcher) };
    case 'matrix-selector':
      return { ...expr, selector: restrictSelector(expr.selector, matcher) };
    case 'vector-selector':
      return restrictSelector(expr, matcher);
    case 'number':
    case 'string':
      return expr;
  }
}

function restrictSelector(selector: VectorSelector, matcher: Matcher): VectorSelector {
  if (selector.matchers.some(({ name }) => name === matcher.name)) return selector;
  return { ...selector, matchers: [matcher, ...selector.matchers] };
}
