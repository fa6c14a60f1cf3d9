/** What rules would have done over stored data, with the life of alerts that live evaluation has. */
import { Labels } from '../../model/labels.ts';
import type { SampleSource } from '../../model/source.ts';
import { createEngine, type Engine } from '../../promql/engine/engine.ts';
import type { EngineOptions } from '../../promql/engine/engine-options.ts';
import { printExpr } from '../../promql/parser/print.ts';
import { AlertingRule } from '../evaluation/alerting-rule.ts';
import { groupKey } from '../evaluation/rule-group.ts';
import type { RuleConfig, RuleFile, RuleGroupConfig, RuleLabels } from '../file/rule-file.ts';
import { slotOffsetMs } from '../manager/group-schedule.ts';
import type { NativePlan } from '../policy/native-plan.ts';
import { type AlertEpisode, episodesOf } from './alert-episodes.ts';
import { constantLabels } from './alert-labels.ts';
import { policyResults } from './policy-results.ts';
import { RecordedSource } from './recorded-series.ts';
import { replayRule } from './replay-rule.ts';
import { type OnProgress, type SlotResults, type Slots, slotResults } from './slot-results.ts';

export interface BackTestOptions {
  readonly source: SampleSource;
  readonly engine: EngineOptions;
  /** Both ends included. */
  readonly startMs: number;
  readonly endMs: number;
  readonly defaultIntervalMs: number;
  readonly defaultQueryOffsetMs: number;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  readonly signal: AbortSignal;
  /** @param share from 0 to 1 */
  readonly onProgress?: (share: number) => void;
}

export interface RuleBackTest {
  readonly file: string;
  readonly group: string;
  readonly rule: string;
  readonly exprText: string;
  readonly labels: RuleLabels;
  readonly intervalMs: number;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly evaluationCount: number;
  readonly failedCount: number;
  /** Of the first evaluation that failed; '' when none did. */
  readonly problem: string;
  /** By the time they began. */
  readonly episodes: readonly AlertEpisode[];
}

/** More evaluations than this are not made for one rule. */
const SLOTS_MAX = 1_000_000;

/** A back-test that cannot be made. */
export class BackTestError extends Error {
  override readonly name = 'BackTestError';
}

/**
 * Alerting rules of all groups. Recording rules are evaluated too, and what they give comes before
 * what is stored under the same names.
 * @throws BackTestError, what the store throws, the signal's reason
 */
export async function backTest(
  files: readonly RuleFile[],
  options: BackTestOptions,
): Promise<readonly RuleBackTest[]> {
  const groups = files.flatMap(({ file, groups: own }) => own.map((group) => ({ file, group })));
  const ruleCount = groups.reduce((sum, { group }) => sum + group.rules.length, 0);
  const tests: RuleBackTest[] = [];
  let done = 0;
  for (const { file, group } of groups) {
    const test = new GroupBackTest(file, group, options);
    for (const rule of group.rules) {
      const result = await test.rule(rule, (share) => {
        options.onProgress?.((done + share) / ruleCount);
      });
      if (result !== undefined) tests.push(result);
      done++;
    }
  }
  return tests;
}

class GroupBackTest {
  readonly #file: string;
  readonly #group: RuleGroupConfig;
  readonly #options: BackTestOptions;
  readonly #slots: Slots;
  readonly #recorded: RecordedSource;
  readonly #engine: Engine;
  /** Results of policies, by the place of the output. */
  readonly #policies = new Map<NativePlan, readonly SlotResults[]>();

  constructor(file: string, group: RuleGroupConfig, options: BackTestOptions) {
    this.#file = file;
    this.#group = group;
    this.#options = options;
    this.#slots = slotsOf(file, group, options);
    this.#recorded = new RecordedSource(options.source);
    const hasRecordings = group.rules.some(({ record }) => record !== '');
    this.#engine = createEngine(hasRecordings ? this.#recorded : options.source, options.engine);
  }

  /** @returns undefined for a recording rule */
  async rule(
    config: RuleConfig,
    onProgress: (share: number) => void,
  ): Promise<RuleBackTest | undefined> {
    const { count } = this.#slots;
    const results = await this.#results(config, (slot) => onProgress(slot / count));
    if (config.record !== '') {
      this.#recorded.record(config.record, config.labels, results, this.#slots);
      return undefined;
    }
    const { episodes, failedCount, problem } = await this.#alerts(config, results);
    return {
      file: this.#file,
      group: this.#group.name,
      rule: config.alert,
      exprText: printExpr(config.expr),
      labels: config.labels,
      intervalMs: this.#slots.stepMs,
      forMs: config.forMs,
      keepFiringForMs: config.keepFiringForMs,
      evaluationCount: count,
      failedCount,
      problem,
      episodes: [...episodes].sort((a, b) => a.activeAtMs - b.activeAtMs),
    };
  }

  async #results(config: RuleConfig, onProgress: OnProgress): Promise<SlotResults> {
    const { signal } = this.#options;
    const slots = this.#slots;
    if (config.native === undefined) {
      return slotResults(this.#engine, config.expr, slots, signal, onProgress);
    }
    const { plan, output } = config.native;
    const known = this.#policies.get(plan);
    const all = known ?? (await policyResults(this.#engine, plan, slots, signal, onProgress));
    this.#policies.set(plan, all);
    return all[plan.outputs.indexOf(output)] ?? { series: [], failedSlots: [], problem: '' };
  }

  async #alerts(
    config: RuleConfig,
    results: SlotResults,
  ): Promise<Pick<RuleBackTest, 'episodes' | 'failedCount' | 'problem'>> {
    const { limit } = this.#group;
    const labels = limit > 0 ? undefined : constantLabels(config, results.series);
    if (labels === undefined) {
      const rule = this.#alertingRule(config);
      const { signal } = this.#options;
      return replayRule(rule, results, this.#slots, limit, this.#engine, signal);
    }
    const { failedSlots, problem } = results;
    const { forMs, keepFiringForMs } = config;
    const times = { ...this.#slots, forMs, keepFiringForMs, failedSlots };
    const episodes = results.series.flatMap((series, at) =>
      episodesOf(series, labels[at] ?? Labels.EMPTY, times),
    );
    return { episodes, failedCount: failedSlots.length, problem };
  }

  #alertingRule(config: RuleConfig): AlertingRule {
    const { externalLabels, externalUrl } = this.#options;
    const context = {
      externalLabels,
      externalUrl,
      groupKey: groupKey(this.#file, this.#group.name),
      intervalMs: this.#slots.stepMs,
      onExpansion: () => undefined,
      onTemplateError: () => undefined,
      onChanges: () => undefined,
    };
    // Annotations are not shown, and cost a query at times.
    return new AlertingRule({ ...config, annotations: [] }, context, true);
  }
}

/** The slots at which the group is evaluated when it runs. */
function slotsOf(file: string, group: RuleGroupConfig, options: BackTestOptions): Slots {
  const stepMs = group.intervalMs === 0 ? options.defaultIntervalMs : group.intervalMs;
  const phaseMs = slotOffsetMs(groupKey(file, group.name), stepMs);
  const firstMs = Math.ceil((options.startMs - phaseMs) / stepMs) * stepMs + phaseMs;
  const count = Math.max(0, Math.floor((options.endMs - firstMs) / stepMs) + 1);
  if (count > SLOTS_MAX) {
    const most = `at most ${SLOTS_MAX} evaluations`;
    throw new BackTestError(`${group.name}: ${count} evaluations are too many (${most})`);
  }
  return { firstMs, stepMs, count, offsetMs: group.queryOffsetMs ?? options.defaultQueryOffsetMs };
}
