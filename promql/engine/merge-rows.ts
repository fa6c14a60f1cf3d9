/** Rows whose labels became equal, e.g. because their names went. */
import type { Labels } from '../../model/labels.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { DUPLICATE_LABELSET, executionError } from './query-error.ts';
import { countSamples } from './row-size.ts';
import { ABSENT, type RowSource } from './rows.ts';

export function hasDuplicateLabels(source: RowSource): boolean {
  if (source.isUnique) return false;
  return hasDuplicates(source.labels);
}

function hasDuplicates(labels: readonly Labels[]): boolean {
  if (labels.length < 2) return false;
  const seen = new Set<string>();
  for (const { key } of labels) seen.add(key);
  return seen.size < labels.length;
}

/**
 * Makes one row of rows with equal labels.
 * @throws QueryError when two of them have a sample at the same step
 */
export async function mergeEqualRows(source: RowSource, context: EvalContext): Promise<RowSource> {
  if (!hasDuplicateLabels(source)) return source;
  const block = new Block(source.steps);
  const rowOf = new Map<string, number>();
  await context.inSlices(source.labels.length, (index) => {
    const row = source.read(index);
    const sampleCount = countSamples(row, source.steps);
    if (sampleCount === 0) return;
    context.hold(sampleCount);
    const labels = source.labels[index] as Labels;
    let target = rowOf.get(labels.key);
    if (target === undefined) {
      target = block.addRow(labels, source.dropsName[index] === 1);
      rowOf.set(labels.key, target);
      block.copyRow(target, row);
      return;
    }
    for (let step = 0; step < source.steps; step++) {
      if (row.kinds[row.base + step] === ABSENT) continue;
      if (block.kindAt(target, step) !== ABSENT) throw executionError(DUPLICATE_LABELSET);
      block.copyCell(target, step, row);
    }
  });
  block.isUnique = true;
  return block;
}

/**
 * Refuses rows with equal labels, also when their samples are at different steps.
 * @throws QueryError
 */
export async function refuseEqualRows(source: RowSource, context: EvalContext): Promise<RowSource> {
  if (!hasDuplicateLabels(source)) return source;
  const block = new Block(source.steps);
  await context.inSlices(source.labels.length, (index) => {
    const row = source.read(index);
    const sampleCount = countSamples(row, source.steps);
    if (sampleCount === 0) return;
    context.hold(sampleCount);
    const target = block.addRow(source.labels[index] as Labels, source.dropsName[index] === 1);
    block.copyRow(target, row);
  });
  if (hasDuplicates(block.labels)) throw executionError(DUPLICATE_LABELSET);
  block.isUnique = true;
  return block;
}

/** Where names go at once, rows that became equal by it become one. @throws QueryError */
export async function mergeAfterDrop(rows: RowSource, context: EvalContext): Promise<RowSource> {
  return context.modes.delayedNameRemoval ? rows : mergeEqualRows(rows, context);
}
