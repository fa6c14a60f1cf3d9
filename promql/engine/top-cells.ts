/** The k largest or smallest samples of each group at each step. */
import type { Labels } from '../../model/labels.ts';
import { Block } from './block.ts';
import type { RowSource } from './rows.ts';

/**
 * One heap per group and step, all in two arrays, the worst of the chosen on top: NaN is worse
 * than any number. Memory is that of the chosen cells, however many series come by.
 */
export class TopCells {
  readonly #isTop: boolean;
  readonly #steps: number;
  /** Of each group: how many a step may hold, and where its heaps begin. */
  readonly #capacity: Int32Array;
  readonly #start: Float64Array;
  readonly #counts: Float64Array;
  readonly #sizes: Int32Array;
  readonly #values: Float64Array;
  readonly #series: Int32Array;

  /**
   * @param groupSizes number of series per group
   * @param counts k at each step
   */
  constructor(
    op: 'topk' | 'bottomk',
    groupSizes: Int32Array,
    countMax: number,
    counts: Float64Array,
  ) {
    this.#isTop = op === 'topk';
    this.#steps = counts.length;
    this.#counts = counts;
    this.#capacity = groupSizes.map((size) => Math.min(size, countMax));
    this.#start = new Float64Array(groupSizes.length);
    let total = 0;
    for (let group = 0; group < groupSizes.length; group++) {
      this.#start[group] = total;
      total += (this.#capacity[group] as number) * this.#steps;
    }
    this.#sizes = new Int32Array(groupSizes.length * this.#steps);
    this.#values = new Float64Array(total);
    this.#series = new Int32Array(total);
  }

  add(group: number, step: number, value: number, series: number): void {
    const wanted = this.#counts[step] as number;
    if (wanted < 1) return;
    const capacity = this.#capacity[group] as number;
    const limit = wanted < capacity ? Math.trunc(wanted) : capacity;
    const top = (this.#start[group] as number) + step * capacity;
    const heap = group * this.#steps + step;
    const size = this.#sizes[heap] as number;
    if (size < limit) {
      this.#sizes[heap] = size + 1;
      this.#siftUp(top, size, value, series);
      return;
    }
    const worst = this.#values[top] as number;
    const isBetter = this.#isTop ? worst < value : worst > value;
    if (isBetter || (Number.isNaN(worst) && !Number.isNaN(value))) {
      this.#siftDown(top, size, value, series);
    }
  }

  #isWorse(a: number, b: number): boolean {
    if (Number.isNaN(a)) return true;
    return this.#isTop ? a < b : a > b;
  }

  #siftUp(top: number, from: number, value: number, series: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentValue = this.#values[top + parent] as number;
      if (!this.#isWorse(value, parentValue)) break;
      this.#values[top + at] = parentValue;
      this.#series[top + at] = this.#series[top + parent] as number;
      at = parent;
    }
    this.#values[top + at] = value;
    this.#series[top + at] = series;
  }

  #siftDown(top: number, size: number, value: number, series: number): void {
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1;
      const isRightWorse =
        right < size &&
        this.#isWorse(this.#values[top + right] as number, this.#values[top + child] as number);
      const worse = isRightWorse ? right : child;
      const worseValue = this.#values[top + worse] as number;
      if (!this.#isWorse(worseValue, value)) break;
      this.#values[top + at] = worseValue;
      this.#series[top + at] = this.#series[top + worse] as number;
      at = worse;
    }
    this.#values[top + at] = value;
    this.#series[top + at] = series;
  }

  /** The chosen cells. At a single step rows come best first, group after group. */
  toBlock(rows: RowSource, steps: number): Block {
    const block = new Block(steps);
    block.isUnique = rows.isUnique;
    block.commonName = rows.commonName;
    const rowOf = new Map<number, number>();
    for (let group = 0; group < this.#capacity.length; group++) {
      for (let step = 0; step < steps; step++) {
        for (const { series, value } of this.#sorted(group, step)) {
          let row = rowOf.get(series);
          if (row === undefined) {
            row = block.addRow(rows.labels[series] as Labels, rows.dropsName[series] === 1);
            rowOf.set(series, row);
          }
          block.setFloat(row, step, value);
        }
      }
    }
    return block;
  }

  #sorted(group: number, step: number): { series: number; value: number }[] {
    const top = (this.#start[group] as number) + step * (this.#capacity[group] as number);
    const size = this.#sizes[group * this.#steps + step] as number;
    const chosen: { series: number; value: number }[] = [];
    for (let at = top; at < top + size; at++) {
      chosen.push({ series: this.#series[at] as number, value: this.#values[at] as number });
    }
    if (this.#steps > 1) return chosen;
    const sign = this.#isTop ? -1 : 1;
    return chosen.sort((a, b) => {
      if (Number.isNaN(a.value)) return Number.isNaN(b.value) ? 0 : 1;
      if (Number.isNaN(b.value)) return -1;
      return sign * (a.value - b.value);
    });
  }
}
