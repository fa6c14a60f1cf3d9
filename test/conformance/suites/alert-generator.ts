/**
 * The life of alerts by the alert generator specification of prometheus/compliance: the real
 * manager and engine in virtual time, each evaluation observed.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isResolvedAt } from '../../../model/alert.ts';
import { Labels } from '../../../model/labels.ts';
import { Matcher } from '../../../model/matcher.ts';
import type { ScriptSeries } from '../../../promql/promqltest/script.ts';
import { parseSequence } from '../../../promql/promqltest/series-notation.ts';
import { RuleRig, ruleFile } from '../../rule-rig.ts';
import type { ConformanceSuite } from '../suite.ts';

interface Transition {
  readonly rule?: string;
  readonly sample: number;
  readonly state: AlertState;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly change?: string;
}

interface LifeCycleCase {
  readonly group: string;
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly values: readonly string[];
    readonly samples: number;
  }[];
  readonly transitions: readonly Transition[];
}

interface Cases {
  readonly interval_seconds: number;
  readonly sample_interval_seconds: number;
  readonly resend_delay_seconds: number;
  readonly resolved_retention_seconds: number;
  readonly cases: readonly LifeCycleCase[];
}

type AlertState = 'inactive' | 'pending' | 'firing';

/** What was seen of one alert at one time. */
interface Observation {
  readonly timeMs: number;
  readonly state: AlertState;
  readonly annotations: Labels;
  /** State by the series ALERTS. */
  readonly seriesState: AlertState;
}

const START_MS = 1_700_000_000_000;
/** After the last sample, until nothing is told any more. */
const TAIL_MS = 30 * 60_000;

export const suite: ConformanceSuite = {
  name: 'alert-generator',
  caseCount: 4,
  async run(dir, report) {
    const folder = path.join(dir, 'alert-generator');
    const cases = JSON.parse(await readFile(path.join(folder, 'cases.json'), 'utf8')) as Cases;
    const rules = await readFile(path.join(folder, 'rules.yaml'), 'utf8');
    for (const one of cases.cases) {
      const problems = await judge(one, cases, rules);
      report({
        name: one.group,
        ok: problems.length === 0,
        expected: 'states, series and messages as specified',
        got: problems.join('\n'),
      });
    }
  },
};

async function judge(one: LifeCycleCase, cases: Cases, rules: string): Promise<readonly string[]> {
  const sampleMs = cases.sample_interval_seconds * 1000;
  const input = one.series.map((series) => inputSeries(series, sampleMs));
  const problems = one.series.flatMap(({ samples }, index) => {
    const count = input[index]?.samples.length ?? 0;
    return count === samples ? [] : [`series ${index} has ${count} samples, not ${samples}`];
  });
  const rig = new RuleRig({ startMs: START_MS - 1, input });
  const file = ruleFile(rules);
  await rig.apply({ ...file, groups: file.groups.filter(({ name }) => name === one.group) });
  const last = Math.max(...one.series.map(({ samples }) => samples));
  const observed = new Map<string, Observation[]>();
  const endMs = START_MS + last * sampleMs + TAIL_MS;
  while (rig.clock.nowMs() < endMs) {
    await rig.advance(sampleMs);
    await observe(rig, observed);
  }
  await rig.manager.stop();
  for (const transition of one.transitions) {
    for (const key of alertsOf(transition, one.group, observed)) {
      problems.push(...checkTransition(key, observed.get(key) ?? [], transition, cases));
    }
  }
  for (const [key, seen] of observed) problems.push(...checkMessages(rig, key, seen, cases));
  problems.push(...checkTemplates(observed));
  return problems;
}

