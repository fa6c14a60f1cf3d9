import { Labels } from '../../model/labels.ts';
import type { Exemplar, SeriesRef } from '../../model/sink.ts';
import type { SeriesExemplars, TimeRangeMs } from '../../model/source.ts';
import type { Engine } from '../clickhouse/engine.ts';
import type { Head } from '../head/head.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import {
  fixedColumn,
  floatsOf,
  integersOf,
  mapColumn,
  NativeFormatError,
  textsOf,
  wordsOf64,
} from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { whereStored } from './stored-samples.ts';

/** Of one answer. */
const EXEMPLARS_MAX = 100_000;

/** Exemplars from memory and ClickHouse. */
export class ExemplarReader {
  readonly #engine: Engine;
  readonly #index: SeriesIndex;
  readonly #head: Head;

  constructor(engine: Engine, index: SeriesIndex, head: Head) {
    this.#engine = engine;
    this.#index = index;
    this.#head = head;
  }

  /** @param refs in the order of the answer */
  async read(
    refs: Uint32Array,
    range: TimeRangeMs,
    signal: AbortSignal,
  ): Promise<readonly SeriesExemplars[]> {
    if (refs.length === 0) return [];
    const { startMs, endMs } = range;
    const recent = new Map<SeriesRef, readonly Exemplar[]>();
    for (const ref of refs) {
      const found = this.#head.exemplars(ref, startMs, endMs);
      if (found.length > 0) recent.set(ref, found);
    }
    const stored = await this.#readStored(refs, range, signal);
    const answer: SeriesExemplars[] = [];
    for (const ref of refs) {
      const exemplars = merge(stored.get(ref) ?? [], recent.get(ref) ?? []);
      if (exemplars.length > 0) answer.push({ seriesLabels: this.#index.labels(ref), exemplars });
    }
    return answer;
  }

  async #readStored(
    refs: Uint32Array,
    { startMs, endMs }: TimeRangeMs,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<SeriesRef, Exemplar[]>> {
    const words = new Uint32Array(refs.length * 2);
    for (let at = 0; at < refs.length; at++) {
      words[2 * at] = this.#index.idLow[refs[at] as number] as number;
      words[2 * at + 1] = this.#index.idHigh[refs[at] as number] as number;
    }
    const where = whereStored({ ids: { kind: 'list', words }, startMs, endMs });
    const sql = `SELECT series_id, ts, value, labels FROM exemplars WHERE ${where.sql}
      ORDER BY series_id, ts LIMIT ${EXEMPLARS_MAX}`;
    const bytes = await this.#engine.read(
      { sql, params: where.params },
      { lane: 'interactive', signal },
    );
    const byRef = new Map<SeriesRef, Exemplar[]>();
    for (const block of readNative(bytes)) {
      const ids = wordsOf64(fixedColumn(block, 0));
      const times = integersOf(fixedColumn(block, 1));
      const values = floatsOf(fixedColumn(block, 2));
      const labelSets = labelSetsOf(mapColumn(block, 3));
      for (let row = 0; row < block.rowCount; row++) {
        const ref = this.#index.findId(ids[2 * row + 1] as number, ids[2 * row] as number);
        const list = byRef.get(ref) ?? [];
        list.push({
          labels: labelSets[row] ?? Labels.EMPTY,
          value: values[row] as number,
          timestampMs: times[row] as number,
        });
        byRef.set(ref, list);
      }
    }
    return byRef;
  }
}

export function labelSetsOf(column: ReturnType<typeof mapColumn>): Labels[] {
  const { ends, keys, values } = column;
  if (keys.kind !== 'string' || values.kind !== 'string') {
    throw new NativeFormatError('labels are not strings');
  }
  const names = textsOf(keys);
  const texts = textsOf(values);
  let start = 0;
  return Array.from(ends, (end) => {
    const pairs: string[] = [];
    for (let at = start; at < end; at++) pairs.push(names[at] as string, texts[at] as string);
    start = end;
    return Labels.fromSortedPairs(pairs);
  });
}

function merge(stored: readonly Exemplar[], recent: readonly Exemplar[]): readonly Exemplar[] {
  const all = [...stored, ...recent].sort((a, b) => a.timestampMs - b.timestampMs);
  return all.filter((exemplar, at) => {
    const before = all[at - 1];
    return (
      before === undefined ||
      before.timestampMs !== exemplar.timestampMs ||
      before.value !== exemplar.value ||
      !before.labels.equals(exemplar.labels)
    );
  });
}
