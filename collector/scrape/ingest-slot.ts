/** Holds a loop's ingest, and lets another take its place between two scrapes. */
import type { ScrapeConfig } from '../../config/types.ts';
import type { MetricMetadata } from '../../model/sink.ts';
import type { TargetIngest } from '../ingest/target-ingest.ts';
import type { Target } from './target.ts';

/** What an ingest was opened for. */
export interface IngestOrigin {
  readonly target: Target;
  readonly config: ScrapeConfig;
}

export class IngestSlot {
  #origin: IngestOrigin;
  #current: TargetIngest;
  #previous: TargetIngest | undefined;

  constructor(ingest: TargetIngest, origin: IngestOrigin) {
    this.#current = ingest;
    this.#origin = origin;
  }

  get origin(): IngestOrigin {
    return this.#origin;
  }

  /** Metric families as last exposed. */
  get metadata(): Iterable<MetricMetadata> {
    return this.#current.metadata;
  }

  /** From the next scrape on. */
  replace(ingest: TargetIngest, origin: IngestOrigin): void {
    this.#origin = origin;
    // The one before was never used if yet another waits to be ended.
    if (this.#previous === undefined) this.#previous = this.#current;
    else this.#current.close();
    this.#current = ingest;
  }

  /**
   * The ingest for a scrape of that time. Series of the one before are marked stale a millisecond
   * earlier, so that those which go on do so in order.
   */
  at(timestampMs: number): TargetIngest {
    this.#endPrevious(timestampMs - 1);
    return this.#current;
  }

  /** All series are stale; nothing comes after. */
  end(timestampMs: number): void {
    this.#endPrevious(timestampMs);
    this.#current.end(timestampMs);
  }

  /** Nothing comes after, and nothing is marked stale. */
  close(): void {
    this.#previous?.close();
    this.#previous = undefined;
    this.#current.close();
  }

  #endPrevious(timestampMs: number): void {
    this.#previous?.end(timestampMs);
    this.#previous = undefined;
  }
}
