/** The objects of one kind, their rows, and the series in the store that these are. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { type SampleSink, SeriesLimitError, type SeriesRef } from '../../model/sink.ts';
import { familyHead, labelValue, line } from './exposition.ts';
import type { LabelPart, ObjectFamilies, Row } from './family.ts';
import {
  type ObjectSeries,
  type SampleGatherer,
  type SeriesGroups,
  type SeriesPlace,
} from './series-groups.ts';

/** What a table tells of things it cannot do; each call is about one object. */
export interface TableProblems {
  /** The store takes no more series. */
  refused(error: SeriesLimitError): void;
  /** A family could make nothing of an object. */
  failed(family: string, object: KubernetesObject, error: unknown): void;
}

interface Entry {
  object: KubernetesObject;
  place: SeriesPlace | undefined;
}

export class ObjectTable {
  readonly families: ObjectFamilies;
  readonly #sink: SampleSink;
  readonly #groups: SeriesGroups;
  readonly #target: Labels;
  readonly #problems: TableProblems;
  readonly #entries = new Map<string, Entry>();
  /** By key; undefined: deleted. The last change of an object counts. */
  #changed = new Map<string, KubernetesObject | undefined>();

  /** @param target labels that every series gets where a row has no such label */
  constructor(
    families: ObjectFamilies,
    sink: SampleSink,
    groups: SeriesGroups,
    target: Labels,
    problems: TableProblems,
  ) {
    this.families = families;
    this.#sink = sink;
    this.#groups = groups;
    this.#target = target;
    this.#problems = problems;
  }

  get size(): number {
    return this.#entries.size;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** The object is new or another; seen with the next `apply`. */
  put(object: KubernetesObject): void {
    this.#changed.set(keyOf(object), object);
  }

  remove(object: KubernetesObject): void {
    this.#changed.set(keyOf(object), undefined);
  }

  /** The rows of an object that is here depend on something that has changed. */
  touch(key: string): void {
    const known = this.#entries.get(key);
    if (known !== undefined && !this.#changed.has(key)) this.#changed.set(key, known.object);
  }

  /**
   * Takes the changes over, one object per step.
   * @param samples gets what differs now
   */
  *apply(samples: SampleGatherer): Generator<void> {
    const changed = this.#changed;
    this.#changed = new Map();
    for (const [key, object] of changed) {
      this.#applyOne(key, object, samples);
      yield;
    }
  }

  /** Every series ends. */
  clear(samples: SampleGatherer): void {
    for (const { place } of this.#entries.values()) {
      samples.addDifference(place?.member.series, undefined);
      if (place !== undefined) this.#groups.remove(place);
    }
    this.#entries.clear();
    this.#changed.clear();
  }

  /** The page in Prometheus' text format, some lines a step. */
  *page(): Generator<string> {
    const { families, labels } = this.families;
    for (const family of families) {
      let text = familyHead(family);
      for (const { object } of this.#entries.values()) {
        const own = labels(object);
        for (const row of this.#rowsOf(family, object)) text += line(family.name, own, row);
        if (text.length < PAGE_PART_CHARS) continue;
        yield text;
        text = '';
      }
      yield text;
    }
  }

  #applyOne(key: string, object: KubernetesObject | undefined, samples: SampleGatherer): void {
    const known = this.#entries.get(key);
    const before = known?.place?.member.series;
    const after = object === undefined ? undefined : this.#seriesOf(object);
    samples.addDifference(before, after);
    if (object === undefined || after === undefined) {
      if (known?.place !== undefined) this.#groups.remove(known.place);
      this.#entries.delete(key);
    } else if (known === undefined) {
      this.#entries.set(key, { object, place: this.#groups.add(after) });
    } else {
      known.object = object;
      if (known.place === undefined) known.place = this.#groups.add(after);
      else if (!isSame(known.place.member.series, after)) this.#groups.replace(known.place, after);
    }
  }

  #seriesOf(object: KubernetesObject): ObjectSeries {
    const refs: SeriesRef[] = [];
    const values: number[] = [];
    const seen = new Set<SeriesRef>();
    const own = this.families.labels(object);
    for (const family of this.families.families) {
      for (const row of this.#rowsOf(family, object)) {
        const ref = this.#resolve(family.name, own, row);
        // Of a series that is given twice the first counts, as on a page.
        if (ref === undefined || seen.has(ref)) continue;
        seen.add(ref);
        refs.push(ref);
        values.push(row.value);
      }
    }
    return { refs, values };
  }

  #rowsOf(family: ObjectFamilies['families'][number], object: KubernetesObject): readonly Row[] {
    try {
      return family.rows(object);
    } catch (error) {
      // What an API server gives can be anything: one odd object must not end the others.
      this.#problems.failed(family.name, object, error);
      return [];
    }
  }

  #resolve(name: string, own: readonly LabelPart[], row: Row): SeriesRef | undefined {
    const pairs: string[] = [...this.#target.pairs, METRIC_NAME, name];
    addLabels(pairs, own);
    addLabels(pairs, row.labels);
    try {
      return this.#sink.resolve(Labels.fromPairs(pairs));
    } catch (error) {
      if (!(error instanceof SeriesLimitError)) throw error;
      this.#problems.refused(error);
      return undefined;
    }
  }
}

/** A page is made in parts of about this size. */
const PAGE_PART_CHARS = 65_536;

/** '/name' for objects of the whole cluster. */
export function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function addLabels(pairs: string[], labels: readonly LabelPart[]): void {
  for (let at = 0; at + 1 < labels.length; at += 2) {
    const value = labelValue(labels[at + 1]);
    // An empty label is none, so it leaves that of the target.
    if (value !== '') pairs.push(String(labels[at]), value);
  }
}

function isSame(a: ObjectSeries, b: ObjectSeries): boolean {
  return (
    a.refs.length === b.refs.length &&
    a.refs.every((ref, at) => ref === b.refs[at] && Object.is(a.values[at], b.values[at]))
  );
}
