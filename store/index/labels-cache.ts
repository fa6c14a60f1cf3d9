import { Labels } from '../../model/labels.ts';
import type { LabelPairs } from './label-pairs.ts';
import type { SeriesTable } from './series-table.ts';

/**
 * Label sets as objects, made when somebody asks and kept in a cache of fixed size: for a million
 * series they would take more memory than all the rest of the index.
 */
export class LabelsCache {
  readonly #table: SeriesTable;
  readonly #pairs: LabelPairs;
  readonly #refs: Uint32Array;
  readonly #labels: Labels[];

  /** @param slots a power of two */
  constructor(table: SeriesTable, pairs: LabelPairs, slots: number) {
    this.#table = table;
    this.#pairs = pairs;
    this.#refs = new Uint32Array(slots);
    this.#labels = Array.from({ length: slots }, () => Labels.EMPTY);
  }

  /** @param ref a live series */
  get(ref: number): Labels {
    const slot = ref & (this.#refs.length - 1);
    if (this.#refs[slot] === ref) return this.#labels[slot] as Labels;
    const labels = this.#make(ref);
    this.#refs[slot] = ref;
    this.#labels[slot] = labels;
    return labels;
  }

  remove(ref: number): void {
    const slot = ref & (this.#refs.length - 1);
    if (this.#refs[slot] !== ref) return;
    this.#refs[slot] = 0;
    this.#labels[slot] = Labels.EMPTY;
  }

  #make(ref: number): Labels {
    const table = this.#table;
    const start = table.setStart[ref] as number;
    const page = table.sets.pageOf(start);
    const index = table.sets.indexOf(start);
    const strings: string[] = [];
    for (let at = index; at < index + (table.setLength[ref] as number); at++) {
      const pair = page[at] as number;
      strings.push(this.#pairs.getName(pair).name, this.#pairs.value(pair));
    }
    return Labels.fromSortedPairs(strings);
  }
}
