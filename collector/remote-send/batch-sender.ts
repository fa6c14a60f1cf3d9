/** Sends a batch until it is taken, refused for good, or too old to be of use. */
import type { RemoteWriteConfig, RemoteWriteMessage } from '../../config/types.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { MetricMetadata } from '../../model/sink.ts';
import { encodeMetadataV1, encodeV1, encodeV2 } from './encode-request.ts';
import type { FamilyMetadata } from './family-metadata.ts';
import type { OutgoingSeries } from './outgoing-series.ts';
import type { OutgoingBatch } from './sample-queue.ts';
import type { SendMetrics } from './send-metrics.ts';
import type { SendResult, WriteClient } from './write-client.ts';

/** First wait when `min_backoff` is 0, so that a receiver in trouble is never hammered. */
const BACKOFF_MS_MIN = 1;

export interface BatchSenderParts {
  readonly config: RemoteWriteConfig;
  readonly client: WriteClient;
  readonly series: OutgoingSeries;
  readonly metadata: FamilyMetadata;
  readonly metrics: SendMetrics;
  readonly metricLabels: { readonly remote_name: string; readonly url: string };
  readonly logger: Logger;
  readonly clock: Clock;
}

export class BatchSender {
  readonly #parts: BatchSenderParts;
  /** Falls back to 1.0 when the receiver does not know 2.0, and stays there. */
  #message: RemoteWriteMessage;

  constructor(parts: BatchSenderParts) {
    this.#parts = parts;
    this.#message = parts.config.protobufMessage;
  }

  get message(): RemoteWriteMessage {
    return this.#message;
  }

  /** Resolves when the batch is done with, one way or another. @returns milliseconds it took */
  async send(batch: OutgoingBatch, signal: AbortSignal): Promise<number> {
    const { metrics, metricLabels, clock } = this.#parts;
    const startMs = clock.monotonicMs();
    const sampleCount = batch.count + batch.histograms.length;
    const isTooOld = (): boolean => this.#isTooOld(batch);
    const result = await this.#attempt(() => this.#encode(batch), sampleCount, isTooOld, signal);
    if (result === undefined) {
      metrics.dropped.inc({ ...metricLabels, reason: 'too_old' }, sampleCount);
    } else if (result.kind === 'sent') {
      metrics.sent.inc(metricLabels, batch.count);
      metrics.histogramsSent.inc(metricLabels, batch.histograms.length);
      metrics.exemplarsSent.inc(metricLabels, batch.exemplars.length);
      metrics.sentBytes.inc(metricLabels, result.bytes);
      if (batch.count > 0) {
        metrics.highestSent.set(metricLabels, (batch.timestampsMs.at(-1) as number) / 1000);
      }
    } else metrics.failed.inc(metricLabels, sampleCount);
    return clock.monotonicMs() - startMs;
  }

  /** The 1.0 protocol sends metadata apart from samples. */
  async sendMetadata(metadata: readonly MetricMetadata[], signal: AbortSignal): Promise<void> {
    const { metrics, metricLabels } = this.#parts;
    const never = (): boolean => false;
    const result = await this.#attempt(() => encodeMetadataV1(metadata), 0, never, signal);
    if (result?.kind === 'sent') metrics.metadataSent.inc(metricLabels, metadata.length);
  }

  #encode(batch: OutgoingBatch): Uint8Array {
    const { series, metadata } = this.#parts;
    return this.#message === 'prometheus.WriteRequest'
      ? encodeV1(batch, (ref) => series.of(ref))
      : encodeV2(
          batch,
          (ref) => series.of(ref),
          (name) => metadata.of(name),
        );
  }

  /** Undefined: too old. */
  async #attempt(
    encode: () => Uint8Array,
    sampleCount: number,
    isTooOld: () => boolean,
    signal: AbortSignal,
  ): Promise<SendResult | undefined> {
    const { config, client, metrics, metricLabels, logger } = this.#parts;
    let encoded = encode();
    let backoffMs = Math.max(config.queue.backoffMinMs, BACKOFF_MS_MIN);
    for (let attempt = 0; ; attempt++) {
      if (isTooOld()) return undefined;
      const result = await client.send(encoded, this.#message, attempt, signal);
      if (result.kind === 'sent') return result;
      if (result.kind === 'unsupported' && this.#message !== 'prometheus.WriteRequest') {
        logger.warn('remote write: the receiver does not take 2.0, sending 1.0', {
          error: result.error,
        });
        this.#message = 'prometheus.WriteRequest';
        encoded = encode();
        continue;
      }
      if (result.kind !== 'later' || signal.aborted) {
        logger.error('remote write: a request was refused and is not repeated', {
          error: result.error,
          samples: sampleCount,
        });
        return result;
      }
      if (attempt === 0) logger.warn('remote write: will try again', { error: result.error });
      metrics.retried.inc(metricLabels, sampleCount);
      await this.#pause(result.retryAfterMs ?? backoffMs, signal);
      backoffMs = Math.min(backoffMs * 2, Math.max(config.queue.backoffMaxMs, BACKOFF_MS_MIN));
    }
  }

  #isTooOld(batch: OutgoingBatch): boolean {
    const { config, clock } = this.#parts;
    const { sampleAgeLimitMs } = config.queue;
    if (sampleAgeLimitMs === 0) return false;
    const newestMs = Math.max(
      batch.timestampsMs.at(-1) ?? Number.NEGATIVE_INFINITY,
      batch.histograms.at(-1)?.timestampMs ?? Number.NEGATIVE_INFINITY,
    );
    return newestMs < clock.nowMs() - sampleAgeLimitMs;
  }

  #pause(durationMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) return Promise.resolve();
    const cancel = this.#parts.clock.schedule(durationMs, resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(cancel);
  }
}
