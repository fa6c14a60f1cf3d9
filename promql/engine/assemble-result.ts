/** From evaluated rows to the answer. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { type Block, collect } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { type Grid, gridTimestamps } from './grid.ts';
import { mergeEqualRows } from './merge-rows.ts';
import { withoutMetadata } from './metadata-labels.ts';
import type { MatrixResult, ResultSeries, VectorResult } from './query-result.ts';
import { FLOAT, HISTOGRAM, type Row, type RowSource } from './rows.ts';

const NO_FLOATS = new Float64Array(0);
const NO_HISTOGRAMS: readonly FloatHistogram[] = [];

/**
 * Reads all rows, and takes off the names that were to go at the end.
 * @throws QueryError when series have become equal by that
 */
export async function finishRows(rows: RowSource, context: EvalContext): Promise<Block> {
  const block = await collect(rows, context);
  let hasChanged = false;
  for (let index = 0; index < block.labels.length; index++) {
    if (block.dropsName[index] !== 1) continue;
    const labels = block.labels[index] as Labels;
    const stripped = withoutMetadata(labels);
    hasChanged ||= stripped !== labels;
    block.labels[index] = stripped;
  }
  if (hasChanged) block.isUnique = false;
  return collect(await mergeEqualRows(block, context), context);
}

export function vectorResult(block: Block, timeMs: number): VectorResult {
  const { labels, values, histograms } = block;
  const count = labels.length;
  return {
    kind: 'vector',
    timeMs,
    labels,
    values: values.subarray(0, count),
    histograms: histograms === undefined ? undefined : denseCopy(histograms, count),
  };
}

function denseCopy(
  histograms: readonly (FloatHistogram | undefined)[],
  count: number,
): (FloatHistogram | undefined)[] {
  return Array.from({ length: count }, (_, index) => histograms[index]);
}

export function matrixResult(block: Block, grid: Grid): MatrixResult {
  const timestampsMs = gridTimestamps(grid);
  const series = block.labels.map((labels, index) => {
    return seriesOf(labels, block.read(index), timestampsMs);
  });
  return { kind: 'matrix', series: inOrder(series) };
}

/** Of rows on one grid. */
function seriesOf(labels: Labels, row: Row, timestampsMs: Float64Array): ResultSeries {
  const { base, kinds, values } = row;
  const steps = timestampsMs.length;
  let floatCount = 0;
  let histogramCount = 0;
  for (let cell = base; cell < base + steps; cell++) {
    if (kinds[cell] === FLOAT) floatCount++;
    else if (kinds[cell] === HISTOGRAM) histogramCount++;
  }
  if (floatCount === steps) {
    const none = { histogramTimestampsMs: NO_FLOATS, histograms: NO_HISTOGRAMS };
    return { labels, timestampsMs, values: values.subarray(base, base + steps), ...none };
  }
  const floatTimes = new Float64Array(floatCount);
  const floats = new Float64Array(floatCount);
  const histogramTimestampsMs = new Float64Array(histogramCount);
  const histograms: FloatHistogram[] = [];
  let at = 0;
  for (let step = 0; step < steps; step++) {
    const kind = kinds[base + step];
    if (kind === FLOAT) {
      floatTimes[at] = timestampsMs[step] as number;
      floats[at++] = values[base + step] as number;
    } else if (kind === HISTOGRAM) {
      histogramTimestampsMs[histograms.length] = timestampsMs[step] as number;
      histograms.push(row.histograms?.[base + step] as FloatHistogram);
    }
  }
  return { labels, timestampsMs: floatTimes, values: floats, histogramTimestampsMs, histograms };
}

export function inOrder(series: ResultSeries[]): ResultSeries[] {
  for (let index = 1; index < series.length; index++) {
    const [before, current] = [series[index - 1], series[index]] as [ResultSeries, ResultSeries];
    if (before.labels.compare(current.labels) > 0) {
      return series.sort((a, b) => a.labels.compare(b.labels));
    }
  }
  return series;
}
