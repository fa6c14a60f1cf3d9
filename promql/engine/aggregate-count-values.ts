/** `count_values`: how many series of a group have each value. */
import { formatGoF } from '../../model/go-float.ts';
import { type Labels, quoteGo } from '../../model/labels.ts';
import { formatHistogram } from '../histogram/text.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { groupLabels } from './grouping.ts';
import { isLabelName } from './label-name.ts';
import type { AggregateNode } from './plan.ts';
import { executionError } from './query-error.ts';
import { countSamples } from './row-size.ts';
import { ABSENT, FLOAT, histogramAt, type RowSource } from './rows.ts';

export async function aggregateCountValues(
  node: AggregateNode,
  rows: RowSource,
  valueLabel: string,
  context: EvalContext,
): Promise<RowSource> {
  if (!isLabelName(valueLabel)) {
    throw executionError(`invalid label name ${quoteGo(valueLabel)}`);
  }
  const { steps } = rows;
  const { without } = node;
  const labelNames = without ? node.grouping : [...node.grouping, valueLabel];
  const block = new Block(steps);
  block.isUnique = true;
  const rowOf = new Map<string, number>();
  await context.inSlices(rows.labels.length, (index) => {
    const row = rows.read(index);
    context.hold(countSamples(row, steps));
    const seriesLabels = rows.labels[index] as Labels;
    const targetOf = new Map<string, number>();
    for (let step = 0; step < steps; step++) {
      const cell = row.base + step;
      const kind = row.kinds[cell];
      if (kind === ABSENT) continue;
      const text =
        kind === FLOAT
          ? formatGoF(row.values[cell] as number)
          : formatHistogram(histogramAt(row, cell));
      let target = targetOf.get(text);
      if (target === undefined) {
        const labels = groupLabels(seriesLabels.with(valueLabel, text), { labelNames, without });
        target = rowOf.get(labels.key) ?? block.addRow(labels, false);
        rowOf.set(labels.key, target);
        targetOf.set(text, target);
      }
      const count = block.kindAt(target, step) === ABSENT ? 0 : block.floatAt(target, step);
      block.setFloat(target, step, count + 1);
    }
  });
  return block;
}
