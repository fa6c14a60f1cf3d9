/** Facts, links and a chart of the alarm of a policy, for a message about it. */
import type { ClusterHistorySource } from '../../model/cluster-history.ts';
import type { Labels } from '../../model/labels.ts';
import type { ParserOptions } from '../../promql/ast.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { printExpr } from '../../promql/parser/print.ts';
import type { AlarmPolicy } from '../policy/alarm-policy.ts';
import { hasMetricUnit, valueText } from '../policy/compile-datapoint.ts';
import type { FindMetric } from '../policy/policy-metric.ts';
import type { PolicyQuery } from '../policy-evaluation/policy-evaluator.ts';
import { type ComparedValue, conditionValue } from './compared-value.ts';

/** An alarm, as the message about it has it. */
export interface ToldAlarm {
  readonly labels: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number | undefined;
}

export interface AlarmSeries {
  readonly labels: Labels;
  readonly timesMs: Float64Array;
  /** Of the display. */
  readonly values: Float64Array;
}

export interface AlarmChart extends Omit<ComparedValue, 'expr'> {
  /** As it can be asked again. */
  readonly text: string;
  readonly unit: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Those of the alarms, in their order. */
  readonly series: readonly AlarmSeries[];
}

export interface PolicyDetailsOptions {
  readonly findPolicy: (id: string) => AlarmPolicy | undefined;
  readonly findMetric: FindMetric;
  readonly parser: ParserOptions;
  readonly query: PolicyQuery;
  readonly history: ClusterHistorySource;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SPAN_MS_MIN = 3 * HOUR_MS;
const SPAN_MS_MAX = 24 * HOUR_MS;
/** What was before an alarm is shown for so long. */
const BEFORE_MS = HOUR_MS;
/** And what came after its end. */
const AFTER_MS = 10 * MINUTE_MS;
const STEP_MS_MIN = 15_000;
const POINTS_MAX = 240;
const SERIES_MAX = 6;
const EVENTS_MAX = 3;

/** @returns undefined for a policy that compares nothing, and where there are no samples */
export async function alarmChart(
  policy: AlarmPolicy,
  alarms: readonly ToldAlarm[],
  nowMs: number,
  options: PolicyDetailsOptions,
  signal: AbortSignal,
): Promise<AlarmChart | undefined> {
  const [alarm] = alarms;
  if (alarm === undefined) return undefined;
  const { conditions } = policy.spec;
  const id = alarm.labels.get('condition');
  const condition = conditions.find((one) => one.id === id) ?? conditions[0];
  if (condition === undefined) return undefined;
  const metric = condition.expr === '' ? options.findMetric(condition.metric) : undefined;
  const written = parseExpr(valueText(policy, condition, metric), options.parser);
  const { expr, threshold } = conditionValue(written, condition, alarm.labels.get('severity'));
  const isMetrics = hasMetricUnit(condition.operator);
  const factor = isMetrics ? (metric?.factor ?? 1) : 1;
  const { fromMs, toMs, stepMs } = chartTimes(alarm, nowMs);
  const found = await options.query.range(expr, fromMs, toMs, stepMs, signal);
  const series = alarms.flatMap(({ labels }) => found.filter((one) => isOf(one.labels, labels)));
  const shown = [...new Set(series)].slice(0, SERIES_MAX);
  if (shown.length === 0) return undefined;
  return {
    text: printExpr(expr),
    unit: isMetrics ? (metric?.unit ?? '') : '%',
    threshold,
    fromMs,
    toMs,
    stepMs,
    series: shown.map(({ labels, timestampsMs, values }) => ({
      labels,
      timesMs: timestampsMs,
      values: values.map((value) => value * factor),
    })),
  };
}

function chartTimes({ startsAtMs, endsAtMs }: ToldAlarm, nowMs: number) {
  const toMs = endsAtMs === undefined ? nowMs : Math.min(nowMs, endsAtMs + AFTER_MS);
  const wanted = toMs - startsAtMs + BEFORE_MS;
  const spanMs = Math.min(SPAN_MS_MAX, Math.max(SPAN_MS_MIN, wanted));
  const stepMs = Math.max(STEP_MS_MIN, Math.ceil(spanMs / POINTS_MAX / 1000) * 1000);
  return { fromMs: toMs - spanMs, toMs, stepMs };
}

/** A series says of each of its labels what the alarm says, if that has the label. */
function isOf(series: Labels, alarm: Labels): boolean {
  for (const [name, value] of series.entries()) {
    if (name !== '__name__' && alarm.has(name) && alarm.get(name) !== value) return false;
  }
  return true;
}

export interface RecentThings {
  /** Newest first. */
  readonly events: readonly { readonly atMs: number; readonly text: string }[];
  readonly changes: readonly { readonly atMs: number; readonly text: string }[];
}

/** What happened to the object before the alarm, and what was changed. */
export async function recentThings(
  { labels, startsAtMs, endsAtMs }: ToldAlarm,
  nowMs: number,
  history: ClusterHistorySource,
  signal: AbortSignal,
): Promise<RecentThings> {
  const name = labels.get('pod') || labels.get('workload') || labels.get('node');
  if (name === '' || !labels.has('cluster')) return { events: [], changes: [] };
  const namespace = labels.get('namespace');
  const filter = {
    fromMs: startsAtMs - HOUR_MS,
    toMs: endsAtMs ?? nowMs,
    clusters: [labels.get('cluster')],
    namespaces: namespace === '' ? [] : [namespace],
    kinds: [],
    names: [name],
  };
  const page = await history.events(
    { ...filter, reasons: [], types: ['Warning'], text: '' },
    EVENTS_MAX,
    undefined,
    signal,
  );
  const revisions = await history.revisions({ ...filter, uids: [] }, EVENTS_MAX, signal);
  return {
    events: page.events.map(({ lastMs, reason, message }) => {
      return { atMs: lastMs, text: `${reason}: ${message}` };
    }),
    changes: revisions.map(({ kind, name: changed, atMs, change, manager }) => {
      return { atMs, text: `${kind} ${changed} ${change}${manager === '' ? '' : ` (${manager})`}` };
    }),
  };
}