function inputSeries(series: LifeCycleCase['series'][number], sampleMs: number): ScriptSeries {
  // `0x2`: two more of the value before.
  const values: number[] = [];
  for (const part of series.values) {
    const [step, count] = part.split('x');
    if (count === undefined) values.push(Number(part));
    else {
      for (let time = 0; time < Number(count); time++) {
        values.push((values.at(-1) ?? 0) + Number(step));
      }
    }
  }
  const { points } = parseSequence(`x ${values.join(' ')}`);
  return {
    labels: Labels.fromRecord(series.labels),
    samples: points.map((point, index) => ({
      timestampMs: START_MS + index * sampleMs,
      startTimestampMs: 0,
      point,
    })),
  };
}

/** Alerts are named `rule variant`, as the cases name them. */
function nameOf(labels: Labels, group: string): string {
  const rule = labels.get('alertname').replace(`${group}_`, '');
  const variant = labels.get('variant');
  return variant === '' ? rule : `${rule} variant ${variant}`;
}

async function observe(rig: RuleRig, observed: Map<string, Observation[]>): Promise<void> {
  const timeMs = rig.clock.nowMs();
  const { name: group = '', alertingRules = [] } = rig.manager.groups[0] ?? {};
  const now = new Map(
    alertingRules.flatMap((rule) =>
      rule.activeAlerts.map((alert) => [nameOf(alert.labels, group), alert] as const),
    ),
  );
  const series = await seriesStates(rig, group);
  for (const name of new Set([...observed.keys(), ...now.keys(), ...series.keys()])) {
    const seen = observed.get(name) ?? [];
    observed.set(name, seen);
    seen.push({
      timeMs,
      state: now.get(name)?.state ?? 'inactive',
      annotations: now.get(name)?.annotations ?? Labels.EMPTY,
      seriesState: series.get(name) ?? 'inactive',
    });
  }
}

/** The rules were restored after two evaluations, long before the first alert. */
async function seriesStates(rig: RuleRig, group: string): Promise<Map<string, AlertState>> {
  const endMs = rig.clock.nowMs();
  const { labels, offsets, timestampsMs, values } = await rig.store.select({
    matchers: [new Matcher('=', '__name__', 'ALERTS')],
    startMs: endMs - 300_000,
    endMs,
    samplesMax: 1_000_000,
  });
  const states = new Map<string, AlertState>();
  for (const [index, one] of labels.entries()) {
    const last = (offsets[index + 1] ?? 0) - 1;
    // A stale marker is a NaN.
    if (values[last] !== 1 || timestampsMs[last] === undefined) continue;
    states.set(nameOf(one, group), one.get('alertstate') as AlertState);
  }
  return states;
}

function alertsOf(
  { rule }: Transition,
  group: string,
  observed: ReadonlyMap<string, unknown>,
): readonly string[] {
  const names = [...observed.keys()];
  if (rule === 'both') return names;
  if (rule === undefined) return names.filter((name) => !name.startsWith(group));
  return names.includes(rule) ? [rule] : [`${rule} (never seen)`];
}

function checkTransition(
  name: string,
  seen: readonly Observation[],
  { sample, state, annotations, change }: Transition,
  cases: Cases,
): readonly string[] {
  const dueMs = START_MS + sample * cases.sample_interval_seconds * 1000;
  const lateMs = dueMs + cases.interval_seconds * 1000;
  const where = `${name} at sample ${sample}`;
  const before = seen.findLast(({ timeMs }) => timeMs < dueMs);
  const within = seen.filter(({ timeMs }) => timeMs >= dueMs && timeMs <= lateMs);
  const expected = Object.entries(annotations ?? {});
  const after =
    within.find(
      (one) =>
        one.state === state && expected.every(([name, text]) => one.annotations.get(name) === text),
    ) ?? within.at(-1);
  if (after === undefined) return [`${where}: not observed`];
  const problems: string[] = [];
  const isChange = change === undefined && annotations === undefined;
  if (isChange && before?.state === state) problems.push(`${where}: ${state} too early`);
  if (after.state !== state) problems.push(`${where}: ${after.state}, not ${state}`);
  if (after.seriesState !== state) {
    problems.push(`${where}: ALERTS says ${after.seriesState}, not ${state}`);
  }
  for (const [annotation, text] of expected) {
    const got = after.annotations.get(annotation);
    if (got !== text) problems.push(`${where}: ${annotation} is ${JSON.stringify(got)}`);
  }
  return problems;
}

