/** Aggregation of floats: the row of a series goes into the row of its group. */
import { compensation } from '../functions/float-sums.ts';
import { FLOAT, type Row } from './rows.ts';

export type FoldOperator = 'sum' | 'avg' | 'count' | 'min' | 'max' | 'group' | 'stddev' | 'stdvar';

const NO_NUMBERS = new Float64Array(0);

/** The state of all groups at all steps; the cell of group g at step k is `g · steps + k`. */
export class FloatGroups {
  readonly op: FoldOperator;
  readonly steps: number;
  /** FLOAT once the group has a float at the step. */
  readonly kinds: Uint8Array;
  /** Sum, count, extreme or sum of squares; the mean where `isIncremental`. */
  readonly values: Float64Array;
  /** Kahan compensation of `values`, or the mean of a variance. */
  readonly seconds: Float64Array;
  readonly counts: Float64Array;
  /** 1 for groups that have a float at each step. */
  readonly isFull: Uint8Array;
  /** 1 where an average has overflowed as a sum and is carried on as a mean. */
  readonly isIncremental: Uint8Array;

  constructor(op: FoldOperator, groupCount: number, steps: number) {
    const cellCount = groupCount * steps;
    this.op = op;
    this.steps = steps;
    this.kinds = new Uint8Array(cellCount);
    this.values = new Float64Array(cellCount);
    const isSpread = op === 'stddev' || op === 'stdvar';
    const hasSecond = isSpread || op === 'sum' || op === 'avg';
    this.seconds = hasSecond ? new Float64Array(cellCount) : NO_NUMBERS;
    this.counts = isSpread || op === 'avg' ? new Float64Array(cellCount) : NO_NUMBERS;
    this.isFull = new Uint8Array(groupCount);
    this.isIncremental = new Uint8Array(op === 'avg' ? cellCount : 0);
  }
}

/** @returns the number of floats in the row */
export function addFloatRow(groups: FloatGroups, group: number, row: Row): number {
  const first = group * groups.steps;
  if (row.isFull) {
    if (groups.isFull[group] === 1 && addFullRow(groups, first, row)) return groups.steps;
    groups.isFull[group] = 1;
  }
  switch (groups.op) {
    case 'sum':
      return addSum(groups, first, row);
    case 'avg':
      return addMean(groups, first, row);
    case 'min':
      return addMin(groups, first, row);
    case 'max':
      return addMax(groups, first, row);
    case 'count':
      return addCount(groups, first, row);
    case 'group':
      return addOne(groups, first, row);
    case 'stddev':
    case 'stdvar':
      return addSpread(groups, first, row);
  }
}

/**
 * Without looking at the kinds of either side.
 * @returns false for operators that have no such loop
 */
function addFullRow(groups: FloatGroups, first: number, { base, values: row }: Row): boolean {
  const { steps, values, seconds } = groups;
  switch (groups.op) {
    case 'sum':
      for (let step = 0; step < steps; step++) {
        const cell = first + step;
        const value = row[base + step] as number;
        const before = values[cell] as number;
        const after = before + value;
        // Knuth's TwoSum: the error that Neumaier's branches give, without branches.
        const added = after - before;
        const error = before - (after - added) + (value - added);
        values[cell] = after;
        seconds[cell] = (seconds[cell] as number) + error;
      }
      return true;
    case 'min':
      for (let step = 0; step < steps; step++) {
        const value = row[base + step] as number;
        const least = values[first + step] as number;
        if (value < least || least !== least) values[first + step] = value;
      }
      return true;
    case 'max':
      for (let step = 0; step < steps; step++) {
        const value = row[base + step] as number;
        const greatest = values[first + step] as number;
        if (value > greatest || greatest !== greatest) values[first + step] = value;
      }
      return true;
    case 'count':
      for (let step = 0; step < steps; step++) (values[first + step] as number) += 1;
      return true;
    default:
      return false;
  }
}

function addSum({ steps, kinds, values, seconds }: FloatGroups, first: number, row: Row): number {
  const { base, kinds: rowKinds, values: rowValues } = row;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (rowKinds[base + step] !== FLOAT) continue;
    count++;
    const value = rowValues[base + step] as number;
    const cell = first + step;
    if (kinds[cell] !== FLOAT) {
      kinds[cell] = FLOAT;
      values[cell] = value;
      continue;
    }
    const before = values[cell] as number;
    const after = before + value;
    values[cell] = after;
    if (after === Infinity || after === -Infinity) seconds[cell] = 0;
    else if (Math.abs(before) >= Math.abs(value)) {
      (seconds[cell] as number) += before - after + value;
    } else (seconds[cell] as number) += value - after + before;
  }
  return count;
}

