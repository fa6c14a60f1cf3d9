import type { FloatHistogram } from '../../model/histogram.ts';
import { TooManySamplesError } from '../../model/source.ts';
import { type FloatColumn, floatColumn, isAbsentAt } from '../../model/value-bits.ts';
import type { HeadHistograms } from './head-histograms.ts';
import type { Lineage, Lineages } from './lineage.ts';
import type { LooseSamples } from './loose-samples.ts';
import type { Memberships } from './memberships.ts';
import { type Row, RowReader } from './row-block.ts';
import { isAscending, sortSamples } from './sort-samples.ts';

/** Samples of series i are the entries from `offsets[i]` to (excluding) `offsets[i + 1]`. */
export interface HeadColumns {
  readonly offsets: Uint32Array;
  /** Strictly ascending within a series. */
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  /** As long as `values`, or undefined when there is no histogram among them. */
  readonly histograms: (FloatHistogram | undefined)[] | undefined;
}

/** The selected series of one lineage: which series of the selection, and which column. */
interface Members {
  readonly lineage: Lineage;
  readonly series: number[];
  readonly columns: number[];
  columnMax: number;
}

/** The text of Prometheus' engine. */
export const TOO_MANY_SAMPLES =
  'query processing would load too many samples into memory in query execution';

/** Where a series gets its samples from; with more than one its samples are checked and sorted. */
const MANY_SOURCES = 2;

/** Reads series from all parts of the head into sorted columns. */
export class HeadSelect {
  readonly #lineages: Lineages;
  readonly #memberships: Memberships;
  readonly #loose: LooseSamples;
  readonly #histograms: HeadHistograms;
  readonly #reader = new RowReader();

  constructor(
    lineages: Lineages,
    memberships: Memberships,
    loose: LooseSamples,
    histograms: HeadHistograms,
  ) {
    this.#lineages = lineages;
    this.#memberships = memberships;
    this.#loose = loose;
    this.#histograms = histograms;
  }

  /** An upper bound of the samples that `select` would give, near the true count. */
  count(refs: Uint32Array, startMs: number, endMs: number): number {
    const counts = new Uint32Array(refs.length);
    const groups = this.#group(refs);
    this.#count(refs, groups, startMs, endMs, counts, new Uint8Array(refs.length));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * @param refs in any order, each once; the columns come in this order
   * @param samplesMax of the upper bound that `count` tells
   * @throws TooManySamplesError
   */
  select(refs: Uint32Array, startMs: number, endMs: number, samplesMax: number): HeadColumns {
    const groups = this.#group(refs);
    const counts = new Uint32Array(refs.length);
    const sources = new Uint8Array(refs.length);
    this.#count(refs, groups, startMs, endMs, counts, sources);
    const starts = new Uint32Array(refs.length + 1);
    let total = 0;
    for (let series = 0; series < refs.length; series++) {
      total += counts[series] as number;
      if (total > samplesMax) throw new TooManySamplesError(TOO_MANY_SAMPLES);
      starts[series + 1] = total;
    }
    const times = floatColumn(total);
    const timestampsMs = times.values;
    const out = floatColumn(total);
    const ends = starts.slice(0, refs.length);
    for (const group of groups) this.#readGroup(group, startMs, endMs, timestampsMs, out, ends);
    this.#readLoose(refs, startMs, endMs, times, out, ends);
    const histograms = this.#readHistograms(refs, startMs, endMs, timestampsMs, ends, total);
    for (let series = 0; series < refs.length; series++) {
      if ((sources[series] as number) < MANY_SOURCES) continue;
      const start = starts[series] as number;
      const end = ends[series] as number;
      if (isAscending(timestampsMs, start, end)) continue;
      ends[series] = sortSamples(timestampsMs, out, histograms, start, end);
    }
    return closeGaps(starts, ends, timestampsMs, out, histograms);
  }

  #group(refs: Uint32Array): readonly Members[] {
    const byId = new Map<number, Members>();
    const memberships = this.#memberships;
    let last: Members | undefined;
    for (let series = 0; series < refs.length; series++) {
      let node = memberships.first(refs[series] as number);
      for (; node !== 0; node = memberships.next(node)) {
        const id = memberships.lineageOf(node);
        let members: Members | undefined = last?.lineage.id === id ? last : byId.get(id);
        if (members === undefined) {
          members = { lineage: this.#lineages.get(id), series: [], columns: [], columnMax: 0 };
          byId.set(id, members);
        }
        members.series.push(series);
        const column = memberships.columnOf(node);
        members.columns.push(column);
        if (column > members.columnMax) members.columnMax = column;
        last = members;
      }
    }
    return [...byId.values()].sort((a, b) => a.lineage.id - b.lineage.id);
  }

  #count(
    refs: Uint32Array,
    groups: readonly Members[],
    startMs: number,
    endMs: number,
    counts: Uint32Array,
    sources: Uint8Array,
  ): void {
    for (const members of groups) {
      const { lineage, series } = members;
      let rowsForAll = 0;
      const add = (columnCount: number, rows: number): void => {
        if (columnCount > members.columnMax) rowsForAll += rows;
        else countColumns(members, columnCount, rows, counts);
      };
      for (const block of lineage.blocks) {
        if (block.startMs > endMs) break;
        if (block.endMs < startMs) continue;
        add(block.columnCount, block.rowFrom(endMs + 1) - block.rowFrom(startMs));
      }
      for (const row of lineage.rows) {
        if (row.timestampMs >= startMs && row.timestampMs <= endMs) add(row.values.length, 1);
      }
      for (const index of series) {
        sources[index] = addSource(sources[index] as number);
        counts[index] = (counts[index] as number) + rowsForAll;
      }
    }
    const hasHistograms = this.#histograms.count > 0;
    if (this.#loose.isEmpty && !hasHistograms) return;
    for (let series = 0; series < refs.length; series++) {
      const ref = refs[series] as number;
      const loose = this.#loose.countOf(ref, startMs, endMs);
      // Loose samples alone may lie in several runs, so they count as many sources.
      if (loose > 0) sources[series] = MANY_SOURCES;
      const histograms = hasHistograms ? this.#histograms.countOf(ref, startMs, endMs) : 0;
      if (histograms > 0) sources[series] = addSource(sources[series] as number);
      counts[series] = (counts[series] as number) + loose + histograms;
    }
  }

  /** Block by block, so that each is in the cache while all its series are read. */
  #readGroup(
    members: Members,
    startMs: number,
    endMs: number,
    timestampsMs: Float64Array,
    out: FloatColumn,
    ends: Uint32Array,
  ): void {
    const { lineage, series, columns } = members;
    for (const block of lineage.blocks) {
      if (block.startMs > endMs) break;
      if (block.endMs < startMs) continue;
      const fromRow = block.rowFrom(startMs);
      const endRow = block.rowFrom(endMs + 1);
      this.#reader.read(block, fromRow, endRow, columns, series, timestampsMs, out, ends);
    }
    const rows = lineage.rows.filter(
      (row) => row.timestampMs >= startMs && row.timestampMs <= endMs,
    );
    if (rows.length > 0) readRows(rows, members, timestampsMs, out, ends);
  }

