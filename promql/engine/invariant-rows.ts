/** What was evaluated once, at every step. */
import type { Labels } from '../../model/labels.ts';
import { FLOAT, HISTOGRAM, histogramAt, type Row, RowBuffer, type RowSource } from './rows.ts';

export class InvariantRows implements RowSource {
  readonly steps: number;
  readonly isUnique: boolean;
  readonly commonName: string | undefined;
  readonly dropsName: Uint8Array;
  readonly #source: RowSource;
  readonly #out: RowBuffer;

  /** @param source of one step */
  constructor(source: RowSource, steps: number) {
    this.steps = steps;
    this.isUnique = source.isUnique;
    this.commonName = source.commonName;
    this.dropsName = source.dropsName;
    this.#source = source;
    this.#out = new RowBuffer(steps);
  }

  get fullLabels(): readonly Labels[] {
    return this.#source.fullLabels;
  }

  get labels(): readonly Labels[] {
    return this.#source.labels;
  }

  read(index: number): Row {
    const out = this.#out;
    out.clear();
    const row = this.#source.read(index);
    const kind = row.kinds[row.base];
    if (kind === FLOAT) {
      out.values.fill(row.values[row.base] as number);
      out.kinds.fill(FLOAT);
    } else if (kind === HISTOGRAM) {
      const histogram = histogramAt(row, row.base);
      for (let step = 0; step < this.steps; step++) out.setHistogram(step, histogram);
    }
    return out;
  }
}
