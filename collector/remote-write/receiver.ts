/**
 * Takes remote write requests, versions 1.0 and 2.0. A request is answered after its samples are
 * where kill -9 cannot reach them.
 */
import { zstdDecompressSync } from 'node:zlib';
import { Counter, type Registry } from 'prom-client';
import type { Logger } from '../../model/logger.ts';
import { ProtobufError, ProtobufReader } from '../../model/protobuf-wire.ts';
import type { SampleSink } from '../../model/sink.ts';
import { SnappyError, uncompressSnappy } from '../http/snappy-block.ts';
import { WriteRequestV1Decoder } from './decode-v1.ts';
import { decodeWriteRequestV2 } from './decode-v2.ts';
import { HistogramSizeError } from './histogram-message.ts';
import { WriteBatch, type Written } from './write-batch.ts';

/** A body larger than this after decompression is refused; Prometheus reads as much. */
const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

export type WriteVersion = 1 | 2;

export interface WriteRequest {
  /** The `Content-Type` header; '' when absent. */
  readonly contentType: string;
  /** The `Content-Encoding` header; '' when absent. */
  readonly contentEncoding: string;
  readonly body: Uint8Array;
}

export interface WriteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** '' when all was stored. */
  readonly error: string;
}

/** A request that cannot be read; `status` says whether another form would be. */
class WriteRequestError extends Error {
  override readonly name = 'WriteRequestError';
  readonly status: 400 | 415;

  constructor(status: 400 | 415, message: string) {
    super(message);
    this.status = status;
  }
}

export class RemoteWriteReceiver {
  readonly #sink: SampleSink;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #batch: WriteBatch;
  readonly #v1 = new WriteRequestV1Decoder();
  readonly #invalidLabels: Counter;
  readonly #refusedRequests: Counter;

  constructor(sink: SampleSink, registry: Registry, logger: Logger, now: () => number) {
    this.#sink = sink;
    this.#logger = logger;
    this.#now = now;
    this.#batch = new WriteBatch(sink);
    this.#invalidLabels = new Counter({
      name: 'prometheus_api_remote_write_invalid_labels_samples_total',
      help: 'The total number of received remote write samples and histogram samples which were rejected due to invalid labels.',
      registers: [registry],
    });
    this.#refusedRequests = new Counter({
      name: 'watchkeeper_remote_write_refused_requests_total',
      help: 'Remote write requests that could not be read.',
      registers: [registry],
    });
  }

  /** @throws StoreUnavailableError when the samples cannot be kept now */
  async write(request: WriteRequest): Promise<WriteAnswer> {
    let version: WriteVersion;
    let message: Uint8Array;
    try {
      version = writeVersion(request.contentType);
      message = await decompress(request.contentEncoding, request.body);
    } catch (error) {
      return this.#refuse(error);
    }
    let written: Written;
    try {
      written = this.#store(version, message);
    } catch (error) {
      return this.#refuse(error);
    }
    await this.#sink.commit();
    return this.#answer(version, written);
  }

  /** Synchronous, so that one batch serves all requests. */
  #store(version: WriteVersion, message: Uint8Array): Written {
    const batch = this.#batch;
    const nowMs = this.#now();
    batch.clear(nowMs);
    const reader = new ProtobufReader(message);
    if (version === 1) this.#v1.decode(reader, batch, nowMs);
    else decodeWriteRequestV2(reader, batch);
    if (batch.invalidLabelSamples > 0) this.#invalidLabels.inc(batch.invalidLabelSamples);
    return batch.store();
  }

  #answer(version: WriteVersion, written: Written): WriteAnswer {
    const headers: Record<string, string> =
      version === 1
        ? {}
        : {
            'X-Prometheus-Remote-Write-Samples-Written': String(written.samples),
            'X-Prometheus-Remote-Write-Histograms-Written': String(written.histograms),
            'X-Prometheus-Remote-Write-Exemplars-Written': String(written.exemplars),
          };
    const error = written.problems.join('\n');
    if (error === '') return { status: 204, headers, error };
    this.#logger.warn('remote write: part of a request was refused', { version, error });
    return { status: 400, headers, error };
  }

  #refuse(error: unknown): WriteAnswer {
    const isExpected =
      error instanceof WriteRequestError ||
      error instanceof ProtobufError ||
      error instanceof HistogramSizeError;
    if (!isExpected) throw error;
    this.#refusedRequests.inc();
    const status = error instanceof WriteRequestError ? error.status : 400;
    return { status, headers: {}, error: error.message };
  }
}

/** Without a `proto` parameter the message is that of version 1.0, as the specification says. */
function writeVersion(contentType: string): WriteVersion {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  if (type !== '' && type !== 'application/x-protobuf') {
    throw new WriteRequestError(
      415,
      `unsupported media type: expected application/x-protobuf, got ${JSON.stringify(type)}`,
    );
  }
  const proto = parameters.find((parameter) => parameter.startsWith('proto='))?.slice(6);
  if (proto === undefined || proto === 'prometheus.WriteRequest') return 1;
  if (proto === 'io.prometheus.write.v2.Request') return 2;
  throw new WriteRequestError(415, `unsupported remote write message: ${proto}`);
}

async function decompress(encoding: string, body: Uint8Array): Promise<Uint8Array> {
  if (encoding !== '' && encoding !== 'snappy' && encoding !== 'zstd') {
    throw new WriteRequestError(
      415,
      `unsupported compression: ${encoding}; expected snappy or zstd`,
    );
  }
  try {
    if (encoding === 'zstd') {
      return zstdDecompressSync(body, { maxOutputLength: MESSAGE_BYTES_MAX });
    }
    return await uncompressSnappy(body, MESSAGE_BYTES_MAX);
  } catch (error) {
    if (error instanceof SnappyError) throw new WriteRequestError(400, error.message);
    const problem = error instanceof Error ? error.message : String(error);
    throw new WriteRequestError(400, `cannot decompress the request (zstd): ${problem}`);
  }
}
