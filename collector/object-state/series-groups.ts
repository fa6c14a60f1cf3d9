/** The series of many objects in the store, in groups whose samples are written as rows. */
import type { SampleBatch, SampleSink, SeriesRef } from '../../model/sink.ts';
import { floatColumn, setStaleAt } from '../../model/value-bits.ts';
import { ScrapeColumns } from '../ingest/scrape-columns.ts';

/** Columns of a group, as many as the head packs at once; an object with more has its own group. */
const GROUP_COLUMNS_MAX = 16_384;

/** The series of one object with their present values. */
export interface ObjectSeries {
  readonly refs: readonly SeriesRef[];
  readonly values: readonly number[];
}

interface Member {
  series: ObjectSeries;
  /** Of the group's row, by series. */
  columns: number[];
}

interface Group {
  readonly columns: ScrapeColumns;
  readonly members: Set<Member>;
  /** Series of all members. */
  seriesCount: number;
  /** Something is not in the row as it stands. */
  isDirty: boolean;
  page: number;
}

/** Where an object's series are; given by `add`. */
export interface SeriesPlace {
  readonly group: Group;
  readonly member: Member;
}

/**
 * Between two rows only what changes is written, one by one. A series that ends gets its stale
 * marker that way too, so rows carry none.
 */
export class SeriesGroups {
  readonly #sink: SampleSink;
  #groups: Group[] = [];

  constructor(sink: SampleSink) {
    this.#sink = sink;
  }

  /** Series of all objects. */
  get seriesCount(): number {
    return this.#groups.reduce((sum, { seriesCount }) => sum + seriesCount, 0);
  }

  get groups(): readonly Group[] {
    return this.#groups;
  }

  add(series: ObjectSeries): SeriesPlace {
    const size = series.refs.length;
    let group = this.#groups.at(-1);
    if (group === undefined || group.seriesCount + size > GROUP_COLUMNS_MAX) {
      group =
        this.#groups.find((one) => one.seriesCount + size <= GROUP_COLUMNS_MAX) ?? this.#open();
    }
    const member: Member = { series, columns: columnsOf(group, series) };
    group.members.add(member);
    group.seriesCount += size;
    group.isDirty = true;
    return { group, member };
  }

  replace({ group, member }: SeriesPlace, series: ObjectSeries): void {
    group.seriesCount += series.refs.length - member.series.refs.length;
    member.series = series;
    member.columns = columnsOf(group, series);
    group.isDirty = true;
  }

  remove({ group, member }: SeriesPlace): void {
    if (!group.members.delete(member)) return;
    group.seriesCount -= member.series.refs.length;
    group.isDirty = true;
  }

  /**
   * Writes a sample for every series of a group.
   * @returns samples taken
   */
  writeRow(group: Group, timestampMs: number): number {
    const { columns, members } = group;
    if (group.isDirty) {
      const page = ++group.page;
      for (const { series, columns: places } of members) {
        for (let at = 0; at < places.length; at++) {
          columns.set(places[at] as number, series.values[at] as number, page);
        }
      }
      columns.closePage(page, () => true);
      group.isDirty = false;
    }
    const { appended } = columns.writeRow(timestampMs);
    if (columns.compact() !== undefined) {
      for (const member of members) member.columns = columnsOf(group, member.series);
      group.isDirty = true;
    }
    if (members.size === 0) this.#close(group);
    return appended;
  }

  /** Nothing comes after; nothing is marked stale. */
  close(): void {
    for (const { columns } of this.#groups) columns.close();
    this.#groups = [];
  }

  #open(): Group {
    const columns = new ScrapeColumns(this.#sink);
    const group = { columns, members: new Set<Member>(), seriesCount: 0, isDirty: true, page: 0 };
    this.#groups.push(group);
    return group;
  }

  #close(group: Group): void {
    group.columns.close();
    this.#groups = this.#groups.filter((one) => one !== group);
  }
}

/** Single samples of one time, gathered and written together. */
export class SampleGatherer {
  readonly #refs: SeriesRef[] = [];
  /** undefined: the series ends. */
  readonly #values: (number | undefined)[] = [];

  add(ref: SeriesRef, value: number | undefined): void {
    this.#refs.push(ref);
    this.#values.push(value);
  }

  /** Adds what makes `after` of `before`. */
  addDifference(before: ObjectSeries | undefined, after: ObjectSeries | undefined): void {
    const old = new Map(before?.refs.map((ref, at) => [ref, before.values[at] as number]));
    after?.refs.forEach((ref, at) => {
      const value = after.values[at] as number;
      if (!Object.is(old.get(ref), value)) this.add(ref, value);
      old.delete(ref);
    });
    for (const ref of old.keys()) this.add(ref, undefined);
  }

  /**
   * @param what only the ends, when a row with all values follows
   * @returns samples taken
   */
  write(sink: SampleSink, timestampMs: number, what: 'all' | 'ends'): number {
    const places = [...this.#refs.keys()].filter(
      (at) => what === 'all' || this.#values[at] === undefined,
    );
    const count = places.length;
    if (count === 0) return 0;
    const { values, words } = floatColumn(count);
    const refs = new Uint32Array(count);
    for (const [to, at] of places.entries()) {
      refs[to] = this.#refs[at] as number;
      const value = this.#values[at];
      if (value === undefined) setStaleAt(words, to);
      else values[to] = value;
    }
    const timestampsMs = new Float64Array(count).fill(timestampMs);
    const batch: SampleBatch = { count, refs, timestampsMs, values };
    return sink.append(batch).appended;
  }
}

function columnsOf(group: Group, series: ObjectSeries): number[] {
  return series.refs.map((ref) => group.columns.columnOf(ref));
}
