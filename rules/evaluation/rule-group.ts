/** A group of rules: evaluated together, one slot after the other. */
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import { type SeriesRef, StoreUnavailableError } from '../../model/sink.ts';
import { QueryError } from '../../promql/engine/query-error.ts';
import type { PolicyQuery } from '../policy-evaluation/policy-evaluator.ts';
import type { ActiveAlert } from './active-alert.ts';
import { type AlertChange, AlertingRule } from './alerting-rule.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { evaluationBatches } from './dependencies.ts';
import type { RecordingRule } from './recording-rule.ts';
import type { GroupMetrics } from './rule-metrics.ts';
import type { RuleQuery } from './rule-query.ts';
import {
  appendStale,
  NOTHING_WRITTEN,
  type RuleSink,
  type WrittenSeries,
  writeSamples,
} from './sample-writer.ts';

export type Rule = RecordingRule | AlertingRule;

/** What a group works with. */
export interface GroupContext {
  readonly query: RuleQuery;
  /** Undefined: rules of policies are evaluated by their expressions alone. */
  readonly policyQuery?: PolicyQuery;
  readonly sink: RuleSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: GroupMetrics;
  readonly concurrency: ConcurrencyLimit;
  readonly resendDelayMs: number;
  /** For groups that name none; asked at each evaluation. */
  readonly defaultQueryOffsetMs: () => number;
  /** Takes the alerts of a rule that are to be told now; never an empty list. */
  readonly send: (rule: AlertingRule, alerts: readonly Readonly<ActiveAlert>[]) => void;
  /** Told of changes in the lives of alerts; `group` is the key of the group. */
  readonly onChanges?: (rule: AlertingRule, group: string, changes: readonly AlertChange[]) => void;
}

export interface GroupOptions {
  readonly file: string;
  readonly name: string;
  readonly intervalMs: number;
  readonly queryOffsetMs: number | undefined;
  readonly limit: number;
  readonly rules: readonly Rule[];
  /** What else makes two groups different: external labels and URL. */
  readonly environment: string;
}

/** Groups of different files may have one name. */
export function groupKey(file: string, name: string): string {
  return `${file};${name}`;
}

export class RuleGroup {
  readonly file: string;
  readonly name: string;
  readonly key: string;
  readonly intervalMs: number;
  readonly limit: number;
  readonly rules: readonly Rule[];
  readonly #options: GroupOptions;
  readonly #context: GroupContext;
  readonly #batches: readonly (readonly number[])[];
  /** Series of the last evaluation, by the place of the rule. */
  readonly #written: WrittenSeries[];
  /** Series of rules that are no more, to be ended after the next evaluation. */
  #orphans: readonly SeriesRef[] = [];
  #isStopped = false;
  /** When the last evaluation began; undefined before the first. */
  lastEvaluationMs: number | undefined;
  lastDurationMs = 0;

  constructor(options: GroupOptions, context: GroupContext) {
    this.file = options.file;
    this.name = options.name;
    this.key = groupKey(options.file, options.name);
    this.intervalMs = options.intervalMs;
    this.limit = options.limit;
    this.rules = options.rules;
    this.#options = options;
    this.#context = context;
    this.#batches = evaluationBatches(options.rules);
    this.#written = options.rules.map(() => NOTHING_WRITTEN);
    context.metrics.rules.set(options.rules.length);
    context.metrics.intervalSeconds.set(options.intervalMs / 1000);
  }

  get alertingRules(): readonly AlertingRule[] {
    return this.rules.filter((rule) => rule instanceof AlertingRule);
  }

  get queryOffsetMs(): number {
    return this.#options.queryOffsetMs ?? this.#context.defaultQueryOffsetMs();
  }

  get metrics(): GroupMetrics {
    return this.#context.metrics;
  }

