/** Operators that work on each row by itself. */
import type { Labels } from '../../model/labels.ts';
import type { EvalModes } from './eval-context.ts';
import { hasTypeOrUnit, withoutMetadata } from './metadata-labels.ts';
import { type Row, RowBuffer, type RowSource } from './rows.ts';

/** What becomes of the metric name; 'drop' takes `__type__` and `__unit__` with it. */
export type NameRule = 'keep' | 'drop';

/** @param out cleared */
export type FillRow = (row: Row, out: RowBuffer, index: number) => void;

/** One row for each row of the source. */
export class MappedRows implements RowSource {
  readonly steps: number;
  readonly dropsName: Uint8Array;
  readonly isUnique: boolean;
  readonly commonName: string | undefined;
  readonly #source: RowSource;
  readonly #dropsNow: boolean;
  readonly #fill: FillRow;
  readonly #out: RowBuffer;
  #labels: readonly Labels[] | undefined;

  constructor(source: RowSource, nameRule: NameRule, modes: EvalModes, fill: FillRow) {
    const names = namesAfter(source, nameRule, modes);
    this.steps = source.steps;
    this.dropsName = names.dropsName;
    this.isUnique = names.isUnique;
    this.commonName = names.commonName;
    this.#dropsNow = names.dropsNow;
    this.#source = source;
    this.#fill = fill;
    this.#out = new RowBuffer(source.steps);
  }

  get fullLabels(): readonly Labels[] {
    return this.#source.fullLabels;
  }

  get labels(): readonly Labels[] {
    // Made when asked for: an aggregation by other labels never needs the set without the name.
    this.#labels ??= this.#dropsNow
      ? this.#source.labels.map(withoutMetadata)
      : this.#source.labels;
    return this.#labels;
  }

  read(index: number): Row {
    this.#out.clear();
    this.#fill(this.#source.read(index), this.#out, index);
    return this.#out;
  }
}

export interface Names {
  readonly dropsName: Uint8Array;
  readonly isUnique: boolean;
  readonly commonName: string | undefined;
  /** True when the labels are to be taken without metadata labels now. */
  readonly dropsNow: boolean;
}

type NamedRows = Pick<RowSource, 'labels' | 'dropsName' | 'isUnique' | 'commonName'>;

export function namesAfter(source: NamedRows, nameRule: NameRule, modes: EvalModes): Names {
  const { dropsName, isUnique, commonName, labels } = source;
  if (nameRule === 'keep') return { dropsName, isUnique, commonName, dropsNow: false };
  if (modes.delayedNameRemoval) {
    const allDrop = new Uint8Array(labels.length).fill(1);
    return { dropsName: allDrop, isUnique, commonName, dropsNow: false };
  }
  const staysUnique = isUnique && commonName !== undefined && !labels.some(hasTypeOrUnit);
  return { dropsName, isUnique: staysUnique, commonName: '', dropsNow: true };
}
