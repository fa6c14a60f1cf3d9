/** Evaluates what PromQL cannot say of a policy: datapoints are kept, states remembered. */
import { type Labels, METRIC_NAME, quoteGo } from '../../model/labels.ts';
import { WallClocks } from '../../model/wall-time.ts';
import type { Expr } from '../../promql/ast.ts';
import type { RuleSample } from '../evaluation/rule-query.ts';
import { SEVERITIES, type Severity } from '../policy/alarm-policy.ts';
import { commonIdentity, STATE_METRIC } from '../policy/compile-condition.ts';
import type { NativeOutput, NativePlan } from '../policy/native-plan.ts';
import { isActiveAt } from './active-time.ts';
import { ConditionState, type WatchedObject } from './condition-state.ts';

/** Points of one series, in order of time. */
export interface PointSeries {
  readonly labels: Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** How the evaluator asks. @throws QueryError and what the store throws */
export interface PolicyQuery {
  range(
    expr: Expr,
    startMs: number,
    endMs: number,
    stepMs: number,
    signal: AbortSignal,
  ): Promise<readonly PointSeries[]>;
  /** @param lookbackMs how old a sample may be; undefined: as usual */
  instant(
    expr: string | Expr,
    timeMs: number,
    lookbackMs: number | undefined,
    signal: AbortSignal,
  ): Promise<readonly RuleSample[]>;
}

export interface PolicyResult {
  /** By the place of the output. */
  readonly outputs: readonly (readonly RuleSample[])[];
  /** `wk_alarm_state`: 1 firing, 2 no data; objects that are well have none. */
  readonly states: readonly RuleSample[];
}

const NOTHING: PolicyResult = { outputs: [], states: [] };
const FIRING = 1;
const NO_DATA = 2;
/** States of before are taken up when they are not older. */
const STATE_AGE_MS_MAX = 3_600_000;
const DAY_MS = 86_400_000;
const OBJECTS_STEP_MS = 300_000;

export class PolicyEvaluator {
  readonly #plan: NativePlan;
  readonly #query: PolicyQuery;
  readonly #conditions: readonly ConditionState[];
  readonly #clocks = new WallClocks();
  #isStarted = false;
  /** Rules of one policy share an evaluation. */
  #last: { readonly timeMs: number; readonly result: Promise<PolicyResult> } | undefined;

  constructor(plan: NativePlan, query: PolicyQuery) {
    this.#plan = plan;
    this.#query = query;
    this.#conditions = plan.conditions.map((one) => new ConditionState(one, plan.treat));
  }

  /** @param timeMs of the queries; never below the one before */
  evaluate(timeMs: number, signal: AbortSignal): Promise<PolicyResult> {
    if (this.#last?.timeMs !== timeMs) {
      this.#last = { timeMs, result: this.#evaluate(timeMs, signal) };
    }
    return this.#last.result;
  }

  async #evaluate(timeMs: number, signal: AbortSignal): Promise<PolicyResult> {
    const { activeTime } = this.#plan;
    if (activeTime !== undefined && !isActiveAt(activeTime, timeMs, this.#clocks)) return NOTHING;
    if (!this.#isStarted) {
      await this.#start(timeMs, signal);
      this.#isStarted = true;
    }
    for (const state of this.#conditions) await this.#read(state, timeMs, signal);
    await this.#forgetGone(timeMs, signal);
    for (const state of this.#conditions) state.judge();
    return {
      outputs: this.#plan.outputs.map((output) => this.#output(output)),
      states: this.#conditions.flatMap((state) => [...this.#states(state)]),
    };
  }

  /** What a process before had: objects of the last day, and states that cannot be found anew. */
  async #start(timeMs: number, signal: AbortSignal): Promise<void> {
    const { treat, policyId } = this.#plan;
    if (treat !== 'not_breaching') {
      for (const state of this.#conditions) {
        const { value, periodMs } = state.condition;
        const startMs = timeMs - DAY_MS;
        const seen = await this.#query.range(value, startMs, timeMs, OBJECTS_STEP_MS, signal);
        for (const { labels, timestampsMs } of seen) {
          const lastMs = timestampsMs.at(-1) ?? startMs;
          state.know(labels).lastPeriod = Math.floor(lastMs / periodMs);
        }
      }
    }
    const selector = `${STATE_METRIC}{policy_id=${quoteGo(policyId)}} == ${FIRING}`;
    const before = await this.#query.instant(selector, timeMs, STATE_AGE_MS_MAX, signal);
    for (const { labels } of before) {
      const id = labels.get('condition');
      const level = SEVERITIES.find((one) => one === labels.get('severity'));
      const state = this.#conditions.find(({ condition }) => condition.id === id);
      if (state === undefined || level === undefined) continue;
      const object = state.know(labels.without(STATE_LABELS));
      object.lastPeriod = Math.max(
        object.lastPeriod,
        Math.floor(timeMs / state.condition.periodMs) - 1,
      );
      object.states.set(level, 'firing');
    }
  }

  /** The periods that have ended since the last evaluation. */
  async #read(state: ConditionState, timeMs: number, signal: AbortSignal): Promise<void> {
    const { value, periodMs } = state.condition;
    const newest = Math.floor(timeMs / periodMs);
    const oldest = Math.max(newest - state.keptPeriods, state.period ?? 0) + 1;
    if (oldest > newest) return;
    const found = await this.#query.range(
      value,
      oldest * periodMs,
      newest * periodMs,
      periodMs,
      signal,
    );
    state.advance(newest);
    for (const { labels, timestampsMs, values } of found) {
      for (let at = 0; at < values.length; at++) {
        const period = Math.round((timestampsMs[at] as number) / periodMs);
        state.put(labels, period, values[at] as number);
      }
    }
  }