function addMean(groups: FloatGroups, first: number, row: Row): number {
  const { steps, kinds, values, seconds, counts, isIncremental } = groups;
  const { base, kinds: rowKinds, values: rowValues } = row;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (rowKinds[base + step] !== FLOAT) continue;
    count++;
    const value = rowValues[base + step] as number;
    const cell = first + step;
    if (kinds[cell] !== FLOAT) {
      kinds[cell] = FLOAT;
      values[cell] = value;
      counts[cell] = 1;
      continue;
    }
    const number = (counts[cell] as number) + 1;
    counts[cell] = number;
    const before = values[cell] as number;
    const error = seconds[cell] as number;
    if (isIncremental[cell] === 0) {
      const after = before + value;
      if (after !== Infinity && after !== -Infinity) {
        values[cell] = after;
        seconds[cell] = compensation(value, before, after, error);
        continue;
      }
      isIncremental[cell] = 1;
      values[cell] = before / (number - 1);
      seconds[cell] = error / (number - 1);
    }
    addToMean(groups, cell, value, number);
  }
  return count;
}

function addToMean({ values, seconds }: FloatGroups, cell: number, value: number, count: number) {
  const share = (count - 1) / count;
  const added = value / count;
  const before = share * (values[cell] as number);
  const after = before + added;
  seconds[cell] = compensation(added, before, after, share * (seconds[cell] as number));
  values[cell] = after;
}

function addMin({ steps, kinds, values }: FloatGroups, first: number, row: Row): number {
  const { base, kinds: rowKinds, values: rowValues } = row;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (rowKinds[base + step] !== FLOAT) continue;
    count++;
    const value = rowValues[base + step] as number;
    const cell = first + step;
    const least = values[cell] as number;
    // NaN only when all values are.
    if (kinds[cell] !== FLOAT || value < least || least !== least) values[cell] = value;
    kinds[cell] = FLOAT;
  }
  return count;
}

function addMax({ steps, kinds, values }: FloatGroups, first: number, row: Row): number {
  const { base, kinds: rowKinds, values: rowValues } = row;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (rowKinds[base + step] !== FLOAT) continue;
    count++;
    const value = rowValues[base + step] as number;
    const cell = first + step;
    const greatest = values[cell] as number;
    if (kinds[cell] !== FLOAT || value > greatest || greatest !== greatest) values[cell] = value;
    kinds[cell] = FLOAT;
  }
  return count;
}

function addCount({ steps, kinds, values }: FloatGroups, first: number, row: Row): number {
  const { base, kinds: rowKinds } = row;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (rowKinds[base + step] !== FLOAT) continue;
    count++;
    kinds[first + step] = FLOAT;
    (values[first + step] as number) += 1;
  }
  return count;
}

function addOne({ steps, kinds, values }: FloatGroups, first: number, row: Row): number {
  const { base, kinds: rowKinds } = row;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (rowKinds[base + step] !== FLOAT) continue;
    count++;
    kinds[first + step] = FLOAT;
    values[first + step] = 1;
  }
  return count;
}

function addSpread(groups: FloatGroups, first: number, row: Row): number {
  const { steps, kinds, values, seconds, counts } = groups;
  const { base, kinds: rowKinds, values: rowValues } = row;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (rowKinds[base + step] !== FLOAT) continue;
    count++;
    const value = rowValues[base + step] as number;
    const cell = first + step;
    if (kinds[cell] !== FLOAT) {
      kinds[cell] = FLOAT;
      values[cell] = Number.isFinite(value) ? 0 : Number.NaN;
      seconds[cell] = value;
      counts[cell] = 1;
      continue;
    }
    const number = (counts[cell] as number) + 1;
    counts[cell] = number;
    const before = seconds[cell] as number;
    const delta = value - before;
    const mean = before + delta / number;
    seconds[cell] = mean;
    (values[cell] as number) += delta * (value - mean);
  }
  return count;
}

/** A native histogram where only presence counts. */
export function addPresence(groups: FloatGroups, cell: number): void {
  groups.kinds[cell] = FLOAT;
  if (groups.op === 'count') (groups.values[cell] as number) += 1;
  else groups.values[cell] = 1;
}

/** Turns the state in `values` into the results. */
export function finishFloats(groups: FloatGroups): void {
  const { op, values, seconds, counts, isIncremental } = groups;
  const cellCount = values.length;
  if (op === 'sum') {
    for (let cell = 0; cell < cellCount; cell++) {
      const total = values[cell] as number;
      // An infinite sum has no error, and adding one that came before could make it NaN.
      if (Number.isFinite(total)) values[cell] = total + (seconds[cell] as number);
    }
  } else if (op === 'avg') {
    for (let cell = 0; cell < cellCount; cell++) {
      const total = values[cell] as number;
      const error = seconds[cell] as number;
      const count = counts[cell] as number;
      values[cell] = isIncremental[cell] === 1 ? total + error : total / count + error / count;
    }
  } else if (op === 'stdvar' || op === 'stddev') {
    for (let cell = 0; cell < cellCount; cell++) {
      const variance = (values[cell] as number) / (counts[cell] as number);
      values[cell] = op === 'stdvar' ? variance : Math.sqrt(variance);
    }
  }
}
