/** Made-up pasts of series, the same in each run but for the time they end at. */
import type { Labels } from '../../../model/labels.ts';

/** A scrape's value; undefined where the series is missing, and then ended by a stale marker. */
export type Shape = (scrape: number) => number | undefined;

export interface HistorySeries {
  readonly labels: Labels;
  /** Of its scrapes within the interval. */
  readonly offsetMs: number;
  readonly shape: Shape;
}

export interface History {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly scrapes: number;
  readonly series: readonly HistorySeries[];
}

/** A number from 0 to 1 for a seed and a scrape, without a state (a finaliser of MurmurHash3). */
export function noise(seed: number, scrape: number): number {
  let mixed = Math.imul(seed ^ Math.imul(scrape, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

export function seedOf(text: string): number {
  let seed = 0;
  for (let at = 0; at < text.length; at++) seed = (Math.imul(seed, 31) + text.charCodeAt(at)) | 0;
  return seed;
}

/** @param resetEvery scrapes; the process that counts is started anew then */
export function counter(perScrape: number, resetEvery: number, seed: number): Shape {
  return (scrape) => {
    const since = scrape % resetEvery;
    return perScrape * (since + noise(seed, scrape) * 0.9);
  };
}