  #readLoose(
    refs: Uint32Array,
    startMs: number,
    endMs: number,
    times: FloatColumn,
    out: FloatColumn,
    ends: Uint32Array,
  ): void {
    const loose = this.#loose;
    if (loose.isEmpty) return;
    for (let series = 0; series < refs.length; series++) {
      const to = ends[series] as number;
      ends[series] = loose.read(refs[series] as number, startMs, endMs, times, out, to);
    }
  }

  #readHistograms(
    refs: Uint32Array,
    startMs: number,
    endMs: number,
    timestampsMs: Float64Array,
    ends: Uint32Array,
    total: number,
  ): (FloatHistogram | undefined)[] | undefined {
    if (this.#histograms.count === 0) return undefined;
    if (!refs.some((ref) => this.#histograms.countOf(ref, startMs, endMs) > 0)) return undefined;
    const histograms = Array.from<FloatHistogram | undefined>({ length: total });
    for (let series = 0; series < refs.length; series++) {
      const ref = refs[series] as number;
      const to = ends[series] as number;
      ends[series] = this.#histograms.read(ref, startMs, endMs, timestampsMs, histograms, to);
    }
    return histograms;
  }
}

function addSource(sources: number): number {
  return Math.min(sources + 1, MANY_SOURCES);
}

function countColumns(
  { series, columns }: Members,
  columnCount: number,
  rows: number,
  counts: Uint32Array,
): void {
  for (let member = 0; member < series.length; member++) {
    if ((columns[member] as number) >= columnCount) continue;
    const index = series[member] as number;
    counts[index] = (counts[index] as number) + rows;
  }
}

/** Series by series: the rows' lines stay in the cache from one column to the next. */
function readRows(
  rows: readonly Row[],
  members: Members,
  timestampsMs: Float64Array,
  out: FloatColumn,
  ends: Uint32Array,
): void {
  const { series, columns } = members;
  const times = Float64Array.from(rows, (row) => row.timestampMs);
  for (let member = 0; member < series.length; member++) {
    const column = columns[member] as number;
    const index = series[member] as number;
    let to = ends[index] as number;
    for (let row = 0; row < rows.length; row++) {
      const source = rows[row] as Row;
      if (column >= source.values.length) continue;
      const value = source.values[column] as number;
      if (value === value) {
        out.values[to] = value;
      } else {
        if (isAbsentAt(source.words, column)) continue;
        out.words[2 * to] = source.words[2 * column] as number;
        out.words[2 * to + 1] = source.words[2 * column + 1] as number;
      }
      timestampsMs[to++] = times[row] as number;
    }
    ends[index] = to;
  }
}

/** Moves the samples of all series together, where counts were above what there was. */
function closeGaps(
  starts: Uint32Array,
  ends: Uint32Array,
  timestampsMs: Float64Array,
  out: FloatColumn,
  histograms: (FloatHistogram | undefined)[] | undefined,
): HeadColumns {
  const offsets = new Uint32Array(starts.length);
  let to = 0;
  for (let series = 0; series < ends.length; series++) {
    const start = starts[series] as number;
    const end = ends[series] as number;
    if (to !== start) {
      timestampsMs.copyWithin(to, start, end);
      out.words.copyWithin(2 * to, 2 * start, 2 * end);
      histograms?.copyWithin(to, start, end);
    }
    to += end - start;
    offsets[series + 1] = to;
  }
  if (histograms !== undefined) histograms.length = to;
  return {
    offsets,
    timestampsMs: timestampsMs.subarray(0, to),
    values: out.values.subarray(0, to),
    histograms,
  };
}
