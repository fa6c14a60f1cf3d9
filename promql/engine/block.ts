/** Rows held in memory. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { EvalContext } from './eval-context.ts';
import { countSamples } from './row-size.ts';
import { FLOAT, HISTOGRAM, type Row, type RowSource } from './rows.ts';

const ROWS_MIN = 16;

interface BlockRow {
  base: number;
  values: Float64Array;
  kinds: Uint8Array;
  histograms: (FloatHistogram | undefined)[] | undefined;
  readonly isFull: boolean;
}

/**
 * A matrix of rows, which grows row by row. Reading gives a view and costs nothing. The arrays
 * hold the rows one after the other, `steps` cells each.
 */
export class Block implements RowSource {
  readonly steps: number;
  readonly labels: Labels[] = [];
  dropsName: Uint8Array;
  isUnique = false;
  commonName: string | undefined = undefined;
  values: Float64Array;
  kinds: Uint8Array;
  histograms: (FloatHistogram | undefined)[] | undefined = undefined;
  readonly #row: BlockRow;

  constructor(steps: number, rowCount = ROWS_MIN) {
    this.steps = steps;
    this.dropsName = new Uint8Array(rowCount);
    this.values = new Float64Array(rowCount * steps);
    this.kinds = new Uint8Array(rowCount * steps);
    const { values, kinds } = this;
    this.#row = { base: 0, values, kinds, histograms: undefined, isFull: false };
  }

  /** Takes over arrays of `labels.length` rows, in place of whatever rows there are. */
  adopt(
    labels: readonly Labels[],
    dropsName: Uint8Array,
    values: Float64Array,
    kinds: Uint8Array,
  ): void {
    this.labels.length = 0;
    for (const rowLabels of labels) this.labels.push(rowLabels);
    this.dropsName = dropsName;
    this.values = values;
    this.kinds = kinds;
  }

  /** @returns the index of a new row without samples */
  addRow(labels: Labels, dropsName: boolean): number {
    const index = this.labels.length;
    if (index === this.dropsName.length) this.#grow();
    this.labels.push(labels);
    if (dropsName) this.dropsName[index] = 1;
    return index;
  }

  setFloat(index: number, step: number, value: number): void {
    const cell = index * this.steps + step;
    this.values[cell] = value;
    this.kinds[cell] = FLOAT;
  }

  /** A float at each step; `fill` sets them all. */
  setFloats(index: number, fill: (values: Float64Array) => void): void {
    const first = index * this.steps;
    fill(this.values.subarray(first, first + this.steps));
    this.kinds.fill(FLOAT, first, first + this.steps);
  }

  setHistogram(index: number, step: number, histogram: FloatHistogram): void {
    const cell = index * this.steps + step;
    this.histograms ??= [];
    this.histograms[cell] = histogram;
    this.kinds[cell] = HISTOGRAM;
  }

  kindAt(index: number, step: number): number {
    return this.kinds[index * this.steps + step] as number;
  }

  floatAt(index: number, step: number): number {
    return this.values[index * this.steps + step] as number;
  }

  /** Copies the cells of a row of another source. */
  copyRow(index: number, row: Row): void {
    const start = index * this.steps;
    const { base, values, kinds, histograms } = row;
    this.values.set(values.subarray(base, base + this.steps), start);
    this.kinds.set(kinds.subarray(base, base + this.steps), start);
    if (histograms === undefined) return;
    for (let step = 0; step < this.steps; step++) {
      if (kinds[base + step] !== HISTOGRAM) continue;
      this.setHistogram(index, step, histograms[base + step] as FloatHistogram);
    }
  }

  /** Copies one cell of another source's row. */
  copyCell(index: number, step: number, row: Row): void {
    const cell = row.base + step;
    if (row.kinds[cell] === FLOAT) this.setFloat(index, step, row.values[cell] as number);
    else this.setHistogram(index, step, row.histograms?.[cell] as FloatHistogram);
  }

  /** All samples in it, by the rules of the sample limit. */
  countSamples(): number {
    let count = 0;
    for (let index = 0; index < this.labels.length; index++) {
      count += countSamples(this.read(index), this.steps);
    }
    return count;
  }

  get fullLabels(): readonly Labels[] {
    return this.labels;
  }

  read(index: number): Row {
    const row = this.#row;
    row.base = index * this.steps;
    row.values = this.values;
    row.kinds = this.kinds;
    row.histograms = this.histograms;
    return row;
  }

  #grow(): void {
    const rowCount = Math.max(ROWS_MIN, this.dropsName.length * 2);
    const dropsName = new Uint8Array(rowCount);
    dropsName.set(this.dropsName);
    this.dropsName = dropsName;
    const values = new Float64Array(rowCount * this.steps);
    values.set(this.values);
    this.values = values;
    const kinds = new Uint8Array(rowCount * this.steps);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }
}

/** Reads all rows into memory, leaving out those without samples. Counts them as held. */
export async function collect(source: RowSource, context: EvalContext): Promise<Block> {
  if (source instanceof Block) return source;
  const rowCount = source.labels.length;
  const block = new Block(source.steps, rowCount);
  block.isUnique = source.isUnique;
  block.commonName = source.commonName;
  await context.inSlices(rowCount, (index) => {
    const row = source.read(index);
    const sampleCount = countSamples(row, source.steps);
    if (sampleCount === 0) return;
    context.hold(sampleCount);
    const target = block.addRow(source.labels[index] as Labels, source.dropsName[index] === 1);
    block.copyRow(target, row);
  });
  return block;
}
