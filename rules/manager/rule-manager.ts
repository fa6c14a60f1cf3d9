/** All groups of all rule files: loads them, runs them, and changes them while they run. */
import type { Registry } from 'prom-client';
import type { AlertSink } from '../../model/alert.ts';
import type { AlertDecisionSink } from '../../model/alert-decisions.ts';
import type { Clock } from '../../model/clock.ts';
import { compareUtf8, type Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { SampleSource } from '../../model/source.ts';
import type { AlertChange, AlertingRule } from '../evaluation/alerting-rule.ts';
import { buildGroup } from '../evaluation/build-group.ts';
import { ConcurrencyLimit } from '../evaluation/concurrency-limit.ts';
import type { RestoreOptions } from '../evaluation/restore-alerts.ts';
import { type GroupContext, groupKey, type RuleGroup } from '../evaluation/rule-group.ts';
import { groupMetrics, type RuleMetrics, ruleMetrics } from '../evaluation/rule-metrics.ts';
import type { RuleQuery } from '../evaluation/rule-query.ts';
import type { RuleSink } from '../evaluation/sample-writer.ts';
import type { RuleFile, RuleGroupConfig } from '../file/rule-file.ts';
import type { PolicyQuery } from '../policy-evaluation/policy-evaluator.ts';
import { alertDecisions } from './alert-decisions.ts';
import { alertMessages } from './alert-messages.ts';
import type { RuleStates } from './rule-states.ts';
import { RunningGroup } from './running-group.ts';

export interface RuleManagerOptions {
  readonly query: RuleQuery;
  /** Undefined: rules of policies are evaluated by their expressions alone. */
  readonly policyQuery?: PolicyQuery;
  readonly source: SampleSource;
  readonly sink: RuleSink;
  readonly alerts: AlertSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Must not hold the metrics of rules yet. */
  readonly registry: Registry;
  readonly restore: RestoreOptions;
  readonly resendDelayMs: number;
  /** Of all groups, besides the one rule that each group may always evaluate. */
  readonly concurrentRulesMax: number;
  /** Where alerts survive the process; undefined: nowhere but in their series. */
  readonly states?: RuleStates;
  /** Told of changes in the lives of alerts; undefined: nobody is. */
  readonly decisions?: AlertDecisionSink;
}

/** What of the configuration rules depend on. */
export interface RuleSettings {
  readonly evaluationIntervalMs: number;
  readonly queryOffsetMs: number;
  readonly externalLabels: Labels;
  /** Without a slash at its end. */
  readonly externalUrl: string;
  /** `alert_relabel_configs`; undefined: the alert is not told. */
  readonly relabelAlert: (labels: Labels) => Labels | undefined;
}

/** Intervals after which the series of a removed group end, so that a renamed one can go on. */
const INTERVALS_BEFORE_END = 2;

export class RuleManager {
  readonly #options: RuleManagerOptions;
  readonly #metrics: RuleMetrics;
  readonly #concurrency: ConcurrencyLimit;
  #settings: RuleSettings | undefined;
  /** By their keys. */
  #running: ReadonlyMap<string, RunningGroup> = new Map();
  /** Cancel the endings of removed groups that are still to come. */
  readonly #endings = new Set<() => void>();
  #isStopped = false;

  constructor(options: RuleManagerOptions) {
    this.#options = options;
    this.#metrics = ruleMetrics(options.registry);
    this.#concurrency = new ConcurrencyLimit(options.concurrentRulesMax);
  }

  /** By file, then by name. */
  get groups(): readonly RuleGroup[] {
    return [...this.#running.values()]
      .map(({ group }) => group)
      .sort((a, b) => compareUtf8(a.file, b.file) || compareUtf8(a.name, b.name));
  }

  /**
   * Puts the rules of checked files in force. Groups that stay the same go on undisturbed; changed
   * ones hand their alerts on. Resolves when all that was replaced has ended.
   */
  async apply(files: readonly RuleFile[], settings: RuleSettings): Promise<void> {
    if (this.#isStopped) return;
    const isFirst = this.#settings === undefined;
    this.#settings = settings;
    const before = this.#running;
    const next = new Map<string, RunningGroup>();
    const replaced: Promise<void>[] = [];
    for (const { file, groups, warnings } of files) {
      for (const warning of warnings) this.#options.logger.warn(warning, { file });
      for (const config of groups) {
        const old = before.get(groupKey(file, config.name));
        const group = this.#build(file, config, settings);
        if (old?.group.equals(group) === true) {
          next.set(group.key, old);
          continue;
        }
        const running = this.#runningGroup(group);
        next.set(group.key, running);
        if (old === undefined) running.start();
        else replaced.push(this.#replace(old, running));
      }
    }
    this.#running = next;
    for (const [key, old] of before) {
      if (!next.has(key)) replaced.push(this.#remove(old));
    }
    if (isFirst) this.#forgetLeftStates();
    await Promise.all(replaced);
  }

  /** Gives up queries that are under way. The series of the rules do not end by it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#endings) cancel();
    await Promise.all([...this.#running.values()].map((running) => running.stop(true)));
  }

  #build(file: string, config: RuleGroupConfig, settings: RuleSettings): RuleGroup {
    const { clock, logger, query, policyQuery, sink, resendDelayMs } = this.#options;
    const context: GroupContext = {
      query,
      ...(policyQuery === undefined ? {} : { policyQuery }),
      sink,
      clock,
      logger,
      metrics: groupMetrics(this.#metrics, groupKey(file, config.name)),
      concurrency: this.#concurrency,
      resendDelayMs,
      defaultQueryOffsetMs: () => this.#settings?.queryOffsetMs ?? 0,
      send: (rule, alerts) => this.#send(rule, alerts),
      onChanges: (rule, group, changes) => this.#decided(rule, group, changes),
    };
    const { evaluationIntervalMs: defaultIntervalMs, externalLabels, externalUrl } = settings;
    return buildGroup(
      config,
      { file, defaultIntervalMs, externalLabels, externalUrl, isRestored: false },
      context,
    );
  }

  #runningGroup(group: RuleGroup): RunningGroup {
    const { clock, logger, source, restore, states } = this.#options;
    return new RunningGroup(group, { clock, logger, source, restore, states });
  }

  /** When all groups have begun, what is left belongs to rules that there are no more. */
  #forgetLeftStates(): void {
    const { states, clock } = this.#options;
    if (states === undefined) return;
    const intervalsMs = [...this.#running.values()].map(({ group }) => group.intervalMs);
    const delayMs = INTERVALS_BEFORE_END * Math.max(0, ...intervalsMs);
    const cancel = clock.schedule(delayMs, () => {
      this.#endings.delete(cancel);
      states.forgetLeft();
    });
    this.#endings.add(cancel);
  }

  async #replace(old: RunningGroup, running: RunningGroup): Promise<void> {
    await old.stop(false);
    running.group.copyState(old.group);
    if (!this.#isStopped) running.start();
  }

  async #remove(old: RunningGroup): Promise<void> {
    await old.stop(false);
    const { group } = old;
    group.metrics.remove();
    this.#options.states?.forget(group);
    const removedAtMs = this.#options.clock.nowMs();
    const cancel = this.#options.clock.schedule(INTERVALS_BEFORE_END * group.intervalMs, () => {
      this.#endings.delete(cancel);
      const running = [...this.#running.values()];
      const written = new Set(running.flatMap((one) => [...one.group.writtenKeys()]));
      group.endSeries(removedAtMs, written);
    });
    this.#endings.add(cancel);
  }

  #send(rule: AlertingRule, alerts: Parameters<GroupContext['send']>[1]): void {
    const settings = this.#settings;
    if (settings === undefined) return;
    const { externalLabels, externalUrl, relabelAlert: relabel } = settings;
    const nowMs = this.#options.clock.nowMs();
    const messages = alertMessages(alerts, rule.exprText, nowMs, {
      externalLabels,
      externalUrl,
      relabel,
    });
    if (messages.length > 0) this.#options.alerts.send(messages);
  }

  #decided(rule: AlertingRule, group: string, changes: readonly AlertChange[]): void {
    const { decisions } = this.#options;
    if (this.#settings === undefined || decisions === undefined) return;
    const { externalLabels, relabelAlert: relabel } = this.#settings;
    decisions.append(alertDecisions(rule, group, changes, { externalLabels, relabel }));
  }
}