  /** Keys of the series that the last evaluation wrote. */
  *writtenKeys(): Generator<string> {
    for (const series of this.#written) yield* series.keys();
  }

  /** No rule begins any more; one that is under way ends. */
  stop(): void {
    this.#isStopped = true;
  }

  /** True when the other does the same in the same way, so that this one may go on in its place. */
  equals(other: RuleGroup): boolean {
    const a = this.#options;
    const b = other.#options;
    return (
      this.key === other.key &&
      a.intervalMs === b.intervalMs &&
      a.limit === b.limit &&
      a.queryOffsetMs === b.queryOffsetMs &&
      a.environment === b.environment &&
      a.rules.length === b.rules.length &&
      a.rules.every((rule, index) => rule.definition === b.rules[index]?.definition)
    );
  }

  /**
   * Takes over from a stopped group. Rules are matched by name and labels, of equal ones the first
   * with the first.
   */
  copyState(from: RuleGroup): void {
    this.lastEvaluationMs = from.lastEvaluationMs;
    this.lastDurationMs = from.lastDurationMs;
    const places = Map.groupBy(from.rules.keys(), (place) => from.rules[place]?.identity ?? '');
    for (const [place, rule] of this.rules.entries()) {
      const old = places.get(rule.identity)?.shift();
      if (old === undefined) {
        // New in a group that ran already: it has no past to be looked up.
        if (rule instanceof AlertingRule) rule.isRestored = true;
        continue;
      }
      this.#written[place] = from.#written[old] ?? NOTHING_WRITTEN;
      const oldRule = from.rules[old];
      if (oldRule === undefined || oldRule.kind !== rule.kind) continue;
      if (rule instanceof AlertingRule && oldRule instanceof AlertingRule) {
        rule.copyAlertsFrom(oldRule);
        rule.isRestored = oldRule.isRestored;
      }
    }
    const left = [...places.values()].flat();
    this.#orphans = [...from.#orphans, ...left.flatMap((place) => refsOf(from.#written[place]))];
  }

  /** One evaluation of all rules. Failures are the rules' own; nothing is thrown for them. */
  async evaluate(timestampMs: number, signal: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#context;
    const startMs = clock.monotonicMs();
    this.lastEvaluationMs = clock.nowMs();
    metrics.iterations.inc();
    let sampleCount = 0;
    for (const batch of this.#batches) {
      const running: Promise<void>[] = [];
      for (const place of batch) {
        if (this.#isStopped || signal.aborted) break;
        const run = async (): Promise<void> => {
          sampleCount += await this.#evaluateRule(place, timestampMs, signal);
        };
        if (batch.length > 1 && this.#context.concurrency.tryAcquire()) {
          running.push(run().finally(() => this.#context.concurrency.release()));
        } else {
          await run();
        }
      }
      await Promise.all(running);
      if (this.#isStopped) return;
    }
    metrics.lastSamples.set(sampleCount);
    this.#endOrphans(timestampMs);
    this.#measure(clock.monotonicMs() - startMs);
  }

  /** Ends all series of a group that is no more, but those that another group now writes. */
  endSeries(timestampMs: number, stillWritten: ReadonlySet<string>): void {
    const refs = this.#written.flatMap((series) =>
      [...series].filter(([key]) => !stillWritten.has(key)).map(([, { ref }]) => ref),
    );
    appendStale(this.#context.sink, [...this.#orphans, ...refs], timestampMs - this.queryOffsetMs);
  }

  #measure(durationMs: number): void {
    const { metrics } = this.#context;
    this.lastDurationMs = durationMs;
    metrics.lastDurationSeconds.set(durationMs / 1000);
    metrics.lastEvaluationSeconds.set((this.lastEvaluationMs ?? 0) / 1000);
    metrics.all.groupSeconds.observe(durationMs / 1000);
    metrics.all.groupSecondsHistogram.observe(durationMs / 1000);
    const ruleMs = this.rules.reduce((sum, rule) => sum + rule.lastDurationMs, 0);
    metrics.lastRuleSecondsSum.set(ruleMs / 1000);
  }

  /** @returns how many samples the rule gave */
  async #evaluateRule(place: number, timestampMs: number, signal: AbortSignal): Promise<number> {
    const rule = this.rules[place] as Rule;
    const { clock, metrics, logger } = this.#context;
    const beganMs = clock.nowMs();
    const startMs = clock.monotonicMs();
    metrics.evaluations.inc();
    try {
      return await this.#evaluateAndWrite(place, rule, timestampMs, signal);
    } catch (error) {
      rule.fail(error instanceof Error ? error.message : String(error));
      metrics.failures.inc();
      if (isStoreAway(error)) this.#holdAlerts(rule, timestampMs);
      // Asked for, as when the program stops.
      const isCanceled = error instanceof QueryError && error.errorType === 'canceled';
      if (!isCanceled && !signal.aborted) {
        logger.warn('evaluating a rule failed', { rule: rule.name, index: place, error });
      }
      return 0;
    } finally {
      rule.lastDurationMs = clock.monotonicMs() - startMs;
      rule.lastEvaluationMs = beganMs;
      metrics.all.evaluationSeconds.observe(rule.lastDurationMs / 1000);
      metrics.all.evaluationSecondsHistogram.observe(rule.lastDurationMs / 1000);
    }
  }

  /** Nobody knows better: what fires goes on, so that its receivers do not take it for resolved. */
  #holdAlerts(rule: Rule, timestampMs: number): void {
    const { resendDelayMs, send } = this.#context;
    if (!(rule instanceof AlertingRule)) return;
    const alerts = rule.takeAlertsToSend(timestampMs, resendDelayMs, this.intervalMs);
    if (alerts.length > 0) send(rule, alerts);
  }

  async #evaluateAndWrite(
    place: number,
    rule: Rule,
    timestampMs: number,
    signal: AbortSignal,
  ): Promise<number> {
    const { query, sink, resendDelayMs, send, logger } = this.#context;
    const { limit, queryOffsetMs } = this;
    const samples = await rule.evaluate({ timestampMs, queryOffsetMs, limit, query, signal });
    rule.succeed();
    if (rule instanceof AlertingRule) {
      const alerts = rule.takeAlertsToSend(timestampMs, resendDelayMs, this.intervalMs);
      if (alerts.length > 0) send(rule, alerts);
    }
    const previous = this.#written[place] ?? NOTHING_WRITTEN;
    const result = writeSamples(sink, samples, timestampMs - queryOffsetMs, previous);
    this.#written[place] = result.series;
    if (result.problem !== '') {
      rule.fail(result.problem);
      logger.warn('results of a rule were not stored', {
        rule: rule.name,
        problem: result.problem,
        num_dropped: result.droppedCount,
      });
    }
    return samples.length;
  }

  #endOrphans(timestampMs: number): void {
    appendStale(this.#context.sink, this.#orphans, timestampMs - this.queryOffsetMs);
    this.#orphans = [];
  }
}

/** The data could not be read; that says nothing of the rule. */
function isStoreAway(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return true;
  return error instanceof Error && isStoreAway(error.cause);
}

function refsOf(series: WrittenSeries | undefined): readonly SeriesRef[] {
  return [...(series ?? NOTHING_WRITTEN).values()].map(({ ref }) => ref);
}
