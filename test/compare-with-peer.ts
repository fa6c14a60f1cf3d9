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
  const mine = new Map(seriesOf(ours).map((series) => [series.labels.key, series]));
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

function seriesOf({
  value,
}: QueryResult): readonly Pick<ResultSeries, 'labels' | 'timestampsMs' | 'values'>[] {
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

function differentPoints(
  own: Pick<ResultSeries, 'labels' | 'timestampsMs' | 'values'>,
  theirs: PeerSeries,
): readonly string[] {
  const name = own.labels.toString();
  if (own.values.length !== theirs.values.length) {
    return [`${name}: ${own.values.length} points, not ${theirs.values.length}`];
  }
  const found: string[] = [];
  theirs.values.forEach(([seconds, text], index) => {
    const timeMs = own.timestampsMs[index];
    const value = own.values[index] as number;
    const expected = Number(text.replace('Inf', 'Infinity'));
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
  return Math.abs(value - expected) <= TOLERANCE * Math.max(Math.abs(value), Math.abs(expected));
}
