import type { Logger } from '../../model/logger.ts';
import { StoreUnavailableError } from '../../model/sink.ts';
import type { DecisionBuffer } from '../decisions/decision-buffer.ts';
import type { Head } from '../head/head.ts';
import type { HistoryBuffer } from '../history/history-buffer.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { dayOf, type SeenDays } from '../seen-days.ts';
import type { Inserter } from '../spool/inserter.ts';
import { type Spool, SpoolFullError } from '../spool/spool.ts';
import type { SpoolBlock } from '../spool/spool-file.ts';
import {
  exemplarsBlock,
  histogramsBlock,
  metadataBlock,
  samplesBlock,
  seriesBlock,
  seriesDaysBlock,
} from '../spool/table-blocks.ts';
import { Backlog } from './backlog.ts';
import type { MetadataCache } from './metadata-cache.ts';

export interface StoreWriterOptions {
  readonly index: SeriesIndex;
  readonly head: Head;
  readonly seen: SeenDays;
  readonly metadata: MetadataCache;
  readonly history: HistoryBuffer;
  readonly decisions: DecisionBuffer;
  readonly spool: Spool;
  readonly inserter: Inserter;
  readonly isSynced: boolean;
  readonly flushIntervalMs: number;
  readonly insertIntervalMs: number;
  readonly insertRowsMax: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly events: StoreWriterEvents;
}

export interface StoreWriterEvents {
  onFlush(rowCount: number, seconds: number): void;
  onSpoolError(error: Error): void;
  onDropped(rowCount: number): void;
}

/** An insert larger than this gains nothing. */
const INSERT_BYTES_MAX = 64 * 1024 * 1024;
const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;
const SERIES_PER_BLOCK_MAX = 10_000;
const DAYS_INTERVAL_MS = 60_000;
const PACK_SAMPLES_MAX = 200_000;
const RETRY_AFTER_MS = 5000;

/** Takes what was appended to memory, each second or when asked, and puts it into the spool. */
export class StoreWriter {
  readonly #options: StoreWriterOptions;
  readonly #backlog = new Backlog(BACKLOG_BYTES_MAX);
  #nextCommit: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  // By the monotonic clock: intervals do not care what time it is.
  #rotatedMs = performance.now();
  #daysMs = performance.now();
  #isDegraded = false;

  constructor(options: StoreWriterOptions) {
    this.#options = options;
  }

  /** True while the spool takes nothing: what comes in is kept in memory only. */
  get isDegraded(): boolean {
    return this.#isDegraded;
  }

  get backlogBytes(): number {
    return this.#backlog.bytes;
  }

  start(): void {
    const tick = () => {
      try {
        this.flush();
      } catch {
        // Counted and logged; the blocks wait for the next tick.
      }
      this.#options.head.pack(PACK_SAMPLES_MAX);
      this.#rotateWhenDue();
      this.#evict();
    };
    this.#timer = setInterval(tick, this.#options.flushIntervalMs);
    this.#timer.unref();
  }

  /** Many callers at once share one write, and one `fsync`. */
  commit(): Promise<void> {
    this.#nextCommit ??= this.#commitSoon();
    return this.#nextCommit;
  }

