/**
 * Takes OTLP metrics over HTTP, in protobuf and JSON. What can be stored is stored before the
 * answer; the answer counts what cannot, as the protocol asks ("partial success").
 */
import { Counter, type Registry } from 'prom-client';
import type { OtlpConfig } from '../../config/types.ts';
import type { Logger } from '../../model/logger.ts';
import { ProtobufError, ProtobufReader } from '../../model/protobuf-wire.ts';
import { ProtobufWriter } from '../../model/protobuf-writer.ts';
import type { SampleSink } from '../../model/sink.ts';
import { decompress } from '../http/decompress.ts';
import { BodySizeError, HttpRequestError } from '../http/http-error.ts';
import { WriteBatch } from '../remote-write/write-batch.ts';
import { decodeOtlpJson } from './decode-json.ts';
import { decodeOtlpProtobuf } from './decode-protobuf.ts';
import { DeltaMemory } from './delta-memory.ts';
import { OtlpFormatError } from './otlp-metrics.ts';
import { otlpSettings } from './otlp-settings.ts';
import { OtlpTranslation } from './translate.ts';

/** After decompression. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** `google.rpc.Code.INVALID_ARGUMENT`. */
const INVALID_ARGUMENT = 3;

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const ENCODINGS = ['', 'identity', 'gzip', 'zstd'];

export interface OtlpRequest {
  /** Headers; '' when absent. */
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly body: Uint8Array;
}

export interface OtlpAnswer {
  readonly status: 200 | 400 | 413 | 415;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

export class OtlpReceiver {
  readonly #sink: SampleSink;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #config: () => OtlpConfig;
  readonly #batch: WriteBatch;
  readonly #deltas = new DeltaMemory();
  readonly #points: Counter;
  readonly #rejectedPoints: Counter;

  /** @param config asked for at every request, so that a reload counts */
  constructor(
    sink: SampleSink,
    config: () => OtlpConfig,
    registry: Registry,
    logger: Logger,
    now: () => number,
  ) {
    this.#sink = sink;
    this.#config = config;
    this.#logger = logger;
    this.#now = now;
    this.#batch = new WriteBatch(sink);
    this.#points = new Counter({
      name: 'watchkeeper_otlp_points_total',
      help: 'Data points received over OTLP.',
      registers: [registry],
    });
    this.#rejectedPoints = new Counter({
      name: 'watchkeeper_otlp_rejected_points_total',
      help: 'Data points received over OTLP that could not be stored.',
      registers: [registry],
    });
  }

  /** @throws StoreUnavailableError when the samples cannot be kept now */
  async write(request: OtlpRequest): Promise<OtlpAnswer> {
    const type = (request.contentType.split(';')[0] ?? '').trim().toLowerCase();
    if (type !== PROTOBUF && type !== JSON_TYPE) {
      const text = `unsupported content type: ${type}, supported: [${JSON_TYPE}, ${PROTOBUF}]`;
      return { status: 415, contentType: 'text/plain', body: bytesOf(text) };
    }
    if (!ENCODINGS.includes(request.contentEncoding)) {
      const text = `unsupported compression: ${request.contentEncoding}`;
      return failure(415, type, text);
    }
    try {
      const body = await decompress(request.body, request.contentEncoding, MESSAGE_BYTES_MAX, 0);
      const { rejected, problems } = this.#store(type, body);
      await this.#sink.commit();
      return this.#success(type, rejected, problems);
    } catch (error) {
      if (error instanceof BodySizeError) return failure(413, type, error.message);
      const isMalformed =
        error instanceof OtlpFormatError ||
        error instanceof ProtobufError ||
        error instanceof HttpRequestError;
      if (!isMalformed) throw error;
      return failure(400, type, error.message);
    }
  }

  /** Synchronous, so that one batch serves all requests. */
  #store(type: string, body: Uint8Array) {
    const resources =
      type === JSON_TYPE ? decodeOtlpJson(body) : decodeOtlpProtobuf(new ProtobufReader(body));
    const nowMs = this.#now();
    const batch = this.#batch;
    batch.clear(nowMs);
    const settings = otlpSettings(this.#config());
    const translation = new OtlpTranslation(batch, settings, this.#deltas, nowMs);
    let pointCount = 0;
    for (const resource of resources) {
      translation.add(resource);
      for (const scope of resource.scopes) {
        for (const metric of scope.metrics) pointCount += metric.points.length;
      }
    }
    const gathered = batch.count + batch.histograms.length;
    const written = batch.store();
    const refused = gathered - written.samples - written.histograms;
    const rejected = Math.min(translation.rejected + refused, pointCount);
    this.#points.inc(pointCount);
    this.#rejectedPoints.inc(rejected);
    return { rejected, problems: written.problems };
  }

  #success(type: string, rejected: number, problems: readonly string[]): OtlpAnswer {
    const message = problems.join('\n');
    if (message !== '') {
      this.#logger.warn('otlp: part of a request was refused', { rejected, error: message });
    }
    if (type === JSON_TYPE) {
      const partial = { rejectedDataPoints: String(rejected), errorMessage: message };
      const body = message === '' ? {} : { partialSuccess: partial };
      return { status: 200, contentType: JSON_TYPE, body: bytesOf(JSON.stringify(body)) };
    }
    const writer = new ProtobufWriter();
    if (message !== '') {
      const partial = writer.begin(1);
      writer.int(1, rejected).string(2, message).end(partial);
    }
    return { status: 200, contentType: PROTOBUF, body: new Uint8Array(writer.finish()) };
  }
}

/** A `google.rpc.Status` in the encoding of the request. */
function failure(status: 400 | 413 | 415, type: string, message: string): OtlpAnswer {
  if (type === JSON_TYPE) {
    const body = bytesOf(JSON.stringify({ code: INVALID_ARGUMENT, message }));
    return { status, contentType: JSON_TYPE, body };
  }
  const writer = new ProtobufWriter();
  writer.int(1, INVALID_ARGUMENT).string(2, message);
  return { status, contentType: PROTOBUF, body: new Uint8Array(writer.finish()) };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text));
}
