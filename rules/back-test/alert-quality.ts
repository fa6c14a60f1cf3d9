/** How good alerts are, from what they did: too often, too short, never, at night. */
import type { AlertEpisode } from './alert-episodes.ts';

export interface AlertQuality {
  readonly firedCount: number;
  /** Of them, how many fired again within ten minutes after their end. */
  readonly flapCount: number;
  readonly firingMs: number;
  readonly medianMs: number;
  readonly longestMs: number;
  readonly atNightCount: number;
  /** Waiting that would have spared half of the firings and kept the longest third; undefined: none. */
  readonly suggestedForMs: number | undefined;
}

const FLAP_MS_MAX = 10 * 60_000;
/** Of fewer firings nothing is concluded. */
const FIRINGS_MIN = 6;
/** What people write, shortest first. */
const FOR_MS = [1, 2, 5, 10, 15, 30, 60].map((minutes) => minutes * 60_000);

/**
 * @param episodes of one rule
 * @param forMs it waits now
 */
export function alertQuality(
  episodes: readonly AlertEpisode[],
  forMs: number,
  endMs: number,
  isAtNight: (timeMs: number) => boolean,
): AlertQuality {
  const fired = episodes.flatMap((one) => {
    const { firedAtMs, endedAtMs = endMs } = one;
    return firedAtMs === undefined ? [] : [{ ...one, firedAtMs, lengthMs: endedAtMs - firedAtMs }];
  });
  const lengths = fired.map(({ lengthMs }) => lengthMs).sort((a, b) => a - b);
  return {
    firedCount: fired.length,
    flapCount: flaps(fired),
    firingMs: lengths.reduce((sum, one) => sum + one, 0),
    medianMs: lengths[lengths.length >> 1] ?? 0,
    longestMs: lengths.at(-1) ?? 0,
    atNightCount: fired.filter(({ firedAtMs }) => isAtNight(firedAtMs)).length,
    suggestedForMs: suggestedFor(lengths, forMs),
  };
}

function flaps(fired: readonly (AlertEpisode & { readonly firedAtMs: number })[]): number {
  let count = 0;
  for (const own of Map.groupBy(fired, ({ labels }) => labels.key).values()) {
    const inOrder = own.toSorted((a, b) => a.firedAtMs - b.firedAtMs);
    for (const [at, { endedAtMs }] of inOrder.entries()) {
      const next = inOrder[at + 1];
      if (next === undefined || endedAtMs === undefined) continue;
      if (next.firedAtMs - endedAtMs <= FLAP_MS_MAX) count++;
    }
  }
  return count;
}

/** The shortest of the usual times that ends half of the firings before they begin. */
function suggestedFor(lengths: readonly number[], forMs: number): number | undefined {
  if (lengths.length < FIRINGS_MIN) return undefined;
  return FOR_MS.find((candidate) => {
    const moreMs = candidate - forMs;
    if (moreMs <= 0) return false;
    const kept = lengths.filter((length) => length >= moreMs).length;
    return kept <= lengths.length / 2 && kept >= lengths.length / 3;
  });
}
