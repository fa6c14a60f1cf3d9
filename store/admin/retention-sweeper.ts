import type { RetentionConfig } from '../../config/own-types.ts';
import { matchesAll } from '../../model/matcher.ts';
import type { SeriesRef } from '../../model/sink.ts';
import type { Engine } from '../clickhouse/engine.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { DAY_MS } from '../seen-days.ts';
import { idList } from './delete-series.ts';
import { listDays, SAMPLE_TABLES } from './partitions.ts';

const LANE = { lane: 'background' } as const;
const IDS_PER_INSERT_MAX = 100_000;

/** Series with one retention; `rule` names it in the table of passes. */
interface RetentionClass {
  readonly rule: string;
  readonly timeMs: number;
}

/**
 * Retention by matcher. The tables keep everything as long as the longest rule says; series of a
 * shorter one are hidden in time, and leave the disk day by day: one lightweight delete for every
 * daily partition that has become too old for the rule, once, when nothing is written to it any
 * more.
 */
export class RetentionSweeper {
  readonly #engine: Engine;
  readonly #index: SeriesIndex;
  readonly #now: () => number;
  #config: RetentionConfig;
  #classes: readonly RetentionClass[] = [];
  /** By reference: number of its class plus 1; 0: not looked at yet. */
  #classOf = new Uint8Array(0);

  constructor(engine: Engine, index: SeriesIndex, config: RetentionConfig, now: () => number) {
    this.#engine = engine;
    this.#index = index;
    this.#now = now;
    this.#config = config;
    this.configure(config);
  }

  configure(config: RetentionConfig): void {
    this.#config = config;
    this.#classOf = new Uint8Array(0);
    this.#classes = [
      { rule: 'default', timeMs: config.timeMs },
      ...config.byMatcher.map((rule) => ({
        rule: `${rule.matchers.join(',')} ${rule.timeMs}`,
        timeMs: rule.timeMs,
      })),
    ];
  }

  /** The longest of all; 0: for ever. */
  get longestMs(): number {
    const times = this.#classes.map((entry) => entry.timeMs);
    return times.includes(0) ? 0 : Math.max(...times);
  }

  /** For readers; undefined: all series live equally long. */
  get perSeries(): ((ref: SeriesRef) => number) | undefined {
    return this.#classes.length === 1 ? undefined : (ref) => this.#retentionOf(ref);
  }

  /** Milliseconds for a series that does not live as long as the longest; else 0. */
  #retentionOf(ref: SeriesRef): number {
    const timeMs = this.#classes[this.#class(ref)]?.timeMs ?? 0;
    return timeMs === this.longestMs ? 0 : timeMs;
  }

  /** The number is free for another series. */
  forget(ref: SeriesRef): void {
    if (ref < this.#classOf.length) this.#classOf[ref] = 0;
  }

  /** @returns partitions from which something was removed */
  async sweep(): Promise<number> {
    const longestMs = this.longestMs;
    const shorter = this.#classes
      .map((entry, number) => ({ ...entry, number }))
      .filter((entry) => entry.timeMs !== 0 && entry.timeMs !== longestMs);
    let passes = 0;
    for (const entry of shorter) {
      const days = await this.#daysToSweep(entry);
      if (days.length === 0) continue;
      await this.#saveIds(entry.number, entry.rule);
      for (const day of days) {
        await this.#sweepDay(day, entry.rule);
        passes++;
      }
    }
    if (passes > 0) await this.#run('TRUNCATE TABLE retention_ids', {});
    return passes;
  }

  #class(ref: SeriesRef): number {
    if (ref >= this.#classOf.length) {
      const grown = new Uint8Array(Math.max(this.#index.refEnd, ref + 1));
      grown.set(this.#classOf);
      this.#classOf = grown;
    }
    const known = this.#classOf[ref] as number;
    if (known !== 0) return known - 1;
    const labels = this.#index.labels(ref);
    const rule = this.#config.byMatcher.findIndex((r) => matchesAll(r.matchers, labels));
    this.#classOf[ref] = rule + 2;
    return rule + 1;
  }

  /** Days that are whole and wholly too old for the rule, and not done. */
  async #daysToSweep({ rule, timeMs }: RetentionClass): Promise<readonly string[]> {
    const beforeMs = this.#now() - timeMs - DAY_MS;
    const sql = 'SELECT toString(day) FROM retention_passes WHERE rule = {rule:String} FORMAT TSV';
    const done = new Set(
      (await this.#engine.readText({ sql, params: { rule } }, LANE)).split('\n'),
    );
    const days = new Set<string>();
    for (const table of SAMPLE_TABLES) {
      for (const day of await listDays(this.#engine, table, 0, beforeMs)) days.add(day);
    }
    return [...days].filter((day) => !done.has(day)).sort();
  }

  async #saveIds(classNumber: number, rule: string): Promise<void> {
    const { refEnd } = this.#index;
    let refs: number[] = [];
    const save = async () => {
      if (refs.length === 0) return;
      const ids = idList(this.#index, refs);
      const sql = 'INSERT INTO retention_ids SELECT {rule:String}, arrayJoin({ids:Array(UInt64)})';
      await this.#engine.run({ sql, params: { rule, ids } }, LANE);
      refs = [];
    };
    for (let ref = 1; ref < refEnd; ref++) {
      if (!this.#index.isLive(ref) || this.#class(ref) !== classNumber) continue;
      refs.push(ref);
      if (refs.length >= IDS_PER_INSERT_MAX) await save();
    }
    await save();
  }

  async #sweepDay(day: string, rule: string): Promise<void> {
    for (const table of SAMPLE_TABLES) {
      await this.#run(
        `DELETE FROM ${table} IN PARTITION '${day}'
          WHERE series_id IN (SELECT series_id FROM retention_ids WHERE pass = {rule:String})`,
        { rule },
      );
    }
    await this.#run('INSERT INTO retention_passes SELECT {day:Date}, {rule:String}, now64(3)', {
      day,
      rule,
    });
  }

  async #run(sql: string, params: Readonly<Record<string, string>>): Promise<void> {
    await this.#engine.run({ sql, params }, LANE);
  }
}
