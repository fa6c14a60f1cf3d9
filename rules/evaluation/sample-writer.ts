/** Writes what rules give, and ends the series that they give no more. */
import type { Labels } from '../../model/labels.ts';
import {
  type AppendResult,
  type HistogramSample,
  type SampleSink,
  SeriesLimitError,
  type SeriesRef,
} from '../../model/sink.ts';
import { floatColumn, setStaleAt } from '../../model/value-bits.ts';
import type { RuleSample } from './rule-query.ts';

/** The part of a store that rules write to. */
export type RuleSink = Pick<SampleSink, 'resolve' | 'append' | 'appendHistograms'>;

/** Series of one rule by the key of their labels. */
export type WrittenSeries = ReadonlyMap<
  string,
  { readonly labels: Labels; readonly ref: SeriesRef }
>;

export const NOTHING_WRITTEN: WrittenSeries = new Map();

export interface WriteResult {
  readonly series: WrittenSeries;
  /** Of samples that were not taken, the first reason; '' when all were. */
  readonly problem: string;
  readonly droppedCount: number;
}

/**
 * Appends the samples at one time, and a stale marker for each series of `previous` that is not
 * among them.
 */
export function writeSamples(
  sink: RuleSink,
  samples: readonly RuleSample[],
  timestampMs: number,
  previous: WrittenSeries,
): WriteResult {
  const series = new Map<string, { readonly labels: Labels; readonly ref: SeriesRef }>();
  const floats: { readonly ref: SeriesRef; readonly value: number }[] = [];
  const histograms: HistogramSample[] = [];
  let refused = '';
  let refusedCount = 0;
  for (const { labels, value, histogram } of samples) {
    const { key } = labels;
    const known = previous.get(key);
    const ref = known?.ref ?? resolve(sink, labels);
    if (typeof ref === 'string') {
      refused ||= ref;
      refusedCount++;
      continue;
    }
    series.set(key, known ?? { labels, ref });
    if (histogram === undefined) floats.push({ ref, value });
    else histograms.push({ ref, timestampMs, histogram });
  }
  const results: AppendResult[] = [];
  if (floats.length > 0) results.push(appendFloats(sink, floats, timestampMs));
  if (histograms.length > 0) results.push(sink.appendHistograms(histograms));
  const ended = [...previous].filter(([key]) => !series.has(key)).map(([, { ref }]) => ref);
  appendStale(sink, ended, timestampMs);
  const droppedCount = refusedCount + sum(results, dropped);
  return { series, problem: refused || appendProblem(results), droppedCount };
}

/** Ends series; those that have younger samples are left alone by the store. */
export function appendStale(sink: RuleSink, refs: readonly SeriesRef[], timestampMs: number): void {
  if (refs.length === 0) return;
  const { values, words } = floatColumn(refs.length);
  for (let index = 0; index < refs.length; index++) setStaleAt(words, index);
  const timestampsMs = new Float64Array(refs.length).fill(timestampMs);
  sink.append({ count: refs.length, refs: Uint32Array.from(refs), timestampsMs, values });
}

function appendFloats(
  sink: RuleSink,
  floats: readonly { readonly ref: SeriesRef; readonly value: number }[],
  timestampMs: number,
): AppendResult {
  return sink.append({
    count: floats.length,
    refs: Uint32Array.from(floats, ({ ref }) => ref),
    timestampsMs: new Float64Array(floats.length).fill(timestampMs),
    values: Float64Array.from(floats, ({ value }) => value),
  });
}

function resolve(sink: RuleSink, labels: Labels): SeriesRef | string {
  try {
    return sink.resolve(labels);
  } catch (error) {
    if (!(error instanceof SeriesLimitError)) throw error;
    return error.message;
  }
}

function dropped({ tooOld, tooNew, duplicates }: AppendResult): number {
  return tooOld + tooNew + duplicates;
}

/** In the words of Prometheus' storage. */
function appendProblem(results: readonly AppendResult[]): string {
  if (sum(results, ({ tooOld }) => tooOld) > 0) return 'too old sample';
  if (sum(results, ({ duplicates }) => duplicates) > 0) return 'duplicate sample for timestamp';
  return sum(results, ({ tooNew }) => tooNew) > 0 ? 'sample too far in the future' : '';
}

function sum(results: readonly AppendResult[], count: (result: AppendResult) => number): number {
  return results.reduce((total, result) => total + count(result), 0);
}
