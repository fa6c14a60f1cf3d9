/** Function calls. */
import { DATE_FUNCTION_NAMES } from '../functions/date-functions.ts';
import { FLOAT_FUNCTIONS } from '../functions/float-functions.ts';
import { RANGE_FUNCTIONS } from '../functions/range-functions.ts';
import { absentRows } from './absent-rows.ts';
import { sortInRangeQueryWarning } from './annotation-texts.ts';
import { evaluateRangeCall } from './evaluate-range-call.ts';
import { type Evaluation, scalar, type Value, vector } from './evaluation.ts';
import { histogramFractionRows, histogramQuantileRows } from './histogram-functions.ts';
import { MappedRows } from './mapped-rows.ts';
import { mergeAfterDrop } from './merge-rows.ts';
import type { CallNode, PlanNode } from './plan.ts';
import { labelJoin, labelReplace } from './relabelled-rows.ts';
import { ABSENT, type RowSource } from './rows.ts';
import type { SampleStats } from './sample-stats.ts';
import { type SelectorOutput, SelectorRows } from './selector-rows.ts';
import { sortByLabel, sortByValue } from './sort-rows.ts';
import { cellFunction, scalarOf, timesInSeconds, unlabelledRow } from './vector-functions.ts';

export async function evaluateCall(
  evaluation: Evaluation,
  node: CallNode,
  stats: SampleStats,
): Promise<Value> {
  if (RANGE_FUNCTIONS.has(node.func)) {
    return vector(await evaluateRangeCall(evaluation, node, stats));
  }
  return (
    (await scalarCall(evaluation, node, stats)) ??
    (await labelCall(evaluation, node, stats)) ??
    (await histogramCall(evaluation, node, stats)) ??
    (await vectorCall(evaluation, node, stats))
  );
}

function argument(node: CallNode, index: number): PlanNode {
  const arg = node.args[index];
  if (arg === undefined) throw new Error(`${node.func}() has no argument ${index}`);
  return arg;
}

function textArgument(node: CallNode, index: number): string {
  const arg = argument(node, index);
  if (arg.kind !== 'string') throw new Error(`argument ${index} of ${node.func}() is no string`);
  return arg.value;
}

function textArguments(node: CallNode, from: number): string[] {
  return node.args.slice(from).map((_, index) => textArgument(node, from + index));
}

/** Functions that give or take scalars. */
async function scalarCall(
  evaluation: Evaluation,
  node: CallNode,
  stats: SampleStats,
): Promise<Value | undefined> {
  const scalarAt = (index: number) => evaluation.scalarOf(argument(node, index), stats);
  switch (node.func) {
    case 'time':
      return scalar(timesInSeconds(node.grid));
    case 'pi':
      return scalar(new Float64Array(node.grid.steps).fill(Math.PI));
    case 'max_of':
    case 'min_of': {
      const [a, b] = [await scalarAt(0), await scalarAt(1)];
      const choose = node.func === 'max_of' ? Math.max : Math.min;
      return scalar(a.map((value, step) => choose(value, b[step] as number)));
    }
    case 'vector':
      return vector(unlabelledRow(await scalarAt(0)));
    case 'scalar': {
      const rows = await evaluation.vectorOf(argument(node, 0), stats);
      return scalar(await scalarOf(rows, evaluation.context));
    }
    default: {
      if (!DATE_FUNCTION_NAMES.has(node.func) || node.args.length > 0) return undefined;
      const partOf = FLOAT_FUNCTIONS.get(node.func);
      if (partOf === undefined) return undefined;
      return vector(unlabelledRow(timesInSeconds(node.grid).map((seconds) => partOf(seconds))));
    }
  }
}

async function labelCall(
  evaluation: Evaluation,
  node: CallNode,
  stats: SampleStats,
): Promise<Value | undefined> {
  const { context } = evaluation;
  const rowsOf = () => evaluation.vectorOf(argument(node, 0), stats);
  switch (node.func) {
    case 'label_replace':
      return vector(await labelReplace(await rowsOf(), textArguments(node, 1), context));
    case 'label_join':
      return vector(await labelJoin(await rowsOf(), textArguments(node, 1), context));
    case 'sort':
    case 'sort_desc':
    case 'sort_by_label':
    case 'sort_by_label_desc': {
      const rows = await rowsOf();
      if (node.grid.steps > 1) context.annotate(sortInRangeQueryWarning(node.pos));
      const isDescending = node.func.endsWith('_desc');
      if (node.func === 'sort' || node.func === 'sort_desc') {
        return vector(await sortByValue(rows, isDescending, context));
      }
      return vector(await sortByLabel(rows, textArguments(node, 1), isDescending, context));
    }
    default:
      return undefined;
  }
}

