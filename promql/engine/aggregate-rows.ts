/** `sum`, `avg`, `count`, `min`, `max`, `group`, `stddev`, `stdvar`: one row per group. */
import type { Labels } from '../../model/labels.ts';
import { addFloatRow, FloatGroups, type FoldOperator, finishFloats } from './aggregate-floats.ts';
import { HistogramGroups } from './aggregate-histograms.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { groupSeries } from './grouping.ts';
import type { AggregateNode } from './plan.ts';
import { countSamples } from './row-size.ts';
import { hasSamples, type RowSource } from './rows.ts';

export async function aggregateRows(
  node: AggregateNode,
  op: FoldOperator,
  rows: RowSource,
  context: EvalContext,
): Promise<RowSource> {
  const { steps } = rows;
  const grouping = { labelNames: node.grouping, without: node.without };
  const { groupOf, labels } = groupSeries(rows, grouping);
  const floats = new FloatGroups(op, labels.length, steps);
  const histograms = new HistogramGroups(node.expr.pos, context);
  const dropsName = new Uint8Array(labels.length);
  await context.inSlices(groupOf.length, (index) => {
    const row = rows.read(index);
    const group = groupOf[index] as number;
    const floatCount = addFloatRow(floats, group, row);
    if (row.histograms === undefined) {
      context.hold(floatCount);
    } else {
      histograms.addRow(floats, group, row, rows.labels[index] as Labels);
      context.hold(countSamples(row, steps));
    }
    if (rows.dropsName[index] === 1 && hasSamples(row, steps)) dropsName[group] = 1;
  });
  finishFloats(floats);
  const block = new Block(steps, 0);
  block.adopt(labels, dropsName, floats.values, floats.kinds);
  histograms.finish(block);
  return withoutEmptyRows(block);
}

/** Groups whose series have no sample at all are no groups. */
function withoutEmptyRows(full: Block): Block {
  const { labels, dropsName, steps } = full;
  full.isUnique = true;
  let filledCount = 0;
  while (filledCount < labels.length && hasSamples(full.read(filledCount), steps)) filledCount++;
  if (filledCount === labels.length) return full;
  const kept = new Block(steps, labels.length);
  kept.isUnique = true;
  for (let group = 0; group < labels.length; group++) {
    const row = full.read(group);
    if (!hasSamples(row, steps)) continue;
    kept.copyRow(kept.addRow(labels[group] as Labels, dropsName[group] === 1), row);
  }
  return kept;
}
