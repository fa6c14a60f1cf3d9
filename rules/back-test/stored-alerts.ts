/** The alerts that live evaluation found, from the series it wrote of them. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { SampleSource } from '../../model/source.ts';
import { isStaleAt, wordsOf } from '../../model/value-bits.ts';
import { ALERTS } from '../evaluation/alerting-rule.ts';
import type { AlertEpisode } from './alert-episodes.ts';

export interface StoredAlertsQuery {
  readonly startMs: number;
  readonly endMs: number;
  readonly samplesMax: number;
}

/** Without samples for so long an alert is taken to be over. */
const GAP_MS_MAX = 5 * 60_000;
const ALERT_STATE = 'alertstate';

/** Firing alerts only; they have no values. @throws TooManySamplesError, StoreUnavailableError */
export async function storedAlerts(
  source: SampleSource,
  { startMs, endMs, samplesMax }: StoredAlertsQuery,
  signal: AbortSignal,
): Promise<readonly AlertEpisode[]> {
  const matchers = [new Matcher('=', METRIC_NAME, ALERTS), new Matcher('=', ALERT_STATE, 'firing')];
  const columns = await source.select({ matchers, startMs, endMs, samplesMax }, signal);
  const words = wordsOf(columns.values);
  const drop = new Set([METRIC_NAME, ALERT_STATE]);
  const episodes: AlertEpisode[] = [];
  for (const [index, stored] of columns.labels.entries()) {
    const labels = stored.without(drop);
    const to = columns.offsets[index + 1] as number;
    let sinceMs: number | undefined;
    let lastMs = 0;
    const end = (atMs: number | undefined): void => {
      if (sinceMs !== undefined) episodes.push(episode(labels, sinceMs, atMs));
      sinceMs = undefined;
    };
    for (let at = columns.offsets[index] as number; at < to; at++) {
      const atMs = columns.timestampsMs[at] as number;
      if (atMs - lastMs > GAP_MS_MAX) end(lastMs);
      if (isStaleAt(words, at)) end(atMs);
      else sinceMs ??= atMs;
      lastMs = atMs;
    }
    end(endMs - lastMs > GAP_MS_MAX ? lastMs : undefined);
  }
  return episodes.sort((a, b) => a.activeAtMs - b.activeAtMs);
}

function episode(labels: Labels, sinceMs: number, endedAtMs: number | undefined): AlertEpisode {
  return {
    labels,
    resultLabels: Labels.EMPTY,
    activeAtMs: sinceMs,
    firedAtMs: sinceMs,
    endedAtMs,
    firstValue: Number.NaN,
    peakValue: Number.NaN,
    lastValue: Number.NaN,
  };
}
