/** `absent` and `absent_over_time`. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import type { PlanNode } from './plan.ts';
import { ABSENT, type RowSource } from './rows.ts';

/** One series that is 1 at the steps where no row has a sample. */
export async function absentRows(
  argument: PlanNode,
  rows: RowSource,
  context: EvalContext,
): Promise<RowSource> {
  const { steps } = rows;
  const isPresent = new Uint8Array(steps);
  await context.inSlices(rows.labels.length, (index) => {
    const { base, kinds } = rows.read(index);
    for (let step = 0; step < steps; step++) {
      if (kinds[base + step] !== ABSENT) isPresent[step] = 1;
    }
  });
  const block = new Block(steps, 1);
  block.isUnique = true;
  if (isPresent.every((present) => present === 1)) return block;
  const row = block.addRow(labelsOfAbsent(argument), false);
  isPresent.forEach((present, step) => {
    if (present === 0) block.setFloat(row, step, 1);
  });
  return block;
}

/** The labels that a selector pins to one value; of other expressions nothing is known. */
function labelsOfAbsent(argument: PlanNode): Labels {
  const node = argument.kind === 'invariant' ? argument.expr : argument;
  if (node.kind !== 'selector' && node.kind !== 'window') return Labels.EMPTY;
  return labelsOfMatchers(node.matchers);
}

function labelsOfMatchers(matchers: readonly Matcher[]): Labels {
  const pinned = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, type, value } of matchers) {
    if (name === METRIC_NAME) continue;
    if (type === '=' && !seen.has(name)) {
      pinned.set(name, value);
      seen.add(name);
    } else {
      pinned.delete(name);
    }
  }
  return Labels.fromEntries(pinned);
}
