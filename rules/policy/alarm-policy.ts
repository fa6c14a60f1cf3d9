/** An alarm policy as people write it, read and checked; durations in milliseconds. */
import type { MatchType } from '../../model/matcher.ts';

export const POLICY_TYPES = [
  'cluster',
  'node',
  'workload',
  'pod',
  'container',
  'pvc',
  'service',
  'event',
  'promql',
  'absence',
] as const;
export type PolicyType = (typeof POLICY_TYPES)[number];

/** From the mildest to the worst. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const STATISTICS = [
  'avg',
  'max',
  'min',
  'sum',
  'last',
  'count',
  'p50',
  'p90',
  'p95',
  'p99',
  'stddev',
  'delta',
  'increase',
  'rate',
] as const;
export type Statistic = (typeof STATISTICS)[number];

const COMPARISONS = ['gt', 'ge', 'lt', 'le', 'eq', 'ne', 'between', 'outside'] as const;
const CHANGES = [
  'day_increase',
  'day_decrease',
  'day_wave',
  'week_increase',
  'week_decrease',
  'week_wave',
  'cycle_increase',
  'cycle_decrease',
  'cycle_wave',
] as const;
/**
 * Changes are percents of the value a day, a week or a period before; `anomaly` counts standard
 * deviations from the day's mean; `present` is met by any value, for PromQL that compares itself.
 */
export const OPERATORS = [...COMPARISONS, ...CHANGES, 'anomaly', 'present'] as const;
export type Operator = (typeof OPERATORS)[number];
/** Those with two bounds. */
export type RangeOperator = 'between' | 'outside';

export const MISSING_TREATMENTS = ['missing', 'not_breaching', 'breaching', 'ignore'] as const;
export type MissingTreatment = (typeof MISSING_TREATMENTS)[number];

/** One demand on one label; `values` of `in` and `notin`, else one. */
export interface LabelDemand {
  readonly name: string;
  readonly op: MatchType | 'in' | 'notin';
  readonly values: readonly string[];
}

/** All demands of an inner list must be met, by one of the lists. */
export type LabelChoice = readonly (readonly LabelDemand[])[];

export interface PolicyTarget {
  /** Undefined: all clusters. */
  readonly clusters: readonly LabelDemand[] | undefined;
  readonly mode: 'all' | 'objects' | 'selector';
  /** Label values of each object, for mode `objects`. */
  readonly objects: readonly Readonly<Record<string, string>>[];
  /** For mode `selector`. */
  readonly selector: LabelChoice;
  readonly exclude: LabelChoice;
  /** A Kubernetes label selector; '' for none. */
  readonly labelSelector: string;
  /** Undefined: the labels that make an object of the type. */
  readonly groupBy: readonly string[] | undefined;
}

/** In the unit of the display. A number, or the two bounds of `between` and `outside`. */
export type Threshold = number | readonly [number, number];

export interface PolicyRecovery {
  readonly threshold: number;
  /** Periods that must be past the threshold. */
  readonly consecutive: number;
}

export interface PolicyCondition {
  readonly id: string;
  /** '' when there is an expression. */
  readonly metric: string;
  /** PromQL, for type `promql`; '' when there is a metric. */
  readonly expr: string;
  /** Of the metric's own labels. */
  readonly filter: readonly LabelDemand[];
  readonly statistic: Statistic;
  readonly periodMs: number;
  readonly operator: Operator;
  /** One threshold for the severity of the policy, or one per level. */
  readonly thresholds: Readonly<Partial<Record<Severity, Threshold>>>;
  /** False: `thresholds` has one entry, under the severity of the policy. */
  readonly hasLevels: boolean;
  /** Of the last `n` periods `m` must breach. */
  readonly datapoints: { readonly m: number; readonly n: number };
  readonly recovery: PolicyRecovery | undefined;
  /** Samples a period needs to count as a datapoint. */
  readonly minSamples: number;
}

export interface MissingData {
  readonly treat: MissingTreatment;
  /** How much further than `n` periods one looks back, in multiples of `n`. */
  readonly range: number;
  readonly noDataAfterMs: number;
  /** An alert of its own when an object gives no data any more. */
  readonly notify: boolean;
}

export interface EventFilter {
  readonly reasons: readonly string[];
  readonly types: readonly string[];
  readonly kinds: readonly string[];
  /** '' for any. */
  readonly messageRegex: string;
  readonly minCount: number;
  readonly windowMs: number;
}

export interface RepeatDecay {
  readonly afterMs: number;
  readonly intervalMs: number;
  /** 0: never stops. */
  readonly stopAfterMs: number;
}

export interface PolicyRepeat {
  readonly mode: 'never' | 'interval' | 'exponential';
  readonly intervalMs: number;
  /** Repeats after the first message; 0: any number. */
  readonly max: number;
  readonly decay: RepeatDecay | undefined;
}

export interface PolicyNotification {
  /** Receivers; levels undefined: all. */
  readonly templates: readonly {
    readonly id: string;
    readonly levels: readonly Severity[] | undefined;
  }[];
  readonly sendResolved: boolean;
  readonly repeat: PolicyRepeat;
  readonly group: {
    readonly by: readonly string[];
    readonly waitMs: number;
    readonly intervalMs: number;
  };
}

/** 1 is Monday, 7 Sunday. */
export interface ActiveWindow {
  readonly weekdays: readonly number[];
  readonly startMinute: number;
  /** Not below the start; 1440 is the end of the day. */
  readonly endMinute: number;
}

export interface ActiveTime {
  /** IANA name. */
  readonly timezone: string;
  readonly windows: readonly ActiveWindow[];
  readonly outside: 'mute' | 'do_not_evaluate';
}

export interface PolicySpec {
  readonly type: PolicyType;
  readonly target: PolicyTarget;
  readonly logic: 'any' | 'all' | 'expression';
  /** '' unless the logic is an expression. */
  readonly expression: string;
  readonly conditions: readonly PolicyCondition[];
  readonly missingData: MissingData;
  readonly events: readonly EventFilter[];
  readonly severity: Severity;
  readonly keepFiringForMs: number;
  readonly notification: PolicyNotification;
  readonly activeTime: ActiveTime | undefined;
  readonly dependsOn: readonly { readonly policy: string; readonly equal: readonly string[] }[];
  /** Names of time intervals in which nobody is told. */
  readonly maintenance: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface AlarmPolicy {
  /** `pol_…`; never changes. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  /** Shipped with the program. */
  readonly preset: boolean;
  readonly spec: PolicySpec;
}

/** A mistake in a policy: where, what, and what to write instead. */
export interface PolicyProblem {
  /** `spec.conditions.items[0].period` */
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
}

/** A policy that was refused. */
export class PolicyErrors extends Error {
  override readonly name = 'PolicyErrors';
  readonly problems: readonly PolicyProblem[];

  /** @param problems at least one */
  constructor(problems: readonly PolicyProblem[], source = '') {
    const prefix = source === '' ? '' : `${source}: `;
    super(problems.map((one) => prefix + problemText(one)).join('\n'));
    this.problems = problems;
  }
}

export function problemText({ path, problem, fix }: PolicyProblem): string {
  return `${path}: ${problem}${fix === '' ? '' : `; ${fix}`}`;
}
