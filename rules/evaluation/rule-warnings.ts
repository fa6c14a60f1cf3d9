/** What of a rule cannot be meant, though Prometheus takes it. */
import type { Expr } from '../../promql/ast.ts';
import { documentedType, typeOf } from '../../promql/parser/value-type.ts';

interface WarnedRule {
  readonly identity: string;
  readonly expr: Expr;
}

/** Of each rule of a group. */
export function ruleWarnings(rules: readonly WarnedRule[]): readonly (readonly string[])[] {
  const places = new Map<string, number>();
  return rules.map(({ identity, expr }, index) => {
    const warnings: string[] = [];
    const type = typeOf(expr);
    if (type !== 'vector' && type !== 'scalar') {
      warnings.push(`the expression gives a ${documentedType(type)}: every evaluation fails`);
    }
    const first = places.get(identity);
    if (first === undefined) places.set(identity, index);
    else warnings.push(`has the name and labels of rule ${first + 1} of the group`);
    return warnings;
  });
}
