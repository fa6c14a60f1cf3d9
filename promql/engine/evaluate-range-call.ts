/** Calls of functions over range vectors. */

import { METRIC_NAME } from '../../model/labels.ts';
import {
  ANCHORED_FUNCTIONS,
  NAME_KEEPING_FUNCTIONS,
  RANGE_FUNCTIONS,
  SMOOTHED_FUNCTIONS,
} from '../functions/range-functions.ts';
import { absentRows } from './absent-rows.ts';
import { possibleNonCounterInfo, possibleNonCounterLabelInfo } from './annotation-texts.ts';
import type { EvalContext } from './eval-context.ts';
import type { Evaluation } from './evaluation.ts';
import { hasDuplicateLabels, refuseEqualRows } from './merge-rows.ts';
import { METRIC_TYPE } from './metadata-labels.ts';
import type { CallNode, RangeNode } from './plan.ts';
import { executionError } from './query-error.ts';
import { type OnRow, RangeRows, type RangeShape } from './range-rows.ts';
import { type RangeSource, StoredSeries, SubquerySeries } from './range-source.ts';
import { FLOAT, type RowSource } from './rows.ts';
import type { SampleStats } from './sample-stats.ts';

const COUNTER_NAME = /(?:_total|_sum|_count|_bucket)$/;

/** Functions that are told of counter starts. */
const START_FUNCTIONS: ReadonlySet<string> = new Set(['rate', 'irate', 'increase', 'resets']);

export async function evaluateRangeCall(
  evaluation: Evaluation,
  node: CallNode,
  stats: SampleStats,
): Promise<RowSource> {
  const { context } = evaluation;
  const { modes } = context;
  const rangeFunction = RANGE_FUNCTIONS.get(node.func);
  const range = node.args.find((arg) => arg.kind === 'window' || arg.kind === 'subquery');
  if (rangeFunction === undefined || range === undefined) {
    throw new Error(`${node.func}() is no function over a range vector`);
  }
  const usesStartTimestamps = modes.startTimestamps && START_FUNCTIONS.has(node.func);
  const source = await rangeSource(evaluation, range, usesStartTimestamps, stats);
  const scalars: Float64Array[] = [];
  for (const arg of node.args) {
    if (arg !== range) scalars.push(await evaluation.scalarOf(arg, stats));
  }
  const [anchored, smoothed] =
    range.kind === 'window' ? [range.anchored, range.smoothed] : [false, false];
  if (anchored) requireFunction('anchored', node.func, ANCHORED_FUNCTIONS);
  if (smoothed) requireFunction('smoothed', node.func, SMOOTHED_FUNCTIONS);
  const isCounterFunction = node.func === 'rate' || node.func === 'increase';
  const rows = new RangeRows({
    source,
    function: rangeFunction,
    frame: {
      name: node.func,
      rangeMs: range.rangeMs,
      anchored,
      smoothed,
      scalars,
      firstArgPos: node.args[0]?.pos ?? node.pos,
      rangePos: range.pos,
      usesStartTimestamps,
      annotate: (annotation) => context.annotate(annotation),
    },
    shape: shapeOf(range, anchored, smoothed),
    stats,
    nameRule: NAME_KEEPING_FUNCTIONS.has(node.func) ? 'keep' : 'drop',
    modes,
    onRow: isCounterFunction ? counterCheck(range, source.commonName, context) : undefined,
  });
  if (node.func === 'absent_over_time') return absentRows(range, rows, context);
  const mayRefuse = !modes.delayedNameRemoval && hasDuplicateLabels(rows);
  return mayRefuse ? refuseEqualRows(rows, context) : rows;
}

async function rangeSource(
  evaluation: Evaluation,
  range: RangeNode,
  usesStartTimestamps: boolean,
  stats: SampleStats,
): Promise<RangeSource> {
  if (range.kind === 'window') {
    return new StoredSeries(range, evaluation.columnsOf(range.load), usesStartTimestamps);
  }
  const { grid } = range.expr;
  const child = stats.subqueryChild(grid, range.rangeMs, range.offsetMs);
  return new SubquerySeries(await evaluation.vectorOf(range.expr, child), grid);
}

function shapeOf(range: RangeNode, anchored: boolean, smoothed: boolean): RangeShape {
  const lookbackMs = range.kind === 'window' ? range.lookbackMs : 0;
  return {
    grid: range.grid,
    offsetMs: range.offsetMs,
    atMs: range.atMs,
    rangeMs: range.rangeMs,
    extraBackMs: anchored || smoothed ? lookbackMs : 0,
    extraAheadMs: smoothed ? lookbackMs : 0,
    countsRead: range.kind === 'window',
  };
}

/** @throws QueryError */
function requireFunction(modifier: string, name: string, allowed: readonly string[]): void {
  if (allowed.includes(name)) return;
  const list = allowed.join(', ');
  throw executionError(`${modifier} modifier can only be used with: ${list} - not with ${name}`);
}

/** Says when a metric given to `rate` or `increase` does not look like a counter. */
function counterCheck(
  range: RangeNode,
  commonName: string | undefined,
  context: EvalContext,
): OnRow {
  const { typeAndUnitLabels } = context.modes;
  let lastName: string | undefined;
  let lastType: string | undefined;
  return (labels, { kinds }) => {
    const name = labels.get(METRIC_NAME);
    const type = typeAndUnitLabels ? labels.get(METRIC_TYPE) : '';
    if (name === '' || (name === lastName && type === lastType)) return 'go on';
    if (!kinds.includes(FLOAT)) return 'go on';
    lastName = name;
    lastType = type;
    if (typeAndUnitLabels) {
      if (type === 'counter' || type === 'histogram') return 'go on';
      context.annotate(possibleNonCounterLabelInfo(name, type, range.pos));
    } else if (!COUNTER_NAME.test(name)) {
      context.annotate(possibleNonCounterInfo(name, range.pos));
    }
    return commonName === undefined || typeAndUnitLabels ? 'go on' : 'done';
  };
}
