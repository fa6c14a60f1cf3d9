/** An instant vector seen as histograms: classic ones put together from their buckets. */

import { parseGoFloat } from '../../model/go-float.ts';
import type { FloatHistogram } from '../../model/histogram.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { PositionRange } from '../ast.ts';
import { ClassicBuckets } from '../functions/classic-histogram.ts';
import { badBucketLabelWarning, mixedClassicNativeHistogramsWarning } from './annotation-texts.ts';
import { type Block, collect } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { FLOAT, HISTOGRAM, histogramAt, type RowSource } from './rows.ts';

const BUCKET_LABEL = 'le';

/** The series of one classic histogram, by ascending upper bound. */
interface BucketGroup {
  /** Without `le`. */
  readonly labels: Labels;
  readonly rows: { readonly index: number; readonly upperBound: number }[];
}

export interface HistogramVisitor {
  native(labels: Labels, step: number, histogram: FloatHistogram): void;
  classic(labels: Labels, step: number, buckets: ClassicBuckets): void;
}

export class HistogramVector {
  readonly #block: Block;
  readonly #groups = new Map<string, BucketGroup>();
  readonly #pos: PositionRange;
  readonly #context: EvalContext;

  private constructor(block: Block, pos: PositionRange, context: EvalContext) {
    this.#block = block;
    this.#pos = pos;
    this.#context = context;
    block.labels.forEach((labels, index) => this.#addToGroup(labels, index));
    for (const { rows } of this.#groups.values()) {
      rows.sort((a, b) => a.upperBound - b.upperBound);
    }
  }

  /** @param pos of the vector's expression */
  static async of(rows: RowSource, pos: PositionRange, context: EvalContext) {
    return new HistogramVector(await collect(rows, context), pos, context);
  }

  #addToGroup(labels: Labels, index: number): void {
    if (!this.#hasFloats(index)) return;
    const bound = labels.get(BUCKET_LABEL);
    const upperBound = parseGoFloat(bound);
    if (upperBound === undefined) {
      this.#context.annotate(badBucketLabelWarning(this.#nameOf(labels), bound, this.#pos));
      return;
    }
    const groupLabels = labels.with(BUCKET_LABEL, '');
    let group = this.#groups.get(groupLabels.key);
    if (group === undefined) {
      group = { labels: groupLabels, rows: [] };
      this.#groups.set(groupLabels.key, group);
    }
    group.rows.push({ index, upperBound });
  }

  #hasFloats(index: number): boolean {
    const { steps } = this.#block;
    for (let step = 0; step < steps; step++) {
      if (this.#block.kindAt(index, step) === FLOAT) return true;
    }
    return false;
  }

  /** The name in annotations, which is gone already where names go at once. */
  #nameOf(labels: Labels): string {
    return this.#context.modes.delayedNameRemoval ? labels.get(METRIC_NAME) : '';
  }

  /** Each histogram at each step, natives first. */
  async visit(visitor: HistogramVisitor): Promise<void> {
    const { labels, steps } = this.#block;
    const conflicts = this.#conflicts();
    for (let index = 0; index < labels.length; index++) {
      const row = this.#block.read(index);
      if (row.histograms === undefined) continue;
      const ofRow = labels[index] as Labels;
      const conflict = conflicts.get(ofRow.key);
      for (let step = 0; step < steps; step++) {
        if (row.kinds[row.base + step] !== HISTOGRAM || conflict?.[step] === 1) continue;
        visitor.native(ofRow, step, histogramAt(row, row.base + step));
      }
    }
    const groups = [...this.#groups];
    await this.#context.inSlices(groups.length, (at) => {
      const [key, group] = groups[at] as [string, BucketGroup];
      const buckets = new ClassicBuckets(group.rows.length);
      const conflict = conflicts.get(key);
      for (let step = 0; step < steps; step++) {
        if (conflict?.[step] === 1) continue;
        this.#fill(buckets, group, step);
        if (buckets.length > 0) visitor.classic(group.labels, step, buckets);
      }
    });
  }

  #fill(buckets: ClassicBuckets, group: BucketGroup, step: number): void {
    const block = this.#block;
    const { steps, kinds, values } = block;
    buckets.clear();
    for (const { index, upperBound } of group.rows) {
      const cell = index * steps + step;
      if (kinds[cell] === FLOAT) buckets.push(upperBound, values[cell] as number);
    }
  }

  /** Steps at which a classic and a native histogram have the same labels; neither counts then. */
  #conflicts(): ReadonlyMap<string, Uint8Array> {
    const { labels, steps, kinds } = this.#block;
    const conflicts = new Map<string, Uint8Array>();
    labels.forEach((ofRow, index) => {
      const group = this.#groups.get(ofRow.key);
      if (group === undefined) return;
      const hasConflict = new Uint8Array(steps);
      for (let step = 0; step < steps; step++) {
        if (kinds[index * steps + step] !== HISTOGRAM) continue;
        const isClassic = group.rows.some((row) => kinds[row.index * steps + step] === FLOAT);
        if (!isClassic) continue;
        hasConflict[step] = 1;
        const name = this.#nameOf(ofRow);
        this.#context.annotate(mixedClassicNativeHistogramsWarning(name, this.#pos));
      }
      conflicts.set(ofRow.key, hasConflict);
    });
    return conflicts;
  }
}
