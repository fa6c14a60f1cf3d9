/** What rules say about themselves, under the names of Prometheus. */
import { Counter, Gauge, Histogram, type Registry, Summary } from 'prom-client';

const RULE_QUANTILES = [0.5, 0.9, 0.99];
const GROUP_QUANTILES = [0.01, 0.05, 0.5, 0.9, 0.99];
const DURATION_BUCKETS_SECONDS = [0.01, 0.1, 1, 10];
/** Quantiles are of the last ten minutes, as in Go's client. */
const SUMMARY_AGE_SECONDS = 600;
const SUMMARY_AGE_BUCKETS = 5;

const GROUP_LABEL = 'rule_group';

export type RuleMetrics = ReturnType<typeof ruleMetrics>;

/** @param registry must not hold them yet */
export function ruleMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = [GROUP_LABEL] as const;
  const counter = (name: string, help: string) =>
    new Counter({ name: `prometheus_${name}`, help, registers, labelNames });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `prometheus_${name}`, help, registers, labelNames });
  const plainCounter = (name: string, help: string) =>
    new Counter({ name: `prometheus_${name}`, help, registers });
  const summary = (name: string, help: string, percentiles: number[]) =>
    new Summary({
      name: `prometheus_${name}`,
      help,
      registers,
      percentiles,
      maxAgeSeconds: SUMMARY_AGE_SECONDS,
      ageBuckets: SUMMARY_AGE_BUCKETS,
      pruneAgedBuckets: true,
    });
  const histogram = (name: string, help: string) =>
    new Histogram({
      name: `prometheus_${name}`,
      help,
      registers,
      buckets: DURATION_BUCKETS_SECONDS,
    });
  return {
    evaluationSeconds: summary(
      'rule_evaluation_duration_seconds',
      'The duration for a rule to execute.',
      RULE_QUANTILES,
    ),
    evaluationSecondsHistogram: histogram(
      'rule_evaluation_duration_histogram_seconds',
      'The duration for a rule to execute.',
    ),
    groupSeconds: summary(
      'rule_group_duration_seconds',
      'The duration of rule group evaluations.',
      GROUP_QUANTILES,
    ),
    groupSecondsHistogram: histogram(
      'rule_group_duration_histogram_seconds',
      'The duration of rule group evaluations.',
    ),
    templateExpansions: plainCounter(
      'template_text_expansions_total',
      'The total number of template text expansions.',
    ),
    templateFailures: plainCounter(
      'template_text_expansion_failures_total',
      'The total number of template text expansion failures.',
    ),
    byGroup: {
      iterationsMissed: counter(
        'rule_group_iterations_missed_total',
        'The total number of rule group evaluations missed due to slow rule group evaluation.',
      ),
      iterations: counter(
        'rule_group_iterations_total',
        'The total number of scheduled rule group evaluations, whether executed or missed.',
      ),
      evaluations: counter('rule_evaluations_total', 'The total number of rule evaluations.'),
      failures: counter(
        'rule_evaluation_failures_total',
        'The total number of rule evaluation failures.',
      ),
      intervalSeconds: gauge('rule_group_interval_seconds', 'The interval of a rule group.'),
      lastEvaluationSeconds: gauge(
        'rule_group_last_evaluation_timestamp_seconds',
        'The timestamp of the last rule group evaluation in seconds.',
      ),
      lastDurationSeconds: gauge(
        'rule_group_last_duration_seconds',
        'The duration of the last rule group evaluation.',
      ),
      lastRuleSecondsSum: gauge(
        'rule_group_last_rule_duration_sum_seconds',
        'The sum of time in seconds it took to evaluate each rule in the group regardless of concurrency.',
      ),
      lastRestoreSeconds: gauge(
        'rule_group_last_restore_duration_seconds',
        'The duration of the last alert rules alerts restoration using the `ALERTS_FOR_STATE` series.',
      ),
      rules: gauge('rule_group_rules', 'The number of rules.'),
      lastSamples: gauge(
        'rule_group_last_evaluation_samples',
        'The number of samples returned during the last rule group evaluation.',
      ),
    },
  };
}

type ByGroup = RuleMetrics['byGroup'];
type Child<M> =
  M extends Counter<string>
    ? Counter.Internal
    : M extends Gauge<string>
      ? Gauge.Internal<string>
      : never;

/** Those of one group, looked up once. */
export type GroupMetrics = { readonly [Name in keyof ByGroup]: Child<ByGroup[Name]> } & {
  readonly all: RuleMetrics;
  /** The group is gone: so are its series. */
  remove(): void;
};

export function groupMetrics(all: RuleMetrics, groupKey: string): GroupMetrics {
  const labels = { [GROUP_LABEL]: groupKey } as const;
  const { byGroup } = all;
  const { iterationsMissed, iterations, evaluations, failures } = byGroup;
  // Alerts on them need the zero before the first of anything.
  for (const counter of [iterationsMissed, iterations, evaluations, failures]) {
    counter.inc(labels, 0);
  }
  return {
    all,
    iterationsMissed: byGroup.iterationsMissed.labels(labels),
    iterations: byGroup.iterations.labels(labels),
    evaluations: byGroup.evaluations.labels(labels),
    failures: byGroup.failures.labels(labels),
    intervalSeconds: byGroup.intervalSeconds.labels(labels),
    lastEvaluationSeconds: byGroup.lastEvaluationSeconds.labels(labels),
    lastDurationSeconds: byGroup.lastDurationSeconds.labels(labels),
    lastRuleSecondsSum: byGroup.lastRuleSecondsSum.labels(labels),
    lastRestoreSeconds: byGroup.lastRestoreSeconds.labels(labels),
    rules: byGroup.rules.labels(labels),
    lastSamples: byGroup.lastSamples.labels(labels),
    remove: () => {
      for (const metric of Object.values(byGroup)) metric.remove(labels);
    },
  };
}
