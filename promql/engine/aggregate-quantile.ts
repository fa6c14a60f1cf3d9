/** `quantile`: for each group at each step over the values of its series. */

import type { Labels } from '../../model/labels.ts';
import { quantileOf } from '../functions/float-quantile.ts';
import { histogramIgnoredInAggregationInfo, invalidQuantileWarning } from './annotation-texts.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { groupSeries } from './grouping.ts';
import type { AggregateNode } from './plan.ts';
import { countSamples } from './row-size.ts';
import { FLOAT, HISTOGRAM, hasSamples, type RowSource } from './rows.ts';

export async function aggregateQuantile(
  node: AggregateNode,
  rows: RowSource,
  quantiles: Float64Array,
  context: EvalContext,
): Promise<RowSource> {
  warnOfQuantiles(node, quantiles, context);
  const { steps } = rows;
  const grouping = { labelNames: node.grouping, without: node.without };
  const { groupOf, labels } = groupSeries(rows, grouping);
  const block = new Block(steps, labels.length);
  block.isUnique = true;
  const members = membersOf(groupOf, labels.length);
  for (let group = 0; group < labels.length; group++) {
    const series = members[group] as number[];
    // The floats of a step lie together, `counts[step]` of them.
    const values = new Float64Array(series.length * steps);
    const counts = new Int32Array(steps);
    let dropsName = false;
    await context.inSlices(series.length, (at) => {
      const index = series[at] as number;
      const row = rows.read(index);
      context.hold(countSamples(row, steps));
      dropsName ||= rows.dropsName[index] === 1 && hasSamples(row, steps);
      for (let step = 0; step < steps; step++) {
        const kind = row.kinds[row.base + step];
        if (kind === FLOAT) {
          const count = counts[step] as number;
          values[step * series.length + count] = row.values[row.base + step] as number;
          counts[step] = count + 1;
        } else if (kind === HISTOGRAM) {
          context.annotate(histogramIgnoredInAggregationInfo('quantile', node.expr.pos));
        }
      }
    });
    if (counts.every((count) => count === 0)) continue;
    const target = block.addRow(labels[group] as Labels, dropsName);
    await context.inSlices(steps, (step) => {
      const count = counts[step] as number;
      if (count === 0) return;
      const start = step * series.length;
      const part = values.subarray(start, start + count);
      block.setFloat(target, step, quantileOf(quantiles[step] as number, part, count));
    });
  }
  return block;
}

function membersOf(groupOf: Int32Array, groupCount: number): number[][] {
  const members = Array.from({ length: groupCount }, (): number[] => []);
  groupOf.forEach((group, index) => members[group]?.push(index));
  return members;
}

function warnOfQuantiles(node: AggregateNode, quantiles: Float64Array, context: EvalContext): void {
  const pos = node.param?.pos ?? node.pos;
  let least = Infinity;
  let most = -Infinity;
  let hasNaN = false;
  for (const quantile of quantiles) {
    hasNaN ||= Number.isNaN(quantile);
    least = Math.min(least, quantile);
    most = Math.max(most, quantile);
  }
  if (hasNaN) context.annotate(invalidQuantileWarning(Number.NaN, pos));
  if (most > 1) context.annotate(invalidQuantileWarning(most, pos));
  if (least < 0) context.annotate(invalidQuantileWarning(least, pos));
}