  async #forgetGone(timeMs: number, signal: AbortSignal): Promise<void> {
    const { existence, treat } = this.#plan;
    if (existence === undefined || treat === 'not_breaching') return;
    const there = await this.#query.instant(existence.expr, timeMs, undefined, signal);
    // Without a single one there is nobody who would tell.
    if (there.length === 0) return;
    const on = new Set(existence.on);
    const keys = new Set(there.map(({ labels }) => labels.only(on).key));
    for (const state of this.#conditions) {
      state.forget((labels) => {
        const own = labels.only(on);
        return own.size < on.size || keys.has(own.key);
      });
    }
  }

  #output({ clauses, level, unless }: NativeOutput): readonly RuleSample[] {
    const worse = new Set(
      unless.flatMap((one) => this.#holding(clauses, one).map(({ labels }) => labels.key)),
    );
    return this.#holding(clauses, level).filter(({ labels }) => !worse.has(labels.key));
  }

  /** Objects for which one of the clauses holds, each once. */
  #holding(clauses: NativeOutput['clauses'], level: Severity): readonly RuleSample[] {
    const found = new Map<string, RuleSample>();
    const on = commonIdentity(this.#plan.conditions);
    const taken = new Set<string>();
    for (const { positive, negative } of clauses) {
      const [first, ...others] = positive.map((id) => this.#condition(id));
      if (first === undefined) continue;
      const tests = [
        ...others.map((other) => this.#joined(first, other, level)),
        ...negative.map((id) => not(this.#joined(first, this.#condition(id), level))),
      ];
      const added: string[] = [];
      for (const object of firing(first, level)) {
        if (!tests.every((test) => test(object.labels))) continue;
        const identity = identityKey(object.labels, on);
        if (taken.has(identity)) continue;
        const value = object.lastValue * first.condition.factor;
        found.set(object.labels.key, { labels: object.labels, value });
        added.push(identity);
      }
      // As `or on` in PromQL: an earlier alternative has the object to itself.
      for (const identity of added) taken.add(identity);
    }
    return [...found.values()];
  }

  /** Whether the other condition holds for the object of the first one. */
  #joined(
    first: ConditionState,
    other: ConditionState | undefined,
    level: Severity,
  ): (labels: Labels) => boolean {
    if (other === undefined) return () => false;
    const on = commonIdentity([first.condition, other.condition]);
    const keys = new Set([...firing(other, level)].map(({ labels }) => identityKey(labels, on)));
    return (labels) => keys.has(identityKey(labels, on));
  }

  #condition(id: string): ConditionState | undefined {
    return this.#conditions.find(({ condition }) => condition.id === id);
  }

  *#states({ condition, objects }: ConditionState): Generator<RuleSample> {
    for (const { labels, states } of objects) {
      for (const [severity, state] of states) {
        if (state === 'ok') continue;
        const value = state === 'firing' ? FIRING : NO_DATA;
        yield {
          labels: labels
            .with(METRIC_NAME, STATE_METRIC)
            .with('policy_id', this.#plan.policyId)
            .with('condition', condition.id)
            .with('severity', severity),
          value,
        };
      }
    }
  }
}

const STATE_LABELS = new Set([METRIC_NAME, 'policy_id', 'condition', 'severity']);

function* firing(state: ConditionState, level: Severity): Generator<WatchedObject> {
  for (const object of state.objects) {
    if (object.states.get(level) === 'firing') yield object;
  }
}

function identityKey(labels: Labels, on: readonly string[] | undefined): string {
  return on === undefined ? labels.key : labels.only(new Set(on)).key;
}

function not(test: (labels: Labels) => boolean): (labels: Labels) => boolean {
  return (labels) => !test(labels);
}
