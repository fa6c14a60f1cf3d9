/** An alarm policy as the API writes it: the parts that the pages show. */
export interface Policy {
  readonly metadata: {
    readonly id: string;
    readonly name: string;
    readonly enabled: boolean;
    readonly preset: boolean;
    readonly revision: number;
  };
  readonly spec: {
    readonly type: string;
    readonly severity: string;
    readonly conditions: { readonly logic: string; readonly items: readonly Condition[] };
  };
  readonly status: {
    readonly pending: number;
    readonly firing: number;
    readonly lastError?: string;
    readonly warnings?: readonly string[];
  };
}

interface Condition {
  readonly metric?: string;
  readonly expr?: string;
  readonly statistic?: string;
  readonly period?: string;
  readonly operator?: string;
  readonly threshold?: number | readonly number[];
  readonly levels?: Readonly<Record<string, number>>;
  readonly datapoints?: { readonly m: number; readonly n: number };
}

const SIGNS: Readonly<Record<string, string>> = {
  gt: '>',
  ge: '≥',
  lt: '<',
  le: '≤',
  eq: '=',
  ne: '≠',
};

/** Such as `avg(wk_pod_memory_limit_ratio) > 90, 3 of 5 × 1m`. */
export function conditionText(condition: Condition): string {
  const { metric, expr, statistic = 'avg', period = '', operator = '', datapoints } = condition;
  const what = metric === undefined ? (expr ?? '') : `${statistic}(${metric})`;
  const limits =
    condition.levels === undefined
      ? String(condition.threshold ?? '')
      : Object.entries(condition.levels)
          .map(([level, value]) => `${value} (${level})`)
          .join(', ');
  const often = datapoints === undefined ? '' : `, ${datapoints.m} / ${datapoints.n} × ${period}`;
  return `${what} ${SIGNS[operator] ?? operator} ${limits}${often}`.trim();
}

export function conditionsText(policy: Policy): string {
  const { logic, items } = policy.spec.conditions;
  return items.map(conditionText).join(logic === 'any' ? ' ∨ ' : ' ∧ ');
}

/** What the form asks for. */
export interface PolicyDraft {
  readonly name: string;
  readonly type: string;
  readonly metric: string;
  readonly namespace: string;
  readonly operator: string;
  readonly threshold: number;
  readonly m: number;
  readonly n: number;
  readonly severity: string;
}

/** The tree that the API takes. */
export function policyOf(draft: PolicyDraft): unknown {
  const selector =
    draft.namespace === '' ? [] : [[{ name: 'namespace', op: '=~', value: draft.namespace }]];
  return {
    apiVersion: 'watchkeeper/v1',
    kind: 'AlarmPolicy',
    metadata: { name: draft.name === '' ? draft.metric : draft.name },
    spec: {
      type: draft.type,
      target: selector.length === 0 ? { mode: 'all' } : { mode: 'selector', selector },
      conditions: {
        logic: 'all',
        items: [
          {
            id: 'c1',
            metric: draft.metric,
            statistic: 'avg',
            period: '60s',
            operator: draft.operator,
            threshold: draft.threshold,
            datapoints: { m: draft.m, n: draft.n },
          },
        ],
      },
      severity: draft.severity,
    },
  };
}
