import type { MetricMetadata, MetricType } from '../model/sink.ts';
import type { Engine } from './clickhouse/engine.ts';
import type { SeriesIndex } from './index/series-index.ts';
import {
  fixedColumn,
  integersOf,
  mapColumn,
  NativeFormatError,
  type StringColumn,
  stringColumn,
  textsOf,
  uint16Of,
  wordsOf64,
} from './native/native-column.ts';
import { readNative } from './native/read-native.ts';
import type { SeenDays } from './seen-days.ts';
import type { MetadataCache } from './write/metadata-cache.ts';

/** What the store holds in memory of what ClickHouse has, read at start. */

const LANE = { lane: 'writer' } as const;
/** Ids are spread evenly over their first eight bits, so a step is 1/16 of all series. */
const SERIES_STEPS = 16;
const STEP_IDS = 2n ** 64n / BigInt(SERIES_STEPS);

/** All series within retention, into the index. */
export async function loadSeries(engine: Engine, index: SeriesIndex): Promise<void> {
  const total = 'SELECT count() FROM series FORMAT TSV';
  index.reserve(Number(await engine.readText({ sql: total, params: {} }, LANE)));
  const reader = index.openReader();
  // While one step is decoded here, the engine reads the next one.
  let next = readSeriesStep(engine, 0);
  for (let step = 1; step <= SERIES_STEPS; step++) {
    const bytes = await next;
    if (step < SERIES_STEPS) next = readSeriesStep(engine, step);
    for (const block of readNative(bytes)) {
      const labels = mapColumn(block, 1);
      const batch = {
        count: block.rowCount,
        idWords: wordsOf64(fixedColumn(block, 0)),
        labelEnds: labels.ends,
        names: asStrings(labels.keys),
        values: asStrings(labels.values),
        firstSeenMs: undefined,
        lastSeenMs: undefined,
      };
      index.load(batch, reader);
    }
  }
}

function readSeriesStep(engine: Engine, step: number): Promise<Uint8Array> {
  const first = STEP_IDS * BigInt(step);
  return engine.read(
    {
      sql: `SELECT series_id, labels FROM series
        WHERE series_id >= {first:UInt64} AND series_id <= {last:UInt64}
        ORDER BY series_id LIMIT 1 BY series_id`,
      params: { first, last: first + STEP_IDS - 1n },
    },
    LANE,
  );
}

/** First and last day of every series of the index. */
export async function loadSeenDays(
  engine: Engine,
  index: SeriesIndex,
  seen: SeenDays,
): Promise<void> {
  const sql = `SELECT series_id, min(day), max(day) FROM series_days GROUP BY series_id
    SETTINGS optimize_aggregation_in_order = 1`;
  for (const block of readNative(await engine.read({ sql, params: {} }, LANE))) {
    const ids = wordsOf64(fixedColumn(block, 0));
    const first = uint16Of(fixedColumn(block, 1));
    const last = uint16Of(fixedColumn(block, 2));
    for (let row = 0; row < block.rowCount; row++) {
      const ref = index.findId(ids[2 * row + 1] as number, ids[2 * row] as number);
      if (ref !== 0) seen.load(ref, first[row] as number, last[row] as number);
    }
  }
}

export async function loadMetadata(engine: Engine, metadata: MetadataCache): Promise<void> {
  const sql = `SELECT metric_name, type, help, unit FROM metadata FINAL ORDER BY updated`;
  for (const block of readNative(await engine.read({ sql, params: {} }, LANE))) {
    const [names, types, helps, units] = [0, 1, 2, 3].map((at) => textsOf(stringColumn(block, at)));
    for (let row = 0; row < block.rowCount; row++) {
      metadata.load({
        metricName: names?.[row] ?? '',
        type: (types?.[row] ?? 'unknown') as MetricType,
        help: helps?.[row] ?? '',
        unit: units?.[row] ?? '',
      } satisfies MetricMetadata);
    }
  }
}

export interface StoredExtent {
  readonly sampleCount: number;
  readonly histogramCount: number;
  /** Time of the newest sample; -Infinity when there is none. */
  readonly newestMs: number;
}

/** Answered from the headers of parts. */
export async function readExtent(engine: Engine): Promise<StoredExtent> {
  const sql = `SELECT toInt64(count()), max(ts) FROM samples
    UNION ALL SELECT -toInt64(count()), max(ts) FROM histograms`;
  let sampleCount = 0;
  let histogramCount = 0;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const block of readNative(await engine.read({ sql, params: {} }, LANE))) {
    const counts = integersOf(fixedColumn(block, 0));
    const newest = integersOf(fixedColumn(block, 1));
    counts.forEach((count, row) => {
      if (count > 0) sampleCount = count;
      else histogramCount = -count;
      if (count !== 0) newestMs = Math.max(newestMs, newest[row] as number);
    });
  }
  return { sampleCount, histogramCount, newestMs };
}

function asStrings(column: { kind: string }): StringColumn {
  if (column.kind !== 'string') throw new NativeFormatError('labels are not strings');
  return column as StringColumn;
}
