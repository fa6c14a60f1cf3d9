/** A group with its schedule: what it does at each slot, from its start to its end. */
import type { SampleSource } from '../../model/source.ts';
import { type RestoreOptions, restoreAlerts } from '../evaluation/restore-alerts.ts';
import type { GroupContext, RuleGroup } from '../evaluation/rule-group.ts';
import { GroupSchedule, type Slot } from './group-schedule.ts';
import type { RuleStates } from './rule-states.ts';

/**
 * Evaluations before alerts are given their past back: at the first one data may still be missing,
 * of scrapes and of recording rules that alerts are based on.
 */
const EVALUATIONS_BEFORE_RESTORE = 2;

export interface RunningContext extends Pick<GroupContext, 'clock' | 'logger'> {
  readonly source: SampleSource;
  readonly restore: RestoreOptions;
  /** Undefined: alerts are given their past back from samples only, as in Prometheus. */
  readonly states: RuleStates | undefined;
}

export class RunningGroup {
  readonly group: RuleGroup;
  readonly #context: RunningContext;
  readonly #schedule: GroupSchedule;
  readonly #abort = new AbortController();
  #evaluationCount = 0;

  constructor(group: RuleGroup, context: RunningContext) {
    this.group = group;
    this.#context = context;
    this.#schedule = new GroupSchedule(group.key, group.intervalMs, context.clock, (slot) =>
      this.#run(slot),
    );
  }

  start(): void {
    this.#schedule.start();
  }

  /**
   * Resolves when an evaluation that is under way has ended.
   * @param isHurried its queries are given up
   */
  async stop(isHurried: boolean): Promise<void> {
    this.group.stop();
    if (isHurried) this.#abort.abort();
    await this.#schedule.stop();
  }

  async #run({ timestampMs, missedCount }: Slot): Promise<void> {
    const { metrics } = this.group;
    if (missedCount > 0) {
      metrics.iterationsMissed.inc(missedCount);
      metrics.iterations.inc(missedCount);
    }
    const { states, logger } = this.#context;
    try {
      if (this.#evaluationCount === 0) {
        const count = states?.restore(this.group, timestampMs) ?? 0;
        if (count > 0) logger.info('alerts were restored', { group: this.group.key, count });
      }
      await this.group.evaluate(timestampMs, this.#abort.signal);
      states?.save(this.group, timestampMs);
      this.#evaluationCount++;
      if (this.#evaluationCount === EVALUATIONS_BEFORE_RESTORE) await this.#restore();
    } catch (error) {
      // Rules keep their failures to themselves: this is a bug, and the next slot comes anyway.
      logger.error('evaluating a group failed', { group: this.group.key, error });
    }
  }

  async #restore(): Promise<void> {
    const { clock, logger, source, restore } = this.#context;
    const startMs = clock.monotonicMs();
    for (const rule of this.group.alertingRules) {
      if (rule.isRestored) continue;
      try {
        await restoreAlerts(rule, source, clock.nowMs(), restore, this.#abort.signal);
      } catch (error) {
        logger.error("failed to restore 'for' state", { alertname: rule.name, error });
      }
      // Even after a failure: else the rule would never write its alerts.
      rule.isRestored = true;
    }
    this.group.metrics.lastRestoreSeconds.set((clock.monotonicMs() - startMs) / 1000);
  }
}
