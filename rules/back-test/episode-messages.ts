/** What the alerts of a back-test would have told the notification engine, and when. */
import type { Alert } from '../../model/alert.ts';
import { Labels } from '../../model/labels.ts';
import { type ActiveAlert, markSent } from '../evaluation/active-alert.ts';
import { alertMessages, type MessageOptions } from '../manager/alert-messages.ts';
import type { AlertEpisode } from './alert-episodes.ts';

export interface TimedAlert {
  readonly atMs: number;
  readonly alert: Alert;
}

export interface EpisodeSource {
  readonly exprText: string;
  readonly intervalMs: number;
  readonly episodes: readonly AlertEpisode[];
}

/** A resolved alert is told again for so long. */
const RESOLVED_RETENTION_MS = 15 * 60_000;
/** For alerts that go on: longer than any back-test. */
const FOREVER_MS = 10 * 365 * 86_400_000;

/**
 * As live evaluation sends them; only that it repeats alerts while they fire, which changes nothing
 * for receivers, is left out.
 * @param endMs of the back-test
 */
export function episodeMessages(
  source: EpisodeSource,
  endMs: number,
  resendDelayMs: number,
  options: MessageOptions,
): readonly TimedAlert[] {
  const byAlert = Map.groupBy(source.episodes, ({ labels }) => labels.key);
  const messages: TimedAlert[] = [];
  for (const episodes of byAlert.values()) {
    for (const [index, episode] of episodes.entries()) {
      // The next life takes the place of the one that is over.
      const untilMs = Math.min(endMs, (episodes[index + 1]?.activeAtMs ?? Infinity) - 1);
      messages.push(...messagesOf(episode, source, untilMs, resendDelayMs, options));
    }
  }
  return messages;
}

function messagesOf(
  episode: AlertEpisode,
  { exprText, intervalMs }: EpisodeSource,
  untilMs: number,
  resendDelayMs: number,
  options: MessageOptions,
): readonly TimedAlert[] {
  const { firedAtMs, endedAtMs, labels, activeAtMs, lastValue } = episode;
  if (firedAtMs === undefined) return [];
  const alert: ActiveAlert = {
    state: 'firing',
    labels,
    annotations: Labels.EMPTY,
    value: lastValue,
    activeAtMs,
    firedAtMs,
    resolvedAtMs: undefined,
    lastSentAtMs: firedAtMs,
    validUntilMs: endedAtMs ?? firedAtMs + FOREVER_MS,
    keepFiringSinceMs: undefined,
  };
  const messages: TimedAlert[] = [];
  const tell = (atMs: number): void => {
    for (const message of alertMessages([alert], exprText, atMs, options)) {
      messages.push({ atMs, alert: message });
    }
  };
  tell(firedAtMs);
  if (endedAtMs === undefined) return messages;
  alert.state = 'inactive';
  alert.resolvedAtMs = endedAtMs;
  const lastMs = Math.min(untilMs, endedAtMs + RESOLVED_RETENTION_MS);
  for (let atMs = endedAtMs; atMs <= lastMs; atMs += intervalMs) {
    if (markSent(alert, atMs, resendDelayMs, intervalMs)) tell(atMs);
  }
  return messages;
}
