/** Calls of functions over instant vectors and scalars. */

import { Labels } from '../../model/labels.ts';
import { clampTo, FLOAT_FUNCTIONS, roundTo } from '../functions/float-functions.ts';
import { HISTOGRAM_FUNCTIONS } from '../functions/simple-histogram-functions.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import type { Grid } from './grid.ts';
import { MappedRows } from './mapped-rows.ts';
import { FLOAT, HISTOGRAM, histogramAt, type RowSource } from './rows.ts';

/** A function of each float, whose histograms give nothing. */
function floatRows(
  rows: RowSource,
  context: EvalContext,
  valueOf: (value: number, step: number) => number | undefined,
): RowSource {
  const { steps } = rows;
  return new MappedRows(rows, 'drop', context.modes, ({ base, kinds, values }, out) => {
    for (let step = 0; step < steps; step++) {
      if (kinds[base + step] !== FLOAT) continue;
      const value = valueOf(values[base + step] as number, step);
      if (value === undefined) continue;
      out.values[step] = value;
      out.kinds[step] = FLOAT;
    }
  });
}

/** Functions of a vector and perhaps scalars whose result at a cell needs only that cell. */
export function cellFunction(
  name: string,
  rows: RowSource,
  scalars: readonly Float64Array[],
  context: EvalContext,
): RowSource | undefined {
  const [first, second] = scalars;
  const at = (scalar: Float64Array | undefined, step: number): number =>
    scalar?.[step] ?? Number.NaN;
  switch (name) {
    case 'clamp':
      return floatRows(rows, context, (value, step) =>
        clampTo(value, at(first, step), at(second, step)),
      );
    case 'clamp_min':
      return floatRows(rows, context, (value, step) => clampTo(value, at(first, step), Infinity));
    case 'clamp_max':
      return floatRows(rows, context, (value, step) => clampTo(value, -Infinity, at(first, step)));
    case 'round':
      return floatRows(rows, context, (value, step) => roundTo(value, first?.[step] ?? 1));
    default: {
      const floatFunction = FLOAT_FUNCTIONS.get(name);
      if (floatFunction !== undefined) return floatRows(rows, context, floatFunction);
      const histogramFunction = HISTOGRAM_FUNCTIONS.get(name);
      if (histogramFunction === undefined) return undefined;
      const { steps } = rows;
      return new MappedRows(rows, 'drop', context.modes, (row, out) => {
        for (let step = 0; step < steps; step++) {
          const cell = row.base + step;
          if (row.kinds[cell] !== HISTOGRAM) continue;
          out.setFloat(step, histogramFunction(histogramAt(row, cell)));
        }
      });
    }
  }
}

/** A vector of one series without labels. */
export function unlabelledRow(values: Float64Array): RowSource {
  const block = new Block(values.length, 1);
  block.isUnique = true;
  block.commonName = '';
  const row = block.addRow(Labels.EMPTY, false);
  values.forEach((value, step) => block.setFloat(row, step, value));
  return block;
}

/** Evaluation times in seconds. */
export function timesInSeconds(grid: Grid): Float64Array {
  const seconds = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++) {
    seconds[step] = (grid.startMs + step * grid.stepMs) / 1000;
  }
  return seconds;
}

/** `scalar(v)`: the value of the only float at a step, else NaN. */
export async function scalarOf(rows: RowSource, context: EvalContext): Promise<Float64Array> {
  const { steps } = rows;
  const result = new Float64Array(steps).fill(Number.NaN);
  const counts = new Uint8Array(steps);
  await context.inSlices(rows.labels.length, (index) => {
    const { base, kinds, values } = rows.read(index);
    for (let step = 0; step < steps; step++) {
      if (kinds[base + step] !== FLOAT) continue;
      const isFirst = counts[step] === 0;
      counts[step] = isFirst ? 1 : 2;
      result[step] = isFirst ? (values[base + step] as number) : Number.NaN;
    }
  });
  return result;
}
