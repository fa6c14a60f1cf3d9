/** Our answer and that of a Prometheus on the same samples. */
import { Labels } from '../model/labels.ts';
import type { QueryResult, ResultSeries } from '../promql/engine/query-result.ts';
import type { PeerAnswer, PeerSeries } from './prometheus-peer.ts';

/** That of the compliance tester. */
const TOLERANCE = 1e-5;
const DIFFERENCES_SHOWN_MAX = 3;

/** @returns what differs, or nothing */
export function differences(ours: QueryResult | Error, theirs: PeerAnswer): readonly string[] {
  if (ours instanceof Error || theirs.error !== undefined) {
    if (ours instanceof Error && theirs.error !== undefined) return [];
    if (ours instanceof Error) return [`we refuse it: ${ours.message}`];
    return [`Prometheus refuses it: ${theirs.error}`];
  }
  return differentSeries(seriesOf(ours), theirs);
}

/** As `differences`, for an answer of ours that came over HTTP. */
export function answerDifferences(ours: PeerAnswer, theirs: PeerAnswer): readonly string[] {
  if (ours.error !== undefined) return differences(new Error(ours.error), theirs);
  if (theirs.error !== undefined) return [`Prometheus refuses it: ${theirs.error}`];
  const mine = ours.series.map(({ metric, values }) => ({
    labels: Labels.fromRecord(metric),
    timestampsMs: Float64Array.from(values, ([seconds]) => Math.round(seconds * 1000)),
    values: Float64Array.from(values, ([, text]) => numberOf(text)),
  }));
  return differentSeries(mine, theirs);
}

function differentSeries(ours: readonly OwnSeries[], theirs: PeerAnswer): readonly string[] {
  const mine = new Map(ours.map((series) => [series.labels.key, series]));
  const found: string[] = [];
  for (const series of theirs.series) {
    const { key } = Labels.fromRecord(series.metric);
    const own = mine.get(key);
    mine.delete(key);
    if (own === undefined) found.push(`no series ${JSON.stringify(series.metric)}`);
    else found.push(...differentPoints(own, series));
  }
  for (const { labels } of mine.values()) found.push(`extra series ${labels.toString()}`);
  return found.slice(0, DIFFERENCES_SHOWN_MAX);
}

type OwnSeries = Pick<ResultSeries, 'labels' | 'timestampsMs' | 'values'>;

/** NaN for the text of a string result, which is compared no further. */
function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

function seriesOf({ value }: QueryResult): readonly OwnSeries[] {
  switch (value.kind) {
    case 'matrix':
      return value.series;
    case 'vector':
      return value.labels.map((labels, index) => ({
        labels,
        timestampsMs: Float64Array.of(value.timeMs),
        values: value.values.slice(index, index + 1),
      }));
    case 'scalar':
      return [
        {
          labels: Labels.EMPTY,
          timestampsMs: Float64Array.of(value.timeMs),
          values: Float64Array.of(value.value),
        },
      ];
    case 'string':
      return [];
  }
}

function differentPoints(own: OwnSeries, theirs: PeerSeries): readonly string[] {
  const name = own.labels.toString();
  if (own.values.length !== theirs.values.length) {
    return [`${name}: ${own.values.length} points, not ${theirs.values.length}`];
  }
  const found: string[] = [];
  theirs.values.forEach(([seconds, text], index) => {
    const timeMs = own.timestampsMs[index];
    const value = own.values[index] as number;
    const expected = numberOf(text);
    if (timeMs !== Math.round(seconds * 1000))
      found.push(`${name}: at ${timeMs}, not ${seconds} s`);
    else if (!isClose(value, expected)) found.push(`${name} at ${seconds}: ${value}, not ${text}`);
  });
  return found;
}

function isClose(value: number, expected: number): boolean {
  if (Number.isNaN(value) || Number.isNaN(expected)) {
    return Number.isNaN(value) && Number.isNaN(expected);
  }
  if (value === expected) return true;
  // The difference to an infinity is no larger than a share of it.
  if (!Number.isFinite(value) || !Number.isFinite(expected)) return false;
  return Math.abs(value - expected) <= TOLERANCE * Math.max(Math.abs(value), Math.abs(expected));
}
