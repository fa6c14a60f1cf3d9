/** When a target is scraped, and the time its samples get. */
import { createHash } from 'node:crypto';
import type { Labels } from '../../model/labels.ts';

/** Timers are late by a millisecond or two; even times compress better. From Prometheus. */
const TOLERANCE_MS = 2;

/** ... but never more than this part of the interval. */
const TOLERANCE_RATIO = 0.01;

/** Scrapes of one target: one per interval, counted from the first. */
export class ScrapeGrid {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  readonly #startMonotonicMs: number;
  #startWallMs: number;
  #count = 0;

  /** @param wallMs, monotonicMs the first scrape, now */
  constructor(intervalMs: number, wallMs: number, monotonicMs: number) {
    this.#intervalMs = intervalMs;
    this.#toleranceMs = Math.min(TOLERANCE_MS, intervalMs * TOLERANCE_RATIO);
    this.#startMonotonicMs = monotonicMs;
    this.#startWallMs = Math.round(wallMs);
  }

  /**
   * The time of the scrape that begins now: that of the grid if it is near, else the wall clock's.
   * A wall clock that was set or runs at another pace takes the grid along.
   */
  timestampMs(wallMs: number, monotonicMs: number): number {
    const driftMs = wallMs - this.#startWallMs - (monotonicMs - this.#startMonotonicMs);
    if (Math.abs(driftMs) > TOLERANCE_MS) this.#startWallMs += Math.round(driftMs);
    const nearest = Math.round((monotonicMs - this.#startMonotonicMs) / this.#intervalMs);
    const latenessMs = monotonicMs - this.#atMonotonicMs(nearest);
    if (Math.abs(latenessMs) > this.#toleranceMs) return Math.round(wallMs);
    // One that is late by almost an interval takes the next place, which is then taken.
    this.#count = Math.max(this.#count, nearest);
    return this.#startWallMs + nearest * this.#intervalMs;
  }

  /**
   * How long to wait for the next scrape. One that should have begun begins at once; of several
   * missed ones only the last is made up for.
   */
  nextDelayMs(monotonicMs: number): number {
    const elapsed = Math.floor((monotonicMs - this.#startMonotonicMs) / this.#intervalMs);
    this.#count = Math.max(this.#count + 1, elapsed);
    return Math.max(0, this.#atMonotonicMs(this.#count) - monotonicMs);
  }

  #atMonotonicMs(count: number): number {
    return this.#startMonotonicMs + count * this.#intervalMs;
  }
}

/**
 * How long to wait for the first scrape: targets are spread over the interval by their identity,
 * at the same place after every restart, and by `seed`, so that servers differ.
 */
export function firstDelayMs(
  targetKey: string,
  seed: bigint,
  intervalMs: number,
  wallMs: number,
): number {
  const offsetMs = Number((hash64(targetKey) ^ seed) % BigInt(Math.round(intervalMs)));
  const sinceStartMs = wallMs % intervalMs;
  return (offsetMs - sinceStartMs + intervalMs) % intervalMs;
}

/** Servers with other names or external labels scrape at other times. */
export function offsetSeed(hostname: string, externalLabels: Labels): bigint {
  return hash64(hostname + externalLabels.toString());
}

function hash64(text: string): bigint {
  return createHash('md5').update(text).digest().readBigUInt64BE(0);
}
