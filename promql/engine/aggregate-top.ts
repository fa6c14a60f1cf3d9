/** `topk`, `bottomk`, `limitk`, `limit_ratio`: some of the series of each group. */

import { formatGoG } from '../../model/go-float.ts';
import type { Labels } from '../../model/labels.ts';
import { histogramIgnoredInAggregationInfo, invalidRatioWarning } from './annotation-texts.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { groupSeries } from './grouping.ts';
import { labelsRatio } from './labels-ratio.ts';
import type { AggregateNode } from './plan.ts';
import { executionError } from './query-error.ts';
import { countSamples } from './row-size.ts';
import { ABSENT, FLOAT, HISTOGRAM, type RowSource } from './rows.ts';
import { TopCells } from './top-cells.ts';

/** Bounds of an int64 as a float, as Prometheus checks them. */
const INT64_MIN = -9223372036854775808;
const INT64_MAX = 9223372036854774784;

/** @returns the largest k, or 0 when nothing is wanted at any step */
function checkedMax(counts: Float64Array): number {
  let least = Infinity;
  let most = -Infinity;
  let hasNaN = false;
  for (const count of counts) {
    if (count < least) least = count;
    if (count > most) most = count;
    hasNaN ||= Number.isNaN(count);
  }
  if (hasNaN) throw executionError('Parameter value is NaN');
  if (most < 1) return 0;
  if (least <= INT64_MIN) {
    throw executionError(`Scalar value ${formatGoG(least)} underflows int64`);
  }
  if (most >= INT64_MAX) throw executionError(`Scalar value ${formatGoG(most)} overflows int64`);
  return Math.trunc(most);
}

/** The rows of the chosen series, holding only the chosen cells. */
export async function aggregateTop(
  node: AggregateNode,
  op: 'topk' | 'bottomk',
  rows: RowSource,
  counts: Float64Array,
  context: EvalContext,
): Promise<RowSource> {
  const { steps } = rows;
  const countMax = checkedMax(counts);
  if (countMax === 0) return new Block(steps, 0);
  const grouping = { labelNames: node.grouping, without: node.without };
  const { groupOf, labels } = groupSeries(rows, grouping);
  const sizes = new Int32Array(labels.length);
  for (const group of groupOf) (sizes[group] as number) += 1;
  const tops = new TopCells(op, sizes, countMax, counts);
  await context.inSlices(groupOf.length, (index) => {
    const row = rows.read(index);
    context.hold(countSamples(row, steps));
    const group = groupOf[index] as number;
    for (let step = 0; step < steps; step++) {
      const kind = row.kinds[row.base + step];
      if (kind === FLOAT) tops.add(group, step, row.values[row.base + step] as number, index);
      else if (kind === HISTOGRAM && (counts[step] as number) >= 1) {
        context.annotate(histogramIgnoredInAggregationInfo(op, node.pos));
      }
    }
  });
  return tops.toBlock(rows, steps);
}

/** The first k series of each group that have a sample at the step. */
export async function aggregateLimit(
  node: AggregateNode,
  rows: RowSource,
  counts: Float64Array,
  context: EvalContext,
): Promise<RowSource> {
  const { steps } = rows;
  if (checkedMax(counts) === 0) return new Block(steps, 0);
  const grouping = { labelNames: node.grouping, without: node.without };
  const { groupOf, labels } = groupSeries(rows, grouping);
  const taken = new Uint32Array(labels.length * steps);
  return filterCells(rows, context, (index, step) => {
    const cell = (groupOf[index] as number) * steps + step;
    if ((taken[cell] as number) >= Math.trunc(counts[step] as number)) return false;
    (taken[cell] as number) += 1;
    return true;
  });
}

/** A share of the series, chosen by their labels: the same ones at every step. */
export async function aggregateRatio(
  node: AggregateNode,
  rows: RowSource,
  ratios: Float64Array,
  context: EvalContext,
): Promise<RowSource> {
  const pos = node.param?.pos ?? node.pos;
  let least = Infinity;
  let most = -Infinity;
  for (const ratio of ratios) {
    if (Number.isNaN(ratio)) throw executionError('Ratio value is NaN');
    least = Math.min(least, ratio);
    most = Math.max(most, ratio);
  }
  if (least === 0 && most === 0) return new Block(rows.steps, 0);
  if (most > 1) context.annotate(invalidRatioWarning(most, 1, pos));
  if (least < -1) context.annotate(invalidRatioWarning(least, -1, pos));
  let lastIndex = -1;
  let place = 0;
  return filterCells(rows, context, (index, step) => {
    if (index !== lastIndex) place = labelsRatio(rows.labels[index] as Labels);
    lastIndex = index;
    const ratio = Math.max(-1, Math.min(1, ratios[step] as number));
    return ratio >= 0 ? place < ratio : place >= 1 + ratio;
  });
}

async function filterCells(
  rows: RowSource,
  context: EvalContext,
  isKept: (index: number, step: number) => boolean,
): Promise<Block> {
  const { steps } = rows;
  const block = new Block(steps);
  block.isUnique = rows.isUnique;
  block.commonName = rows.commonName;
  await context.inSlices(rows.labels.length, (index) => {
    const row = rows.read(index);
    context.hold(countSamples(row, steps));
    let target = -1;
    for (let step = 0; step < steps; step++) {
      if (row.kinds[row.base + step] === ABSENT || !isKept(index, step)) continue;
      if (target < 0) {
        target = block.addRow(rows.labels[index] as Labels, rows.dropsName[index] === 1);
      }
      block.copyCell(target, step, row);
    }
  });
  return block;
}
