/** `and`, `or`, `unless`. */

import type { Labels } from '../../model/labels.ts';
import type { VectorMatching } from '../ast.ts';
import { Block, collect } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { numberSignatures } from './match-signature.ts';
import { RowCollector } from './row-collector.ts';
import { ABSENT, type RowSource } from './rows.ts';

export async function setOperation(
  op: 'and' | 'or' | 'unless',
  lhs: RowSource,
  rhs: RowSource,
  matching: VectorMatching,
  context: EvalContext,
): Promise<RowSource> {
  const { steps } = lhs;
  if (op === 'or') {
    const left = await collect(lhs, context);
    if (rhs.labels.length === 0) return left;
    // Collecting leaves rows without samples out, so that numbers are taken after it.
    const [ofLeft = new Int32Array(0), ofRight = new Int32Array(0)] = numberSignatures(
      [left.labels, rhs.labels],
      matching,
    ).numbers;
    return union(left, rhs, ofLeft, ofRight, context);
  }
  const signatures = numberSignatures([lhs.labels, rhs.labels], matching);
  const [ofLhs = new Int32Array(0), ofRhs = new Int32Array(0)] = signatures.numbers;
  const isPresent = new Uint8Array(signatures.count * steps);
  await context.inSlices(rhs.labels.length, (index) => {
    markPresent(isPresent, rhs, index, ofRhs[index] as number);
  });
  const wanted = op === 'and' ? 1 : 0;
  const block = new Block(steps);
  block.isUnique = lhs.isUnique;
  block.commonName = lhs.commonName;
  await context.inSlices(lhs.labels.length, (index) => {
    const row = lhs.read(index);
    const first = (ofLhs[index] as number) * steps;
    let target = -1;
    for (let step = 0; step < steps; step++) {
      if (row.kinds[row.base + step] === ABSENT || isPresent[first + step] !== wanted) continue;
      if (target < 0) {
        target = block.addRow(lhs.labels[index] as Labels, lhs.dropsName[index] === 1);
      }
      block.copyCell(target, step, row);
      context.hold(1);
    }
  });
  return block;
}

async function union(
  lhs: Block,
  rhs: RowSource,
  ofLhs: Int32Array,
  ofRhs: Int32Array,
  context: EvalContext,
): Promise<RowSource> {
  const { steps } = lhs;
  let count = 0;
  for (const numbers of [ofLhs, ofRhs]) {
    for (const number of numbers) count = Math.max(count, number + 1);
  }
  const isPresent = new Uint8Array(count * steps);
  const collector = new RowCollector(steps, context.modes);
  for (let index = 0; index < lhs.labels.length; index++) {
    markPresent(isPresent, lhs, index, ofLhs[index] as number);
    const row = lhs.read(index);
    const target = collector.rowFor(lhs.labels[index] as Labels, lhs.dropsName[index] === 1);
    for (let step = 0; step < steps; step++) {
      if (row.kinds[row.base + step] !== ABSENT) collector.copyCell(target, step, row);
    }
  }
  await context.inSlices(rhs.labels.length, (index) => {
    const row = rhs.read(index);
    const first = (ofRhs[index] as number) * steps;
    let target = -1;
    for (let step = 0; step < steps; step++) {
      if (row.kinds[row.base + step] === ABSENT || isPresent[first + step] === 1) continue;
      if (target < 0) {
        target = collector.rowFor(rhs.labels[index] as Labels, rhs.dropsName[index] === 1);
      }
      collector.copyCell(target, step, row);
      context.hold(1);
    }
  });
  return collector.block;
}

function markPresent(
  isPresent: Uint8Array,
  rows: RowSource,
  index: number,
  signature: number,
): void {
  const { steps } = rows;
  const { base, kinds } = rows.read(index);
  const first = signature * steps;
  for (let step = 0; step < steps; step++) {
    if (kinds[base + step] !== ABSENT) isPresent[first + step] = 1;
  }
}
