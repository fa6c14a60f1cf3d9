import type { Logger } from '../model/logger.ts';
import type { RetentionSweeper } from './admin/retention-sweeper.ts';
import type { Head } from './head/head.ts';
import type { Tombstones } from './hidden-samples.ts';
import type { SeriesIndex } from './index/series-index.ts';
import type { SeenDays } from './seen-days.ts';
import type { StoreWriter } from './write/store-writer.ts';

export interface MaintenanceParts {
  readonly index: SeriesIndex;
  readonly head: Head;
  readonly seen: SeenDays;
  readonly tombstones: Tombstones;
  readonly sweeper: RetentionSweeper;
  readonly writer: StoreWriter;
  readonly logger: Logger;
  readonly now: () => number;
}

const INTERVAL_MS = 3_600_000;
/** Removing so many series takes a few milliseconds. */
const SERIES_PER_TURN_MAX = 10_000;
/** References stay reserved for a while, so a series is only let go of when it is long past. */
const IDLE_MS_MIN = 3_600_000;

/** What has to be done now and then: retention by matcher, and series that retention has emptied. */
export class Maintenance {
  readonly #parts: MaintenanceParts;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.run().catch((error: unknown) => {
        this.#parts.logger.warn('maintenance failed, will be tried again', {
          error: error instanceof Error ? error.message : String(error),
        });
      });
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  run(): Promise<void> {
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
    });
    return this.#work;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work?.catch(() => undefined);
  }

  async #run(): Promise<void> {
    await this.#parts.sweeper.sweep();
    await this.#forgetIdle();
  }

  /** Series whose last sample is past retention leave the index. */
  async #forgetIdle(): Promise<void> {
    const { index, head, seen, tombstones, sweeper, now } = this.#parts;
    const beforeMs = Math.min(tombstones.beforeMs, now() - IDLE_MS_MIN);
    if (!Number.isFinite(beforeMs)) return;
    const isHeld = (ref: number) => head.isHeld(ref) || seen.lastMs(index, ref) >= beforeMs;
    for (;;) {
      const removed = index.removeIdle(beforeMs, now(), SERIES_PER_TURN_MAX, isHeld);
      for (const ref of removed) {
        seen.forget(ref);
        tombstones.forget(ref);
        sweeper.forget(ref);
      }
      if (removed.length < SERIES_PER_TURN_MAX) return;
      await new Promise((turn) => setImmediate(turn));
    }
  }
}
