/** What must hold between what two programs stored of the same targets. */
import { PAGE_METRIC } from './page-mirror.ts';
import type { StoredSeries } from './read-series.ts';

/** Series that say how the scraper itself did: there must be as many, of whatever value. */
const OWN_TIMING: ReadonlySet<string> = new Set([
  'scrape_duration_seconds',
  // Counts from the scrape before, which may be of another page.
  'scrape_series_added',
]);

/** Two scrapes closer than this may have been answered in either order. */
const ORDER_SLACK_MS = 1500;

/** A series that lived for one scrape between two of the other program is seen by one of both. */
const EDGE_SAMPLES = 1;

export interface JobComparison {
  readonly seriesOfBoth: number;
  readonly samplesOurs: number;
  readonly samplesTheirs: number;
  /** Single values that had to be equal, or a counter between its neighbours, and were. */
  readonly valuesEqual: number;
  readonly differences: readonly string[];
}

interface Pair {
  readonly ours: StoredSeries;
  readonly theirs: StoredSeries;
}

/** Copies: rows are matched by the page that they are of, and must be equal to the digit. */
export function compareMirrored(
  ours: readonly StoredSeries[],
  theirs: readonly StoredSeries[],
): JobComparison {
  const ourPages = pagesByTime(ours);
  const theirPages = pagesByTime(theirs);
  const both = new Set(theirPages.values());
  const shared = new Set([...ourPages.values()].filter((page) => both.has(page)));
  let valuesEqual = 0;
  const differences: string[] = [];
  if (shared.size === 0) differences.push('no page was scraped by both');
  const { pairs, found } = pairUp(ours, theirs);
  differences.push(...found);
  for (const pair of pairs) {
    const mine = textByPage(pair.ours, ourPages);
    const other = textByPage(pair.theirs, theirPages);
    for (const page of shared) {
      const value = mine.get(page);
      const expected = other.get(page);
      if (value === undefined && expected === undefined) continue;
      const isTiming = OWN_TIMING.has(pair.ours.metricName);
      if (value === expected || (isTiming && value !== undefined && expected !== undefined)) {
        valuesEqual++;
      } else {
        differences.push(`${pair.ours.key} page ${page}: ${value}, not ${expected}`);
      }
    }
  }
  return summary(ours, theirs, pairs.length, valuesEqual, differences);
}

/**
 * Exporters themselves: as many samples but for one at each end, and each value of a counter
 * between the values that the other program scraped before and after.
 */
export function compareDirect(
  ours: readonly StoredSeries[],
  theirs: readonly StoredSeries[],
  isCounter: (metricName: string) => boolean,
): JobComparison {
  let valuesEqual = 0;
  const { pairs, found: differences } = pairUp(ours, theirs);
  for (const pair of pairs) {
    const mine = pair.ours.texts.length;
    const other = pair.theirs.texts.length;
    if (Math.abs(mine - other) > 2 * EDGE_SAMPLES) {
      differences.push(`${pair.ours.key}: ${mine} samples, not ${other}`);
    }
    if (!isCounter(pair.ours.metricName)) continue;
    const outside = outsideNeighbours(pair);
    valuesEqual += mine - outside.length;
    differences.push(...outside);
  }
  return summary(ours, theirs, pairs.length, valuesEqual, differences);
}

function summary(
  ours: readonly StoredSeries[],
  theirs: readonly StoredSeries[],
  seriesOfBoth: number,
  valuesEqual: number,
  differences: readonly string[],
): JobComparison {
  const count = (all: readonly StoredSeries[]): number =>
    all.reduce((sum, { texts }) => sum + texts.length, 0);
  return {
    seriesOfBoth,
    samplesOurs: count(ours),
    samplesTheirs: count(theirs),
    valuesEqual,
    differences,
  };
}

function pairUp(
  ours: readonly StoredSeries[],
  theirs: readonly StoredSeries[],
): { pairs: readonly Pair[]; found: string[] } {
  const rest = new Map(ours.map((series) => [series.key, series]));
  const pairs: Pair[] = [];
  const found: string[] = [];
  if (rest.size !== ours.length) found.push('we gave a series twice');
  for (const series of theirs) {
    const own = rest.get(series.key);
    rest.delete(series.key);
    if (own !== undefined) pairs.push({ ours: own, theirs: series });
    else if (series.texts.length > EDGE_SAMPLES) found.push(`we lack ${series.key}`);
  }
  for (const { key, texts } of rest.values()) {
    if (texts.length > EDGE_SAMPLES) found.push(`only we have ${key}`);
  }
  return { pairs, found };
}

function pagesByTime(series: readonly StoredSeries[]): ReadonlyMap<number, string> {
  const pages = series.find(({ metricName }) => metricName === PAGE_METRIC);
  return new Map(pages?.timestampsMs.map((timeMs, at) => [timeMs, pages.texts[at] as string]));
}

/** The first scrape of a page counts: a scraper may see a page twice. */
function textByPage(
  series: StoredSeries,
  pages: ReadonlyMap<number, string>,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  series.timestampsMs.forEach((timeMs, at) => {
    const page = pages.get(timeMs);
    if (page !== undefined && !texts.has(page)) texts.set(page, series.texts[at] as string);
  });
  return texts;
}

function outsideNeighbours({ ours, theirs }: Pair): string[] {
  const times = theirs.timestampsMs;
  const values = theirs.texts.map(Number);
  const found: string[] = [];
  let after = 0;
  ours.timestampsMs.forEach((timeMs, at) => {
    while (after < times.length && (times[after] as number) <= timeMs + ORDER_SLACK_MS) after++;
    let before = after - 1;
    while (before >= 0 && (times[before] as number) > timeMs - ORDER_SLACK_MS) before--;
    const low = values[before];
    const high = values[after];
    const value = Number(ours.texts[at]);
    // No neighbour at an end of the window; a reset or NaN in between says nothing.
    if (low === undefined || high === undefined || !(low <= high)) return;
    if (value >= low && value <= high) return;
    found.push(`${ours.key} at ${timeMs}: ${value} is not between ${low} and ${high}`);
  });
  return found;
}
