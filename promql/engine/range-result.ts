/** An instant query whose result is a range vector. */
import type { Labels } from '../../model/labels.ts';
import { valueAtEnd, valueAtStart } from '../functions/extended-rate.ts';
import type { RangeSeries, SampleWindow } from '../functions/range-function.ts';
import { edgeEntries } from '../functions/window-edges.ts';
import { histogramSampleSize } from '../histogram/sample-size.ts';
import { inOrder } from './assemble-result.ts';
import type { EvalContext } from './eval-context.ts';
import { firstAfter, type LoadedColumns } from './loaded-columns.ts';
import type { WindowNode } from './plan.ts';
import { executionError } from './query-error.ts';
import type { MatrixResult, ResultSeries } from './query-result.ts';
import { StoredSeries } from './range-source.ts';
import type { SampleStats } from './sample-stats.ts';

/** The stored samples of each series, with their own times. */
export async function windowResult(
  node: WindowNode,
  loaded: LoadedColumns,
  stats: SampleStats,
  context: EvalContext,
): Promise<MatrixResult> {
  const source = new StoredSeries(node, loaded, false);
  const results: ResultSeries[] = [];
  const extraMs = node.anchored || node.smoothed ? node.lookbackMs : 0;
  const endMs = (node.atMs ?? node.grid.startMs) - node.offsetMs;
  const startMs = endMs - node.rangeMs;
  const lastMs = node.smoothed ? endMs + extraMs : endMs;
  await context.inSlices(source.labels.length, (index) => {
    const series = source.read(index);
    const part = cut(source.labels[index] as Labels, series, startMs - extraMs, lastMs);
    const result = extraMs === 0 ? part : extended(node, part, startMs, endMs);
    const size = result.values.length + totalSize(result);
    if (size === 0) return;
    context.hold(size);
    stats.add(0, size, size);
    results.push(result);
  });
  return { kind: 'matrix', series: inOrder(results) };
}

function totalSize({ histograms }: ResultSeries): number {
  return histograms.reduce((size, histogram) => size + histogramSampleSize(histogram), 0);
}

/** Samples after `startMs` and up to `endMs`. */
function cut(labels: Labels, series: RangeSeries, startMs: number, endMs: number): ResultSeries {
  const { timestampsMs, values, from, to, histograms } = series;
  const first = firstAfter(timestampsMs, from, to, startMs);
  const end = firstAfter(timestampsMs, first, to, endMs);
  const times = Float64Array.from(histograms?.timestampsMs ?? []);
  const firstHistogram = firstAfter(times, 0, times.length, startMs);
  const endHistogram = firstAfter(times, firstHistogram, times.length, endMs);
  return {
    labels,
    timestampsMs: timestampsMs.slice(first, end),
    values: values.slice(first, end),
    histogramTimestampsMs: times.slice(firstHistogram, endHistogram),
    histograms: histograms?.histograms.slice(firstHistogram, endHistogram) ?? [],
  };
}

/** With values at the very edges of the range, taken from the samples around them. */
function extended(
  node: WindowNode,
  part: ResultSeries,
  startMs: number,
  endMs: number,
): ResultSeries {
  if (part.histograms.length > 0) {
    const modifier = node.anchored ? 'anchored' : 'smoothed';
    throw executionError(`${modifier} modifier is not supported with histograms`);
  }
  const { timestampsMs, values } = part;
  const none = { ...part, timestampsMs: new Float64Array(0), values: new Float64Array(0) };
  if (values.length === 0) return none;
  const window: SampleWindow = {
    step: 0,
    timeMs: node.grid.startMs,
    startMs,
    endMs,
    timestampsMs,
    values,
    from: 0,
    to: values.length,
    startTimestampsMs: undefined,
    histograms: undefined,
    histogramFrom: 0,
    histogramTo: 0,
  };
  const edges = edgeEntries(timestampsMs, 0, values.length, window, node.smoothed);
  if (edges === undefined) return none;
  const left = valueAtStart(window, edges, node.smoothed, false);
  const right = valueAtEnd(window, edges, node.smoothed, false);
  const isFirstOutside = (timestampsMs[edges.first] as number) <= startMs;
  const isLastOutside = (timestampsMs[edges.last] as number) >= endMs;
  const first = edges.first + Number(isFirstOutside);
  const end = edges.last + 1 - Number(isLastOutside);
  return {
    ...part,
    timestampsMs: Float64Array.from([startMs, ...timestampsMs.slice(first, end), endMs]),
    values: Float64Array.from([left, ...values.slice(first, end), right]),
  };
}