/** Who was told when: at once on a change, then each time the delay has passed, to the end. */
function checkMessages(
  rig: RuleRig,
  name: string,
  seen: readonly Observation[],
  cases: Cases,
): readonly string[] {
  const group = rig.manager.groups[0]?.name ?? '';
  const messages = rig.sent.filter(({ alert }) => nameOf(alert.labels, group) === name);
  const intervalMs = cases.interval_seconds * 1000;
  const delayMs = cases.resend_delay_seconds * 1000;
  const retentionMs = cases.resolved_retention_seconds * 1000;
  const problems: string[] = [];
  const stateAt = (timeMs: number): AlertState | undefined =>
    seen.find((one) => one.timeMs >= timeMs)?.state;
  const wasFiring = seen.some(({ state }) => state === 'firing');
  if (!wasFiring && messages.length > 0) problems.push(`${name}: told though it never fired`);
  for (const [index, { atMs, alert }] of messages.entries()) {
    const where = `${name}: message ${index} at ${(atMs - START_MS) / 1000} s`;
    const isResolved = isResolvedAt(alert, atMs);
    const state = stateAt(atMs);
    if (state !== (isResolved ? 'inactive' : 'firing')) problems.push(`${where}: is ${state}`);
    const previous = messages[index - 1];
    const isNews =
      previous === undefined ||
      isResolvedAt(previous.alert, previous.atMs) !== isResolved ||
      previous.alert.startsAtMs !== alert.startsAtMs;
    if (isNews) {
      const changedAtMs = isResolved ? alert.endsAtMs : alert.startsAtMs;
      if (atMs !== changedAtMs)
        problems.push(`${where}: ${atMs - changedAtMs} ms after the change`);
    } else {
      const gapMs = atMs - previous.atMs;
      if (gapMs <= delayMs || gapMs > delayMs + intervalMs) problems.push(`${where}: ${gapMs} ms`);
    }
    const validMs = 4 * Math.max(delayMs, intervalMs);
    if (!isResolved && alert.endsAtMs !== atMs + validMs) problems.push(`${where}: ends too early`);
    if (isResolved && atMs - alert.endsAtMs > retentionMs) problems.push(`${where}: too late`);
  }
  const resolved = messages.filter(({ atMs, alert }) => isResolvedAt(alert, atMs)).at(-1);
  const toldMs = resolved === undefined ? retentionMs : resolved.atMs - resolved.alert.endsAtMs;
  if (toldMs < retentionMs - delayMs - intervalMs) {
    problems.push(`${name}: the end was told for ${toldMs / 1000} s only`);
  }
  return problems;
}

/** What the functions in `rules.yaml` give; values of the query change with time. */
const TEMPLATES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'ZeroFor',
    'template_query_test',
    [
      'Args are: foo bar 99. first_id:101,101:1,102:2,103:3,',
      'Args are: foo bar 99. first_id:101,101:2,102:4,103:6,',
    ],
  ],
  ['ZeroFor', 'template_test', ['1.049M 1Mi 2m 15s 95.9% 2022-01-25 12:36:43 +0000 UTC']],
  [
    'SmallFor',
    'template_test',
    ['This Part IS TESTING the strings. ::1 127.0.0.1. 7815. replaced text. .'],
  ],
];

function checkTemplates(observed: ReadonlyMap<string, readonly Observation[]>): readonly string[] {
  return TEMPLATES.flatMap(([name, annotation, expected]) => {
    const active = (observed.get(name) ?? []).filter(({ state }) => state !== 'inactive');
    return active
      .map(({ annotations }) => annotations.get(annotation))
      .filter((text) => !expected.includes(text))
      .slice(0, 1)
      .map((text) => `${name}: ${annotation} is ${JSON.stringify(text)}`);
  });
}
