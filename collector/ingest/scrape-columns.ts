/** The row that a target's scrape becomes: a column per series, in the order of their coming. */
import type { AppendResult, SampleSink, ScrapeWriter, SeriesRef } from '../../model/sink.ts';
import {
  type FloatColumn,
  floatColumn,
  setAbsentAt,
  setNormalNanAt,
  setStaleAt,
} from '../../model/value-bits.ts';
import { grownUint32 } from './line-table.ts';
import { grownUint8 } from './series-slots.ts';

const COLUMNS_MIN = 64;
/** When more of the columns are dead, the layout is made anew without them. */
const DEAD_RATIO_MAX = 0.25;

const DEAD = 0;
const LIVE = 1;

export class ScrapeColumns {
  count = 0;
  /** Page in which the column last got a sample. */
  page: Uint32Array = new Uint32Array(COLUMNS_MIN);
  row: FloatColumn = floatColumn(COLUMNS_MIN);
  #refs: Uint32Array = new Uint32Array(COLUMNS_MIN);
  /** LIVE: had a sample in the last row, and not its stale marker yet. */
  #states: Uint8Array = new Uint8Array(COLUMNS_MIN);
  readonly #byRef = new Map<SeriesRef, number>();
  readonly #writer: ScrapeWriter;
  #deadCount = 0;
  #layoutCount = 0;
  #layoutIsNew = false;

  constructor(sink: SampleSink) {
    this.#writer = sink.openScrapeWriter();
  }

  /** The column of a series, made when there is none. */
  columnOf(ref: SeriesRef): number {
    const known = this.#byRef.get(ref);
    if (known !== undefined) return known;
    const column = this.count++;
    if (column >= this.page.length) this.#grow();
    this.#refs[column] = ref;
    this.page[column] = 0;
    this.#states[column] = DEAD;
    setAbsentAt(this.row.words, column);
    this.#byRef.set(ref, column);
    this.#deadCount++;
    return column;
  }

  /** True when the series has a sample of `page` in a column. */
  has(ref: SeriesRef, page: number): boolean {
    const column = this.#byRef.get(ref);
    return column !== undefined && this.page[column] === page;
  }

  set(column: number, value: number, page: number): void {
    this.page[column] = page;
    if (Number.isNaN(value)) setNormalNanAt(this.row.words, column);
    else this.row.values[column] = value;
  }

  /**
   * Ends the columns that got no sample in `page`: a stale marker the first time, then nothing.
   * @param goesOn series that have a sample, but not in a column
   */
  closePage(page: number, goesOn: (ref: SeriesRef) => boolean): void {
    const states = this.#states;
    const { words } = this.row;
    for (let column = 0; column < this.count; column++) {
      const isLive = states[column] === LIVE;
      if (this.page[column] === page) {
        if (!isLive) this.#setLive(column);
      } else if (isLive) {
        states[column] = DEAD;
        this.#deadCount++;
        if (goesOn(this.#refs[column] as number)) setAbsentAt(words, column);
        else setStaleAt(words, column);
      } else {
        setAbsentAt(words, column);
      }
    }
  }

  /** A sample that does not come from the page, after `closePage`. */
  setLate(column: number, value: number, page: number): void {
    this.set(column, value, page);
    if (this.#states[column] === DEAD) this.#setLive(column);
  }

  writeRow(timestampMs: number): AppendResult {
    if (this.#layoutIsNew || this.#layoutCount !== this.count) {
      this.#writer.setLayout(this.#refs.subarray(0, this.count));
      this.#layoutCount = this.count;
      this.#layoutIsNew = false;
    }
    return this.#writer.appendRow(timestampMs, this.row.values);
  }

  /**
   * Leaves dead columns out when they are many. Only after a row is written, as a dead column may
   * hold the stale marker that the row has to carry.
   * @returns the new column of each old one, NO_COLUMN for those that are gone; undefined when
   *   nothing moved
   */
  compact(): Int32Array | undefined {
    if (this.count <= COLUMNS_MIN || this.#deadCount <= this.count * DEAD_RATIO_MAX) {
      return undefined;
    }
    const moved = new Int32Array(this.count).fill(-1);
    const { words } = this.row;
    let kept = 0;
    for (let column = 0; column < this.count; column++) {
      const ref = this.#refs[column] as number;
      if (this.#states[column] === DEAD) {
        this.#byRef.delete(ref);
        continue;
      }
      moved[column] = kept;
      this.#byRef.set(ref, kept);
      this.#refs[kept] = ref;
      this.page[kept] = this.page[column] as number;
      this.#states[kept] = LIVE;
      words[2 * kept] = words[2 * column] as number;
      words[2 * kept + 1] = words[2 * column + 1] as number;
      kept++;
    }
    this.count = kept;
    this.#deadCount = 0;
    this.#layoutIsNew = true;
    return moved;
  }

  close(): void {
    this.#writer.close();
  }

  #setLive(column: number): void {
    this.#states[column] = LIVE;
    this.#deadCount--;
  }

  #grow(): void {
    const capacity = this.page.length * 2;
    this.page = grownUint32(this.page, capacity);
    this.#refs = grownUint32(this.#refs, capacity);
    this.#states = grownUint8(this.#states, capacity);
    const row = floatColumn(capacity);
    row.words.set(this.row.words);
    this.row = row;
  }
}
