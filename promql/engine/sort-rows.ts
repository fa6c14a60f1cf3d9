/** `sort`, `sort_desc`, `sort_by_label`, `sort_by_label_desc`. */
import type { Labels } from '../../model/labels.ts';
import { compareNatural } from '../functions/natural-order.ts';
import { Block, collect } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { MappedRows } from './mapped-rows.ts';
import { FLOAT, type RowSource } from './rows.ts';

/** Histograms have no order, and are left out. Of several steps the order stays as it is. */
export async function sortByValue(
  rows: RowSource,
  isDescending: boolean,
  context: EvalContext,
): Promise<RowSource> {
  const { steps } = rows;
  const floats = new MappedRows(rows, 'keep', context.modes, ({ base, kinds, values }, out) => {
    for (let step = 0; step < steps; step++) {
      if (kinds[base + step] === FLOAT) out.setFloat(step, values[base + step] as number);
    }
  });
  if (steps !== 1) return floats;
  const block = await collect(floats, context);
  const sign = isDescending ? -1 : 1;
  return reordered(block, (a, b) => compareValues(block.floatAt(a, 0), block.floatAt(b, 0), sign));
}

/** NaN comes last either way. */
function compareValues(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (a - b);
}

export async function sortByLabel(
  rows: RowSource,
  labelNames: readonly string[],
  isDescending: boolean,
  context: EvalContext,
): Promise<RowSource> {
  if (rows.steps !== 1) return rows;
  const block = await collect(rows, context);
  const sign = isDescending ? -1 : 1;
  return reordered(block, (a, b) => {
    const labelsOfA = block.labels[a] as Labels;
    const labelsOfB = block.labels[b] as Labels;
    for (const name of labelNames) {
      const order = compareNatural(labelsOfA.get(name), labelsOfB.get(name));
      if (order !== 0) return sign * order;
    }
    return sign * labelsOfA.compare(labelsOfB);
  });
}

function reordered(block: Block, compare: (a: number, b: number) => number): Block {
  const order = block.labels.map((_, index) => index).sort(compare);
  const sorted = new Block(block.steps, order.length);
  sorted.isUnique = block.isUnique;
  sorted.commonName = block.commonName;
  for (const index of order) {
    const row = sorted.addRow(block.labels[index] as Labels, block.dropsName[index] === 1);
    sorted.copyRow(row, block.read(index));
  }
  return sorted;
}