  /**
   * A block that does not come from memory: kept when it resolves.
   * @throws StoreUnavailableError; nothing of it is kept then
   */
  async keep(block: SpoolBlock): Promise<void> {
    try {
      this.#options.spool.append(block);
    } catch (error) {
      throw this.#cannotWrite(error);
    }
    if (this.#options.isSynced) await this.commit();
  }

  /** Resolves when ClickHouse has all that was kept. @returns false when it did not take it in time */
  async drain(timeoutMs: number): Promise<boolean> {
    this.rotate();
    return this.#options.inserter.drain(timeoutMs);
  }

  /**
   * Writes what was appended since the last call.
   * @throws StoreUnavailableError; nothing is lost then but what the backlog sheds
   */
  flush(): void {
    const startMs = performance.now();
    const rowCount = this.#collect();
    try {
      this.#backlog.writeTo(this.#options.spool);
      if (this.#isDegraded) this.#options.logger.info('the spool takes data again');
      this.#isDegraded = false;
    } catch (error) {
      throw this.#cannotWrite(error);
    }
    if (rowCount > 0) this.#options.events.onFlush(rowCount, (performance.now() - startMs) / 1000);
  }

  /** Ends the current files; their rows are on the way to ClickHouse. */
  rotate(): void {
    const { spool, inserter } = this.#options;
    this.#rotatedMs = performance.now();
    spool.rotate();
    inserter.wake();
  }

  /** No more ticks, and no commit in flight. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#nextCommit?.catch(() => undefined);
    this.#saveDays();
  }

  async #commitSoon(): Promise<void> {
    // Whoever comes while the disk is busy shares the next turn.
    if (this.#syncing === undefined) await new Promise((resolve) => setImmediate(resolve));
    else await this.#syncing.catch(() => undefined);
    // Appends from here on belong to the next commit.
    this.#nextCommit = undefined;
    this.flush();
    if (this.#options.isSynced) {
      this.#syncing = this.#options.spool.sync();
      await this.#syncing.catch((error: unknown) => {
        throw this.#cannotWrite(error);
      });
    }
    this.#rotateWhenDue();
  }

  /** Blocks in the order in which they must survive: series before their samples. */
  #collect(): number {
    const { index, head, metadata, history, decisions, now } = this.#options;
    this.#saveNewSeries();
    if (performance.now() - this.#daysMs >= DAYS_INTERVAL_MS) this.#saveDays();
    const samples = head.drain();
    if (samples.count > 0) this.#backlog.push(samplesBlock(samples));
    else samples.release();
    const histograms = head.drainHistograms();
    if (histograms.length > 0) this.#backlog.push(histogramsBlock(index, histograms));
    const exemplars = head.drainExemplars();
    if (exemplars.length > 0) this.#backlog.push(exemplarsBlock(index, exemplars));
    const entries = metadata.takePending();
    if (entries.length > 0) this.#backlog.push(metadataBlock(entries, now()));
    for (const block of history.takePending()) this.#backlog.push(block);
    for (const block of decisions.takePending()) this.#backlog.push(block);
    return samples.count + histograms.length;
  }

  #saveNewSeries(): void {
    const { index, seen, now } = this.#options;
    const refs = index.takeUnsaved();
    for (let at = 0; at < refs.length; at += SERIES_PER_BLOCK_MAX) {
      const part = refs.slice(at, at + SERIES_PER_BLOCK_MAX);
      // A series that has no sample yet counts as seen today.
      const days = part.map((ref) => {
        const lastMs = index.lastSeenMs[ref] as number;
        return dayOf(Number.isFinite(lastMs) ? lastMs : now());
      });
      part.forEach((ref, position) => {
        seen.markSaved(ref, days[position] as number);
      });
      this.#backlog.push(seriesBlock(index, part, days));
      this.#backlog.push(seriesDaysBlock(index, part, days));
    }
  }

  #saveDays(): void {
    const { index, seen } = this.#options;
    this.#daysMs = performance.now();
    const { refs, days, monthRefs, monthDays } = seen.takeUnsaved(index);
    for (let at = 0; at < monthRefs.length; at += SERIES_PER_BLOCK_MAX) {
      const end = at + SERIES_PER_BLOCK_MAX;
      this.#backlog.push(seriesBlock(index, monthRefs.slice(at, end), monthDays.slice(at, end)));
    }
    if (refs.length > 0) this.#backlog.push(seriesDaysBlock(index, refs, days));
  }

  #rotateWhenDue(): void {
    const { spool, insertIntervalMs, insertRowsMax } = this.#options;
    if (spool.openRowCount === 0) return;
    const isLarge = spool.openRowCount >= insertRowsMax || spool.openBytes >= INSERT_BYTES_MAX;
    if (isLarge || performance.now() - this.#rotatedMs >= insertIntervalMs) this.rotate();
  }

  /** Memory lets go of what ClickHouse has. */
  #evict(): void {
    const { head, spool } = this.#options;
    head.evict(Math.min(spool.startMs, this.#backlog.startMs));
  }

  #cannotWrite(cause: unknown): StoreUnavailableError {
    const { logger, events } = this.#options;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    events.onSpoolError(error);
    if (!this.#isDegraded) logger.error('the spool takes no data', { error: error.message });
    this.#isDegraded = true;
    // What is in the spool may leave it sooner.
    this.rotate();
    const dropped = this.#backlog.shed();
    if (dropped > 0) events.onDropped(dropped);
    const why = error instanceof SpoolFullError ? error.message : `cannot write: ${error.message}`;
    return new StoreUnavailableError(why, RETRY_AFTER_MS, { cause: error });
  }
}