async function histogramCall(
  evaluation: Evaluation,
  node: CallNode,
  stats: SampleStats,
): Promise<Value | undefined> {
  const { context } = evaluation;
  const quantileAt = async (index: number) => {
    const arg = argument(node, index);
    return { values: await evaluation.scalarOf(arg, stats), pos: arg.pos };
  };
  switch (node.func) {
    case 'histogram_quantile': {
      const quantiles = [await quantileAt(0)];
      const arg = argument(node, 1);
      const rows = await evaluation.vectorOf(arg, stats);
      const label = undefined;
      return vector(
        await histogramQuantileRows(rows, arg.pos, quantiles, label, node.grid, context),
      );
    }
    case 'histogram_quantiles': {
      const arg = argument(node, 0);
      const rows = await evaluation.vectorOf(arg, stats);
      const label = textArgument(node, 1);
      const quantiles = [];
      for (let index = 2; index < node.args.length; index++)
        quantiles.push(await quantileAt(index));
      return vector(
        await histogramQuantileRows(rows, arg.pos, quantiles, label, node.grid, context),
      );
    }
    case 'histogram_fraction': {
      const lower = await evaluation.scalarOf(argument(node, 0), stats);
      const upper = await evaluation.scalarOf(argument(node, 1), stats);
      const arg = argument(node, 2);
      const rows = await evaluation.vectorOf(arg, stats);
      return vector(await histogramFractionRows(rows, arg.pos, lower, upper, context));
    }
    default:
      return undefined;
  }
}

async function vectorCall(
  evaluation: Evaluation,
  node: CallNode,
  stats: SampleStats,
): Promise<Value> {
  const { context } = evaluation;
  const arg = argument(node, 0);
  if (node.func === 'timestamp' || node.func === 'start_timestamp') {
    return vector(await mergeAfterDrop(await timestampRows(evaluation, node, arg, stats), context));
  }
  const rows = await evaluation.vectorOf(arg, stats);
  if (node.func === 'absent') return vector(await absentRows(arg, rows, context));
  const scalars: Float64Array[] = [];
  for (const scalarArg of node.args.slice(1)) {
    scalars.push(await evaluation.scalarOf(scalarArg, stats));
  }
  const result = cellFunction(node.func, rows, scalars, context);
  if (result === undefined) throw new Error(`function ${node.func}() has no implementation`);
  return vector(await mergeAfterDrop(result, context));
}

/** Of a selector the times of its samples; of any other vector the evaluation time. */
async function timestampRows(
  evaluation: Evaluation,
  node: CallNode,
  arg: PlanNode,
  stats: SampleStats,
): Promise<RowSource> {
  const { modes } = evaluation.context;
  const isStart = node.func === 'start_timestamp';
  const { steps } = node.grid;
  const selector = arg.kind === 'invariant' ? arg.expr : arg;
  if (selector.kind === 'selector' && !selector.smoothed) {
    const output: SelectorOutput = isStart ? 'start-timestamp' : 'timestamp';
    const atAllSteps = { ...selector, grid: node.grid };
    const columns = evaluation.columnsOf(selector.load);
    const times = new SelectorRows(atAllSteps, columns, stats, output);
    const isKnown = !isStart || modes.startTimestamps;
    return new MappedRows(times, 'drop', modes, (row, out) => {
      for (let step = 0; isKnown && step < steps; step++) {
        const cell = row.base + step;
        if (row.kinds[cell] !== ABSENT) out.setFloat(step, row.values[cell] as number);
      }
    });
  }
  const rows = await evaluation.vectorOf(arg, stats);
  const seconds = timesInSeconds(node.grid);
  return new MappedRows(rows, 'drop', modes, (row, out) => {
    for (let step = 0; !isStart && step < steps; step++) {
      if (row.kinds[row.base + step] !== ABSENT) out.setFloat(step, seconds[step] as number);
    }
  });
}
