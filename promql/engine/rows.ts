/**
 * Instant vectors over the steps of a query, as columns: one row per series, one cell per step.
 * Operators hand rows over one at a time, so that an aggregation over many series holds one row
 * of each operator below it and not the whole matrix.
 */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';

/** What a cell holds. */
export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/** The cell of step k is the entry `base + k` of each array. */
export interface Row {
  readonly base: number;
  /** Meaningless where the kind is not FLOAT. */
  readonly values: Float64Array;
  readonly kinds: Uint8Array;
  /** Undefined when the row has no histogram at all. */
  readonly histograms: readonly (FloatHistogram | undefined)[] | undefined;
  /** Known to have a float at each step, so that nobody needs to look at the kinds. */
  readonly isFull: boolean;
}

/** The rows of an instant vector. */
export interface RowSource {
  /** One label set per row; rows may turn out to be without any sample. */
  readonly labels: readonly Labels[];
  /**
   * The same, but perhaps with metadata labels that `labels` lacks: for those who do not look at
   * them, and do not want to pay for taking them off.
   */
  readonly fullLabels: readonly Labels[];
  /**
   * 1 for each row whose metric name goes at the end of the query (delayed name removal).
   * All zero when names are removed at once.
   */
  readonly dropsName: Uint8Array;
  /** True when no two label sets can be equal. */
  readonly isUnique: boolean;
  /** The metric name of all rows, or undefined when they may differ. */
  readonly commonName: string | undefined;
  /** Steps per row. */
  readonly steps: number;
  /**
   * The row is valid until the next call on the same source, and not to be changed. Rows may be
   * read in any order, but each read does the work again.
   */
  read(index: number): Row;
}

/** A row that an operator fills again and again. */
export class RowBuffer implements Row {
  readonly base = 0;
  readonly values: Float64Array;
  readonly kinds: Uint8Array;
  histograms: (FloatHistogram | undefined)[] | undefined;
  isFull = false;

  constructor(steps: number) {
    this.values = new Float64Array(steps);
    this.kinds = new Uint8Array(steps);
    this.histograms = undefined;
  }

  clear(): void {
    this.kinds.fill(ABSENT);
    this.histograms = undefined;
    this.isFull = false;
  }

  /** To be called when each value is set. */
  markFull(): void {
    this.kinds.fill(FLOAT);
    this.isFull = true;
  }

  setFloat(step: number, value: number): void {
    this.values[step] = value;
    this.kinds[step] = FLOAT;
  }

  setHistogram(step: number, histogram: FloatHistogram): void {
    this.histograms ??= Array.from({ length: this.kinds.length }, () => undefined);
    this.histograms[step] = histogram;
    this.kinds[step] = HISTOGRAM;
  }
}

export function histogramAt(row: Row, cell: number): FloatHistogram {
  const histogram = row.histograms?.[cell];
  if (histogram === undefined) throw new Error('cell holds no histogram');
  return histogram;
}

/** True when the row has a sample at any step. */
export function hasSamples(row: Row, steps: number): boolean {
  const { kinds, base } = row;
  for (let cell = base; cell < base + steps; cell++) if (kinds[cell] !== ABSENT) return true;
  return false;
}
