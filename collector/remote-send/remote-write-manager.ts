/** Hands what goes into the store on to the receivers of `remote_write`. */
import { isDeepStrictEqual } from 'node:util';
import type { Registry } from 'prom-client';
import type { Config, RemoteWriteConfig } from '../../config/types.ts';
import type { Clock } from '../../model/clock.ts';
import type { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type {
  ExemplarSample,
  HistogramSample,
  MetricMetadata,
  SampleBatch,
  SeriesRef,
} from '../../model/sink.ts';
import { FamilyMetadata } from './family-metadata.ts';
import type { ForwardingSink, SampleListener } from './forwarding-sink.ts';
import { RemoteWriter } from './remote-writer.ts';
import { SendMetrics } from './send-metrics.ts';

/** What waits at the end of the program, or of a receiver, is sent for so long. */
const FLUSH_MS_MAX = 10_000;

export interface RemoteWriteManagerOptions {
  readonly sink: ForwardingSink;
  readonly labelsOf: (ref: SeriesRef) => Labels | undefined;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
}

interface Running {
  readonly config: RemoteWriteConfig;
  readonly externalLabels: Labels;
  readonly writer: RemoteWriter;
}

export class RemoteWriteManager implements SampleListener {
  readonly #options: RemoteWriteManagerOptions;
  readonly #metrics: SendMetrics;
  readonly #metadata = new FamilyMetadata();
  #running: readonly Running[] = [];
  readonly #stopping = new Set<Promise<void>>();

  constructor(options: RemoteWriteManagerOptions) {
    this.#options = options;
    this.#metrics = new SendMetrics(options.registry);
  }

  /** Receivers that stay as they are keep their queues. */
  applyConfig(config: Config): void {
    const { externalLabels } = config.global;
    const kept: Running[] = [];
    const left = new Set(this.#running);
    for (const wanted of config.remoteWrite) {
      const same = [...left].find(
        (one) => one.externalLabels.equals(externalLabels) && isDeepStrictEqual(one.config, wanted),
      );
      if (same === undefined) kept.push(this.#start(wanted, externalLabels));
      else {
        left.delete(same);
        kept.push(same);
      }
    }
    this.#running = kept;
    this.#options.sink.listener = kept.length > 0 ? this : undefined;
    for (const { writer } of left) this.#stop(writer);
  }

  async stop(): Promise<void> {
    this.#options.sink.listener = undefined;
    for (const { writer } of this.#running) this.#stop(writer);
    this.#running = [];
    await Promise.all(this.#stopping);
  }

  onRow(timestampMs: number, refs: Uint32Array, values: Float64Array): void {
    for (const { writer } of this.#running) writer.row(timestampMs, refs, values);
  }

  onBatch(batch: SampleBatch): void {
    for (const { writer } of this.#running) writer.batch(batch);
  }

  onHistograms(samples: readonly HistogramSample[]): void {
    for (const { writer } of this.#running) writer.histograms(samples);
  }

  onExemplars(exemplars: readonly ExemplarSample[]): void {
    for (const { writer } of this.#running) writer.exemplars(exemplars);
  }

  onMetadata(metadata: readonly MetricMetadata[]): void {
    this.#metadata.add(metadata);
  }

  #start(config: RemoteWriteConfig, externalLabels: Labels): Running {
    const { labelsOf, logger, clock } = this.#options;
    const writer = new RemoteWriter({
      config,
      externalLabels,
      labelsOf,
      metadata: this.#metadata,
      metrics: this.#metrics,
      logger,
      clock,
    });
    return { config, externalLabels, writer };
  }

  #stop(writer: RemoteWriter): void {
    const stopping = writer.stop(FLUSH_MS_MAX).finally(() => this.#stopping.delete(stopping));
    this.#stopping.add(stopping);
  }
}
