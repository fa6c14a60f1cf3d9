/** Takes samples as text: pages like those of a scrape target, handed over by who made them. */
import { Counter, type Registry } from 'prom-client';
import { InvalidHistogramError, validateHistogram } from '../../model/histogram-validation.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import { NO_SERIES, type SampleSink } from '../../model/sink.ts';
import { type ExpositionFormat, formatOf } from '../exposition/content-type.ts';
import { ExpositionError } from '../exposition/exposition-error.ts';
import type { ExpositionParser } from '../exposition/exposition-parser.ts';
import { OpenMetricsParser } from '../exposition/openmetrics-parser.ts';
import { PrometheusParser } from '../exposition/prometheus-parser.ts';
import { ProtobufParser } from '../exposition/protobuf-parser.ts';
import { decompress } from '../http/decompress.ts';
import { BodySizeError, HttpRequestError } from '../http/http-error.ts';
import { MetadataMemory } from '../ingest/metadata-memory.ts';
import { WriteBatch, type Written } from '../remote-write/write-batch.ts';

/** After decompression. */
const PAGE_BYTES_MAX = 64 * 1024 * 1024;

const ENCODINGS = ['', 'identity', 'gzip', 'zstd'];

export interface PushRequest {
  /** Of the page; of any other type, or none, it is taken as Prometheus text. */
  readonly contentType: string;
  /** '' when absent. */
  readonly contentEncoding: string;
  readonly body: Uint8Array;
  /** `name=value` each; they replace labels of the same name. */
  readonly extraLabels: readonly string[];
  /** Of samples that bring none, milliseconds; '' is now. */
  readonly timestamp: string;
}

export interface PushAnswer {
  readonly status: 204 | 400 | 413 | 415;
  /** '' when all was stored. */
  readonly error: string;
}

/** A parameter that cannot be read. */
class PushParameterError extends Error {
  override readonly name = 'PushParameterError';
}

export class TextPushReceiver {
  readonly #sink: SampleSink;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #batch: WriteBatch;
  readonly #samples: Counter;

  constructor(sink: SampleSink, registry: Registry, logger: Logger, now: () => number) {
    this.#sink = sink;
    this.#logger = logger;
    this.#now = now;
    this.#batch = new WriteBatch(sink);
    this.#samples = new Counter({
      name: 'watchkeeper_push_samples_total',
      help: 'Samples that were pushed as text and stored.',
      registers: [registry],
    });
  }

  /**
   * A page with a mistake is refused whole.
   * @throws StoreUnavailableError when the samples cannot be kept now
   */
  async write(request: PushRequest): Promise<PushAnswer> {
    const { contentEncoding } = request;
    if (!ENCODINGS.includes(contentEncoding)) {
      return { status: 415, error: `unsupported compression: ${contentEncoding}` };
    }
    try {
      const page = await decompress(request.body, contentEncoding, PAGE_BYTES_MAX, 0);
      const written = this.#store(request, page);
      await this.#sink.commit();
      this.#samples.inc(written.samples + written.histograms);
      const error = written.problems.join('\n');
      if (error === '') return { status: 204, error };
      this.#logger.warn('push: part of a page was refused', { error });
      return { status: 400, error };
    } catch (error) {
      if (error instanceof BodySizeError) return { status: 413, error: error.message };
      const isExpected =
        error instanceof ExpositionError ||
        error instanceof HttpRequestError ||
        error instanceof PushParameterError;
      if (!isExpected) throw error;
      return { status: 400, error: error.message };
    }
  }

  /** Synchronous, so that one batch serves all requests. */
  #store(request: PushRequest, page: Uint8Array): Written {
    const nowMs = this.#now();
    const defaultMs = readTimestamp(request.timestamp, nowMs);
    const extra = request.extraLabels.map(readExtraLabel);
    const metadata = new MetadataMemory();
    const batch = this.#batch;
    batch.clear(nowMs);
    const parser = openParser(formatOf(request.contentType, 'text/plain'), page);
    for (;;) {
      const kind = parser.next();
      if (kind === 'end') break;
      if (kind === 'type') metadata.setType(parser.familyName, parser.metricType);
      else if (kind === 'help') metadata.setHelp(parser.familyName, parser.text);
      else if (kind === 'unit') metadata.setUnit(parser.familyName, parser.text);
      else if (kind !== 'comment') {
        addEntry(batch, parser, withExtra(parser.labels(), extra), defaultMs);
      }
    }
    batch.metadata.push(...metadata.all);
    return batch.store();
  }
}

function addEntry(
  batch: WriteBatch,
  parser: ExpositionParser,
  labels: Labels,
  defaultMs: number,
): void {
  const timestampMs = parser.timestampMs ?? defaultMs;
  if (!labels.has(METRIC_NAME)) {
    batch.problem(`series without a metric name: ${labels.toString()}`);
    return;
  }
  const ref = batch.resolve(labels);
  if (ref === NO_SERIES) return;
  const { histogram } = parser;
  if (histogram === undefined) {
    const row = batch.addRow();
    batch.timestampsMs[row] = timestampMs;
    batch.column.values[row] = parser.value;
    batch.assign(row, ref, () => labels.toString());
  } else {
    try {
      validateHistogram(histogram);
    } catch (error) {
      if (!(error instanceof InvalidHistogramError)) throw error;
      batch.problem(`${error.message} for series ${labels.toString()}`);
      return;
    }
    batch.histograms.push({ ref, timestampMs, histogram });
  }
  for (const exemplar of parser.exemplars()) {
    batch.exemplars.push({ ref, ...exemplar, timestampMs: exemplar.timestampMs ?? timestampMs });
  }
}

/** Pushed pages are new each time, so the parsers that need no memory of the target are used. */
function openParser(format: ExpositionFormat, page: Uint8Array): ExpositionParser {
  switch (format) {
    case 'prometheus-text':
      return new PrometheusParser(page);
    case 'openmetrics-text':
      return new OpenMetricsParser(page);
    case 'protobuf':
      return new ProtobufParser(page, {
        nativeHistograms: true,
        keepClassicHistograms: false,
        convertClassicHistograms: false,
      });
  }
}

function withExtra(labels: Labels, extra: readonly (readonly [string, string])[]): Labels {
  return extra.reduce((all, [name, value]) => all.with(name, value), labels);
}

function readExtraLabel(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) {
    throw new PushParameterError(`extra_label: expected name=value, got ${JSON.stringify(text)}`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}

function readTimestamp(text: string, nowMs: number): number {
  if (text === '') return nowMs;
  if (!/^-?\d{1,15}$/.test(text)) {
    throw new PushParameterError(`timestamp: not milliseconds: ${JSON.stringify(text)}`);
  }
  return Number(text);
}
