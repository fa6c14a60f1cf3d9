/** Everything for one receiver: series, shards, metadata. */
import type { RemoteWriteConfig } from '../../config/types.ts';
import type { Clock } from '../../model/clock.ts';
import type { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { ExemplarSample, HistogramSample, SampleBatch, SeriesRef } from '../../model/sink.ts';
import { isAbsentAt, wordsOf } from '../../model/value-bits.ts';
import { BatchSender } from './batch-sender.ts';
import type { FamilyMetadata } from './family-metadata.ts';
import { OutgoingSeries } from './outgoing-series.ts';
import { type OutgoingBatch, SampleQueue } from './sample-queue.ts';
import type { SendMetrics } from './send-metrics.ts';
import { Shard } from './shard.ts';
import { ShardCount } from './shard-count.ts';
import { WriteClient } from './write-client.ts';

const RESHARD_INTERVAL_MS = 10_000;

export interface RemoteWriterOptions {
  readonly config: RemoteWriteConfig;
  readonly externalLabels: Labels;
  readonly labelsOf: (ref: SeriesRef) => Labels | undefined;
  readonly metadata: FamilyMetadata;
  readonly metrics: SendMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

export class RemoteWriter {
  readonly #options: RemoteWriterOptions;
  readonly #client: WriteClient;
  readonly #sender: BatchSender;
  readonly #series: OutgoingSeries;
  readonly #metricLabels: { readonly remote_name: string; readonly url: string };
  readonly #shardCount: ShardCount;
  readonly #abort = new AbortController();
  #shards: readonly Shard[];
  #cancelReshard: () => void = () => undefined;
  #cancelMetadata: () => void = () => undefined;
  #resharding: Promise<void> = Promise.resolve();
  #samplesIn = 0;
  #samplesOut = 0;
  #sendingMs = 0;

  constructor(options: RemoteWriterOptions) {
    const { config, externalLabels, labelsOf, metadata, metrics, logger, clock } = options;
    const url = new URL(config.url);
    url.password = '';
    url.username = '';
    this.#options = options;
    this.#metricLabels = {
      remote_name: config.name === '' ? url.host : config.name,
      url: url.href,
    };
    this.#client = new WriteClient(config, clock.nowMs);
    this.#series = new OutgoingSeries(labelsOf, externalLabels, config.writeRelabelConfigs);
    this.#sender = new BatchSender({
      config,
      client: this.#client,
      series: this.#series,
      metadata,
      metrics,
      metricLabels: this.#metricLabels,
      logger: logger.with(this.#metricLabels),
      clock,
    });
    const { shardsMin, shardsMax } = config.queue;
    this.#shardCount = new ShardCount(shardsMin, shardsMax);
    this.#shards = this.#makeShards(shardsMin);
    this.#scheduleReshard();
    this.#scheduleMetadata();
  }

  row(timestampMs: number, refs: Uint32Array, values: Float64Array): void {
    const words = wordsOf(values);
    for (let at = 0; at < refs.length; at++) {
      if (isAbsentAt(words, at)) continue;
      const low = words[2 * at] as number;
      this.#push(refs[at] as number, timestampMs, low, words[2 * at + 1] as number);
    }
    this.#wake();
  }

  batch(batch: SampleBatch): void {
    const words = wordsOf(batch.values);
    for (let at = 0; at < batch.count; at++) {
      const timestampMs = batch.timestampsMs[at] as number;
      const low = words[2 * at] as number;
      this.#push(batch.refs[at] as number, timestampMs, low, words[2 * at + 1] as number);
    }
    this.#wake();
  }

  histograms(samples: readonly HistogramSample[]): void {
    if (!this.#options.config.sendNativeHistograms) return;
    for (const sample of samples) {
      if (this.#isDropped(sample.ref)) continue;
      this.#samplesIn++;
      this.#shardOf(sample.ref).queue.pushHistogram(sample);
    }
    this.#wake();
  }

  exemplars(exemplars: readonly ExemplarSample[]): void {
    if (!this.#options.config.sendExemplars) return;
    for (const exemplar of exemplars) {
      if (this.#series.of(exemplar.ref) === undefined) continue;
      this.#shardOf(exemplar.ref).queue.pushExemplar(exemplar);
    }
    this.#wake();
  }

  /** Sends what waits, for so long at most. */
  async stop(flushMs: number): Promise<void> {
    this.#cancelReshard();
    this.#cancelMetadata();
    const cancel = this.#options.clock.schedule(flushMs, () => this.#abort.abort());
    await this.#resharding;
    await Promise.all(this.#shards.map((shard) => shard.drain(this.#abort.signal)));
    cancel();
    this.#abort.abort();
    this.#client.close();
    const { metrics, logger } = this.#options;
    const left = this.#pending();
    if (left > 0) {
      logger.warn('remote write: samples were left unsent', { ...this.#metricLabels, left });
      metrics.dropped.inc({ ...this.#metricLabels, reason: 'shutdown' }, left);
    }
    metrics.pending.set(this.#metricLabels, 0);
  }

  #push(ref: SeriesRef, timestampMs: number, low: number, high: number): void {
    if (this.#isDropped(ref)) return;
    this.#samplesIn++;
    this.#shardOf(ref).queue.push(ref, timestampMs, low, high);
  }

  #isDropped(ref: SeriesRef): boolean {
    if (this.#series.of(ref) !== undefined) return false;
    this.#options.metrics.dropped.inc({ ...this.#metricLabels, reason: 'dropped_series' });
    return true;
  }

  #shardOf(ref: SeriesRef): Shard {
    return this.#shards[ref % this.#shards.length] as Shard;
  }

  #wake(): void {
    for (const shard of this.#shards) shard.wake();
    this.#setPending();
  }

  #setPending(): void {
    const { metrics } = this.#options;
    metrics.pending.set(this.#metricLabels, this.#pending());
    for (const { queue } of this.#shards) {
      const dropped = queue.droppedSamples + queue.droppedHistograms;
      if (dropped === 0) continue;
      metrics.dropped.inc({ ...this.#metricLabels, reason: 'queue_full' }, dropped);
      queue.droppedSamples = 0;
      queue.droppedHistograms = 0;
    }
  }

  #pending(): number {
    return this.#shards.reduce((sum, { queue }) => sum + queue.length, 0);
  }

  /** All shards together hold what Prometheus' would at their largest number. */
  #makeShards(count: number): Shard[] {
    const { config, clock, metrics } = this.#options;
    const { capacity, shardsMax, samplesPerSendMax, batchSendDeadlineMs } = config.queue;
    metrics.shards.set(this.#metricLabels, count);
    return Array.from({ length: count }, () => {
      return new Shard({
        queue: new SampleQueue(Math.max(capacity, Math.floor((capacity * shardsMax) / count))),
        clock,
        samplesPerSendMax,
        deadlineMs: batchSendDeadlineMs,
        send: (batch) => this.#send(batch),
      });
    });
  }

  async #send(batch: OutgoingBatch): Promise<void> {
    this.#sendingMs += await this.#sender.send(batch, this.#abort.signal);
    this.#samplesOut += batch.count + batch.histograms.length;
  }

  #scheduleReshard(): void {
    this.#cancelReshard = this.#options.clock.schedule(RESHARD_INTERVAL_MS, () => {
      this.#resharding = this.#reshard().finally(() => {
        if (!this.#abort.signal.aborted) this.#scheduleReshard();
      });
    });
  }

  /** Old shards finish their request, then the new ones take over what waits, in order. */
  async #reshard(): Promise<void> {
    this.#series.tick(this.#options.clock.nowMs());
    const traffic = {
      samplesIn: this.#samplesIn,
      samplesOut: this.#samplesOut,
      sendingMs: this.#sendingMs,
      pending: this.#pending(),
    };
    this.#samplesIn = 0;
    this.#samplesOut = 0;
    this.#sendingMs = 0;
    const old = this.#shards;
    const count = this.#shardCount.next(old.length, traffic, RESHARD_INTERVAL_MS);
    this.#options.metrics.shardsDesired.set(this.#metricLabels, this.#shardCount.desired);
    if (count === old.length) return;
    await Promise.all(old.map((shard) => shard.pause()));
    this.#shards = this.#makeShards(count);
    for (const { queue } of old) {
      const left = queue.take(queue.length);
      for (let at = 0; at < left.count; at++) {
        const ref = left.refs[at] as number;
        const { words } = left.column;
        const low = words[2 * at] as number;
        const high = words[2 * at + 1] as number;
        this.#shardOf(ref).queue.push(ref, left.timestampsMs[at] as number, low, high);
      }
      for (const sample of left.histograms) this.#shardOf(sample.ref).queue.pushHistogram(sample);
      for (const one of left.exemplars) this.#shardOf(one.ref).queue.pushExemplar(one);
    }
    this.#wake();
  }

  #scheduleMetadata(): void {
    const { config, clock } = this.#options;
    if (!config.metadata.send) return;
    this.#cancelMetadata = clock.schedule(config.metadata.sendIntervalMs, () => {
      void this.#sendMetadata().finally(() => {
        if (!this.#abort.signal.aborted) this.#scheduleMetadata();
      });
    });
  }

  async #sendMetadata(): Promise<void> {
    if (this.#sender.message !== 'prometheus.WriteRequest') return;
    const all = [...this.#options.metadata.all];
    const max = this.#options.config.metadata.samplesPerSendMax;
    for (let at = 0; at < all.length && !this.#abort.signal.aborted; at += max) {
      await this.#sender.sendMetadata(all.slice(at, at + max), this.#abort.signal);
    }
  }
}
