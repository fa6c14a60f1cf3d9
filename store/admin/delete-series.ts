import type { Matcher } from '../../model/matcher.ts';
import type { TimeRangeMs } from '../../model/source.ts';
import { IdList } from '../clickhouse/bound-query.ts';
import type { Engine } from '../clickhouse/engine.ts';
import type { Tombstones } from '../hidden-samples.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { fixedColumn, integersOf, wordsOf64 } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import { storedMs } from '../stored-time.ts';
import { listDays, SAMPLE_TABLES } from './partitions.ts';

const LANE = { lane: 'background' } as const;
const IDS_PER_INSERT_MAX = 100_000;

/** One deletion that has not been carried out in the tables yet. */
interface Deletion extends TimeRangeMs {
  readonly createdMs: number;
}

/** Deletes samples: at once for readers, later on disk. */
export class SeriesDeleter {
  readonly #engine: Engine;
  readonly #index: SeriesIndex;
  readonly #tombstones: Tombstones;
  readonly #now: () => number;

  constructor(engine: Engine, index: SeriesIndex, tombstones: Tombstones, now: () => number) {
    this.#engine = engine;
    this.#index = index;
    this.#tombstones = tombstones;
    this.#now = now;
  }

  /**
   * @param range its end must not be after the newest sample: samples to come are not deleted
   */
  async delete(matchers: readonly Matcher[], range: TimeRangeMs): Promise<void> {
    const refs = this.#index.select(matchers);
    if (refs.length === 0 || range.startMs > range.endMs) return;
    const whole = {
      startMs: storedMs(Math.ceil(range.startMs)),
      endMs: storedMs(Math.floor(range.endMs)),
    };
    await this.#save(refs, whole);
    for (const ref of refs) this.#tombstones.add(ref, whole);
  }

  /** Deletions that a process before this one has not carried out. */
  async load(): Promise<void> {
    const sql = `SELECT series_id, start_ms, end_ms FROM tombstones FINAL WHERE is_applied = 0`;
    for (const block of readNative(await this.#engine.read({ sql, params: {} }, LANE))) {
      const ids = wordsOf64(fixedColumn(block, 0));
      const starts = integersOf(fixedColumn(block, 1));
      const ends = integersOf(fixedColumn(block, 2));
      for (let row = 0; row < block.rowCount; row++) {
        const ref = this.#index.findId(ids[2 * row + 1] as number, ids[2 * row] as number);
        const range = { startMs: starts[row] as number, endMs: ends[row] as number };
        if (ref !== 0) this.#tombstones.add(ref, range);
      }
    }
  }

  /**
   * Carries deletions out in the tables. What memory still has stays hidden until the process
   * ends. Everything appended must be in ClickHouse before.
   */
  async apply(): Promise<void> {
    for (const deletion of await this.#pending()) {
      const { startMs, endMs, createdMs } = deletion;
      const params = { startMs, endMs, createdMs };
      const which = `start_ms = {startMs:Int64} AND end_ms = {endMs:Int64}
        AND created = fromUnixTimestamp64Milli({createdMs:Int64}, 'UTC') AND is_applied = 0`;
      for (const table of SAMPLE_TABLES) {
        for (const day of await listDays(this.#engine, table, startMs, endMs)) {
          await this.#engine.run(
            {
              sql: `DELETE FROM ${table} IN PARTITION '${day}'
                WHERE series_id IN (SELECT series_id FROM tombstones WHERE ${which})
                  AND ts >= fromUnixTimestamp64Milli({startMs:Int64}, 'UTC')
                  AND ts <= fromUnixTimestamp64Milli({endMs:Int64}, 'UTC')`,
              params,
            },
            LANE,
          );
        }
      }
      await this.#engine.run(
        {
          sql: `INSERT INTO tombstones
            SELECT series_id, start_ms, end_ms, created, 1 FROM tombstones WHERE ${which}`,
          params,
        },
        LANE,
      );
    }
  }

  async #pending(): Promise<readonly Deletion[]> {
    const sql = `SELECT DISTINCT start_ms, end_ms, created FROM tombstones FINAL
      WHERE is_applied = 0 ORDER BY created`;
    const pending: Deletion[] = [];
    for (const block of readNative(await this.#engine.read({ sql, params: {} }, LANE))) {
      const [starts, ends, created] = [0, 1, 2].map((at) => integersOf(fixedColumn(block, at)));
      for (let row = 0; row < block.rowCount; row++) {
        pending.push({
          startMs: starts?.[row] as number,
          endMs: ends?.[row] as number,
          createdMs: created?.[row] as number,
        });
      }
    }
    return pending;
  }

  async #save(refs: Uint32Array, { startMs, endMs }: TimeRangeMs): Promise<void> {
    const createdMs = this.#now();
    for (let at = 0; at < refs.length; at += IDS_PER_INSERT_MAX) {
      const ids = idList(this.#index, refs.subarray(at, at + IDS_PER_INSERT_MAX));
      await this.#engine.run(
        {
          sql: `INSERT INTO tombstones
            SELECT arrayJoin({ids:Array(UInt64)}), {startMs:Int64}, {endMs:Int64},
              fromUnixTimestamp64Milli({createdMs:Int64}, 'UTC'), 0`,
          params: { ids, startMs, endMs, createdMs },
        },
        LANE,
      );
    }
  }
}

export function idList(index: SeriesIndex, refs: ArrayLike<number>): IdList {
  const words = new Uint32Array(refs.length * 2);
  for (let at = 0; at < refs.length; at++) {
    words[2 * at] = index.idLow[refs[at] as number] as number;
    words[2 * at + 1] = index.idHigh[refs[at] as number] as number;
  }
  return new IdList(words);
}
