/** An alerting rule slot by slot: for alerts whose labels change, and for limits. */
import type { Engine } from '../../promql/engine/engine.ts';
import type { ActiveAlert } from '../evaluation/active-alert.ts';
import type { AlertingRule } from '../evaluation/alerting-rule.ts';
import { RuleError } from '../evaluation/rule.ts';
import { engineQuery, type RuleQuery, type RuleSample } from '../evaluation/rule-query.ts';
import type { AlertEpisode } from './alert-episodes.ts';
import type { SlotResults, Slots } from './slot-results.ts';

export interface Replayed {
  readonly episodes: readonly AlertEpisode[];
  readonly failedCount: number;
  readonly problem: string;
}

interface Life {
  readonly alert: ActiveAlert;
  readonly firstValue: number;
  peakValue: number;
  firedAtMs: number | undefined;
}

/** Between two turns of the event loop. */
const SLOTS_PER_TURN = 500;

/**
 * @param rule without alerts
 * @throws the signal's reason
 */
export async function replayRule(
  rule: AlertingRule,
  results: SlotResults,
  slots: Slots,
  limit: number,
  engine: Engine,
  signal: AbortSignal,
): Promise<Replayed> {
  const lives = new Map<ActiveAlert, Life>();
  const episodes: AlertEpisode[] = [];
  const failed = new Set(results.failedSlots);
  const ask = engineQuery(engine);
  const reader = new SlotReader(results);
  let { length: failedCount } = results.failedSlots;
  let { problem } = results;
  for (let slot = 0; slot < slots.count; slot++) {
    if (slot % SLOTS_PER_TURN === 0) await turn(signal);
    const samples = reader.at(slot);
    const isQuiet = samples.length === 0 && [...rule.allAlerts].length === 0;
    if (isQuiet || failed.has(slot)) continue;
    const timestampMs = slots.firstMs + slot * slots.stepMs;
    const query: RuleQuery = (expr, timeMs, inner) =>
      expr === rule.expr ? Promise.resolve(samples) : ask(expr, timeMs, inner);
    const { offsetMs: queryOffsetMs } = slots;
    try {
      await rule.evaluate({ timestampMs, queryOffsetMs, limit, query, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RuleError)) throw error;
      failedCount++;
      problem ||= error.message;
    }
    take(rule, lives, episodes, timestampMs);
  }
  for (const life of lives.values()) episodes.push(episode(life, undefined));
  return { episodes, failedCount, problem };
}

function take(
  rule: AlertingRule,
  lives: Map<ActiveAlert, Life>,
  episodes: AlertEpisode[],
  timestampMs: number,
): void {
  const active = new Set<ActiveAlert>();
  for (const alert of rule.allAlerts) {
    if (alert.resolvedAtMs !== undefined) continue;
    active.add(alert);
    const { value } = alert;
    const life = lives.get(alert) ?? {
      alert,
      firstValue: value,
      peakValue: value,
      firedAtMs: undefined,
    };
    if (Math.abs(value) > Math.abs(life.peakValue)) life.peakValue = value;
    life.firedAtMs = alert.firedAtMs;
    lives.set(alert, life);
  }
  for (const [alert, life] of lives) {
    if (active.has(alert)) continue;
    episodes.push(episode(life, timestampMs));
    lives.delete(alert);
  }
}

function episode(life: Life, endedAtMs: number | undefined): AlertEpisode {
  const { alert, firstValue, peakValue, firedAtMs } = life;
  const { labels, activeAtMs, value: lastValue } = alert;
  return {
    labels,
    resultLabels: labels,
    activeAtMs,
    firedAtMs,
    endedAtMs,
    firstValue,
    peakValue,
    lastValue,
  };
}

/** Samples of one slot after the other. */
class SlotReader {
  readonly #results: SlotResults;
  readonly #next: Int32Array;

  constructor(results: SlotResults) {
    this.#results = results;
    this.#next = new Int32Array(results.series.length);
  }

  /** @param slot not below the one before */
  at(slot: number): readonly RuleSample[] {
    const samples: RuleSample[] = [];
    for (const [index, { labels, slots, values, histograms }] of this.#results.series.entries()) {
      const at = this.#next[index] as number;
      if (slots[at] !== slot) continue;
      this.#next[index] = at + 1;
      const histogram = histograms?.get(slot);
      samples.push({
        labels,
        value: values[at] as number,
        ...(histogram === undefined ? {} : { histogram }),
      });
    }
    return samples;
  }
}

async function turn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
