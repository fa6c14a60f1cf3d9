/** The part of an aggregation that deals with native histograms. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { PositionRange } from '../ast.ts';
import { HistogramMean } from '../histogram/mean.ts';
import { IncompatibleSchemaError } from '../histogram/schema.ts';
import { HistogramSum } from '../histogram/sum.ts';
import { addPresence, type FloatGroups } from './aggregate-floats.ts';
import {
  counterResetCollisionWarning,
  histogramIgnoredInAggregationInfo,
  mismatchedCustomBucketsInfo,
  mixedExponentialCustomHistogramsWarning,
  mixedFloatsHistogramsAggWarning,
} from './annotation-texts.ts';
import type { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { ABSENT, FLOAT, HISTOGRAM, histogramAt, type Row } from './rows.ts';

interface CellState {
  readonly fold: HistogramSum | HistogramMean;
  /** Layouts that cannot be mixed: the cell has no result. */
  isIncompatible: boolean;
  hasReset: boolean;
  hasNoReset: boolean;
}

/** Sums and means of histograms, for the cells that have any. */
export class HistogramGroups {
  readonly #cells = new Map<number, CellState>();
  readonly #pos: PositionRange;
  readonly #context: EvalContext;

  /** @param pos of the aggregated expression */
  constructor(pos: PositionRange, context: EvalContext) {
    this.#pos = pos;
    this.#context = context;
  }

  /** Takes the histograms of a row; its floats are left alone. */
  addRow(floats: FloatGroups, group: number, row: Row, labels: Labels): void {
    for (let step = 0; step < floats.steps; step++) {
      if (row.kinds[row.base + step] !== HISTOGRAM) continue;
      const cell = group * floats.steps + step;
      switch (floats.op) {
        case 'sum':
        case 'avg':
          this.#add(floats, cell, histogramAt(row, row.base + step), labels);
          break;
        case 'count':
        case 'group':
          addPresence(floats, cell);
          break;
        case 'min':
        case 'max':
        case 'stddev':
        case 'stdvar':
          this.#context.annotate(histogramIgnoredInAggregationInfo(floats.op, this.#pos));
          break;
      }
    }
  }

  #add(floats: FloatGroups, cell: number, histogram: FloatHistogram, labels: Labels): void {
    const hasReset = histogram.counterResetHint === 'reset';
    const hasNoReset = histogram.counterResetHint === 'not_reset';
    const state = this.#cells.get(cell);
    if (state === undefined) {
      const isSum = floats.op === 'sum';
      const fold = isSum ? HistogramSum.of(histogram) : new HistogramMean(histogram);
      this.#cells.set(cell, { fold, isIncompatible: false, hasReset, hasNoReset });
      return;
    }
    // With a float in the group there will be no result, so that adding on is in vain.
    if (state.isIncompatible || floats.kinds[cell] === FLOAT) return;
    state.hasReset ||= hasReset;
    state.hasNoReset ||= hasNoReset;
    try {
      if (!state.fold.add(histogram).boundsReconciled) return;
      this.#context.annotate(mismatchedCustomBucketsInfo(this.#pos, 'aggregation'));
    } catch (error) {
      if (!(error instanceof IncompatibleSchemaError)) throw error;
      state.isIncompatible = true;
      const metricName = labels.get(METRIC_NAME);
      this.#context.annotate(mixedExponentialCustomHistogramsWarning(metricName, this.#pos));
    }
  }

  /** Puts the results into the block, whose cells hold those of the floats. */
  finish(block: Block): void {
    for (const [cell, state] of this.#cells) {
      const isMixed = block.kinds[cell] === FLOAT;
      block.kinds[cell] = ABSENT;
      if (state.isIncompatible) continue;
      if (isMixed) {
        this.#context.annotate(mixedFloatsHistogramsAggWarning(this.#pos));
        continue;
      }
      if (state.hasReset && state.hasNoReset) {
        this.#context.annotate(counterResetCollisionWarning(this.#pos, 'aggregation'));
      }
      const group = Math.floor(cell / block.steps);
      block.setHistogram(group, cell % block.steps, state.fold.toHistogram());
    }
  }
}
