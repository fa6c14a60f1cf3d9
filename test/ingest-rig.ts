/** A target that is scraped by hand, and what came into the sink of it. */
import {
  INGEST_DEFAULTS,
  type IngestOptions,
  type IngestStats,
} from '../collector/ingest/ingest-options.ts';
import { TargetIngest } from '../collector/ingest/target-ingest.ts';
import { Labels } from '../model/labels.ts';
import { RecordingSink, type RecordingSinkOptions } from './recording-sink.ts';

export const TEXT = 'text/plain; version=0.0.4';
export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';
export const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
export const UP = Labels.fromRecord({ __name__: 'up', job: 'j' });

export class Rig {
  readonly sink: RecordingSink;
  readonly target: TargetIngest;
  timeMs = 0;

  constructor(options: Partial<IngestOptions> = {}, sinkOptions: RecordingSinkOptions = {}) {
    this.sink = new RecordingSink(sinkOptions);
    this.target = new TargetIngest(this.sink, {
      ...INGEST_DEFAULTS,
      mutate: (labels) => labels,
      ...options,
    });
  }

  /** Scrapes come every 1000 ms. */
  scrape(body: string | Uint8Array, contentType = TEXT): IngestStats {
    this.timeMs += 1000;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const stats = this.target.ingest(bytes, contentType, this.timeMs);
    if (stats.error !== undefined) this.target.fail(this.timeMs);
    this.target.report(this.timeMs, [{ labels: UP, value: stats.error === undefined ? 1 : 0 }]);
    return stats;
  }

  fail(): void {
    this.timeMs += 1000;
    this.target.fail(this.timeMs);
    this.target.report(this.timeMs, [{ labels: UP, value: 0 }]);
  }

  /** The sink's dump without the series about the scrape. */
  dump(): Record<string, string> {
    const { [UP.toString()]: _, ...rest } = this.sink.dump();
    return rest;
  }
}

/** The text of a series that has no labels. */
export function name(text: string): string {
  return `{__name__="${text}"}`;
}
