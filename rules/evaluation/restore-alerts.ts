/** Gives pending alerts their past back after a restart, from the series that the rule wrote. */
import { METRIC_NAME } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { SampleSource, SeriesColumns } from '../../model/source.ts';
import { isStaleAt, wordsOf } from '../../model/value-bits.ts';
import { ALERT_NAME, ALERTS_FOR_STATE, type AlertingRule } from './alerting-rule.ts';

export interface RestoreOptions {
  /** Older state is not taken up. */
  readonly outageToleranceMs: number;
  /** An alert that is restored waits for so long at least, unless it fired before. */
  readonly gracePeriodMs: number;
  /** More series than rules have alerts; keeps a mistake from filling the memory. */
  readonly samplesMax: number;
}

/** @throws what the source throws; the rule's alerts then count from now on */
export async function restoreAlerts(
  rule: AlertingRule,
  source: SampleSource,
  nowMs: number,
  options: RestoreOptions,
  signal: AbortSignal,
): Promise<void> {
  // A shorter wait than the grace period would only become longer.
  if (rule.forMs < options.gracePeriodMs) return;
  const selection = {
    matchers: matchersOf(rule),
    startMs: nowMs - options.outageToleranceMs,
    endMs: nowMs,
    samplesMax: options.samplesMax,
  };
  const lastSamples = lastSamplesOf(await source.select(selection, signal));
  for (const alert of rule.allAlerts) {
    const last = lastSamples.get(alert.labels.key);
    if (last === undefined) continue;
    alert.activeAtMs = restoredActiveAtMs(last, nowMs, rule.forMs, options.gracePeriodMs);
  }
}

interface LastSample {
  /** When we were last there. */
  readonly downAtMs: number;
  readonly activeAtMs: number;
}

function matchersOf(rule: AlertingRule): readonly Matcher[] {
  // What a template gives differs from alert to alert, and matches no series as it stands.
  const literal = rule.labels.filter(([, value]) => value !== '' && !value.includes('{{'));
  return [
    ...literal
      .filter(([name]) => name !== ALERT_NAME)
      .map(([name, value]) => new Matcher('=', name, value)),
    new Matcher('=', ALERT_NAME, rule.name),
    new Matcher('=', METRIC_NAME, ALERTS_FOR_STATE),
  ];
}

/** By the key of the labels without the metric's name; ended series are left out. */
function lastSamplesOf(columns: SeriesColumns): ReadonlyMap<string, LastSample> {
  const { labels, offsets, timestampsMs, values } = columns;
  const words = wordsOf(values);
  const found = new Map<string, LastSample>();
  for (const [index, one] of labels.entries()) {
    const last = (offsets[index + 1] as number) - 1;
    if (last < (offsets[index] as number) || isStaleAt(words, last)) continue;
    const downAtMs = Math.floor((timestampsMs[last] as number) / 1000) * 1000;
    const activeAtMs = Math.trunc(values[last] as number) * 1000;
    if (Number.isFinite(activeAtMs)) found.set(one.withoutName().key, { downAtMs, activeAtMs });
  }
  return found;
}

/** The time since which an alert is to count as active. */
export function restoredActiveAtMs(
  { downAtMs, activeAtMs }: LastSample,
  nowMs: number,
  forMs: number,
  gracePeriodMs: number,
): number {
  const remainingMs = forMs - (downAtMs - activeAtMs);
  // It fired before, and fires again at the next evaluation.
  if (remainingMs <= 0) return activeAtMs;
  // It would fire sooner than the grace period: it fires after exactly that.
  if (remainingMs < gracePeriodMs) return nowMs + gracePeriodMs - forMs;
  // The outage does not count as waiting.
  return activeAtMs + (nowMs - downAtMs);
}
