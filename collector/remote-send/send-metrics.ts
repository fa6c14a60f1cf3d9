/** Metrics of sending, under Prometheus' names. */
import { Counter, Gauge, type Registry } from 'prom-client';

const LABELS = ['remote_name', 'url'] as const;
type Label = (typeof LABELS)[number];

export class SendMetrics {
  readonly sent: Counter<Label>;
  readonly failed: Counter<Label>;
  readonly retried: Counter<Label>;
  readonly dropped: Counter<Label | 'reason'>;
  readonly histogramsSent: Counter<Label>;
  readonly exemplarsSent: Counter<Label>;
  readonly metadataSent: Counter<Label>;
  readonly sentBytes: Counter<Label>;
  readonly pending: Gauge<Label>;
  readonly shards: Gauge<Label>;
  readonly shardsDesired: Gauge<Label>;
  readonly highestSent: Gauge<Label>;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string) =>
      new Counter<Label>({
        name: `prometheus_remote_storage_${name}`,
        help,
        labelNames: [...LABELS],
        registers,
      });
    const gauge = (name: string, help: string) =>
      new Gauge<Label>({
        name: `prometheus_remote_storage_${name}`,
        help,
        labelNames: [...LABELS],
        registers,
      });
    this.sent = counter('samples_total', 'Total number of samples sent to remote storage.');
    this.failed = counter(
      'samples_failed_total',
      'Total number of samples which failed on send to remote storage, non-recoverable errors.',
    );
    this.retried = counter(
      'samples_retried_total',
      'Total number of samples which failed on send to remote storage but were retried because the send error was recoverable.',
    );
    this.dropped = new Counter({
      name: 'prometheus_remote_storage_samples_dropped_total',
      help: 'Total number of samples which were dropped before being sent: too old, pushed out of a full queue, by relabelling, or at shutdown.',
      labelNames: [...LABELS, 'reason'],
      registers,
    });
    this.histogramsSent = counter(
      'histograms_total',
      'Total number of histograms sent to remote storage.',
    );
    this.exemplarsSent = counter(
      'exemplars_total',
      'Total number of exemplars sent to remote storage.',
    );
    this.metadataSent = counter(
      'metadata_total',
      'Total number of metadata entries sent to remote storage.',
    );
    this.sentBytes = counter(
      'sent_bytes_total',
      'The total number of bytes of data (not metadata) sent by the queue after compression.',
    );
    this.pending = gauge(
      'samples_pending',
      'The number of samples pending in the queues shards to be sent to the remote storage.',
    );
    this.shards = gauge(
      'shards',
      'The number of shards used for parallel sending to the remote storage.',
    );
    this.shardsDesired = gauge(
      'shards_desired',
      'The number of shards that the queues shard calculation wants to run based on the rate of samples in vs. samples out.',
    );
    this.highestSent = gauge(
      'queue_highest_sent_timestamp_seconds',
      'Timestamp from a sample that was sent last by this queue, in seconds since epoch.',
    );
  }
}
