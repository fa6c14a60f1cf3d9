/** Reads series from another Prometheus, slice of time by slice of time. */
import { compress } from 'snappy';
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import type { Matcher } from '../../model/matcher.ts';
import { ProtobufError } from '../../model/protobuf-wire.ts';
import { HttpClient } from '../http/http-client.ts';
import { SnappyError, uncompressSnappy } from '../http/snappy-block.ts';
import { USER_AGENT } from '../http/user-agent.ts';
import { HistogramSizeError } from '../remote-write/histogram-message.ts';
import { ChunkError } from './bit-reader.ts';
import {
  decodeFrames,
  decodeSamples,
  HistogramChunkError,
  type ReadSeries,
} from './decode-response.ts';
import { encodeReadRequest, type ReadResponseType } from './read-request.ts';

/** A slice that comes to more is read in halves. */
const ANSWER_BYTES_MAX = 512 * 1024 * 1024;
const STREAMED = 'application/x-streamed-protobuf';

export interface RemoteReadClientOptions {
  readonly url: string;
  readonly httpClient: HttpClientConfig;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Chunks are a tenth of the bytes; native histograms are then read again as samples. */
  readonly wantsChunks: boolean;
}

/** An answer that cannot be read, or a refusal; the text says which server and why. */
export class RemoteReadError extends Error {
  override readonly name = 'RemoteReadError';
}

export interface SliceRange {
  readonly startMs: number;
  /** Included. */
  readonly endMs: number;
}

export class RemoteReadClient {
  readonly #options: RemoteReadClientOptions;
  readonly #http: HttpClient;

  constructor(options: RemoteReadClientOptions) {
    this.#options = options;
    this.#http = new HttpClient(options.httpClient);
  }

  close(): void {
    this.#http.close();
  }

  /**
   * The series that all matchers select, with the samples of one slice each; a series comes again
   * in each slice that it has samples in, oldest first.
   * @throws RemoteReadError, HttpRequestError
   */
  async *read(
    matchers: readonly Matcher[],
    range: SliceRange,
    sliceMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<ReadSeries> {
    for (let startMs = range.startMs; startMs <= range.endMs; startMs += sliceMs) {
      const slice = { startMs, endMs: Math.min(startMs + sliceMs - 1, range.endMs) };
      for (const series of await this.readSlice(matchers, slice, signal)) yield series;
    }
  }

  /** @throws RemoteReadError, HttpRequestError */
  async readSlice(
    matchers: readonly Matcher[],
    slice: SliceRange,
    signal: AbortSignal,
  ): Promise<readonly ReadSeries[]> {
    if (!this.#options.wantsChunks) return this.#ask(matchers, slice, ['samples'], signal);
    try {
      return await this.#ask(matchers, slice, ['chunks', 'samples'], signal);
    } catch (error) {
      if (!(error instanceof HistogramChunkError)) throw error;
      return this.#ask(matchers, slice, ['samples'], signal);
    }
  }

  async #ask(
    matchers: readonly Matcher[],
    slice: SliceRange,
    accepted: readonly ReadResponseType[],
    signal: AbortSignal,
  ): Promise<readonly ReadSeries[]> {
    const { url, timeoutMs, headers = {} } = this.#options;
    const message = encodeReadRequest({ queries: [{ ...slice, matchers }], accepted });
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await this.#http.request({
      method: 'POST',
      url,
      headers: {
        ...headers,
        'Content-Type': 'application/x-protobuf',
        'Content-Encoding': 'snappy',
        'Accept-Encoding': 'snappy',
        'User-Agent': USER_AGENT,
        'X-Prometheus-Remote-Read-Version': '0.1.0',
      },
      body: await compress(Buffer.from(message)),
      signal: AbortSignal.any([signal, timeout]),
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
    const { status, statusText, body } = response;
    if (status < 200 || status > 299) {
      const text = Buffer.from(body).toString().trim();
      throw new RemoteReadError(
        `remote server ${url} returned http status ${status} ${statusText}: ${text}`,
      );
    }
    const contentType = String(response.headers['content-type'] ?? '');
    try {
      return contentType.startsWith(STREAMED)
        ? cutTo(slice, decodeFrames(body))
        : [...decodeSamples(await uncompressSnappy(body, ANSWER_BYTES_MAX))];
    } catch (error) {
      if (!isMalformed(error)) throw error;
      throw new RemoteReadError(`cannot read the answer of ${url}: ${error.message}`, {
        cause: error,
      });
    }
  }
}

function isMalformed(error: unknown): error is Error {
  return (
    error instanceof SnappyError ||
    error instanceof ProtobufError ||
    error instanceof ChunkError ||
    error instanceof HistogramSizeError
  );
}

/** A server sends whole chunks, which may begin before the slice and end after it. */
function cutTo(slice: SliceRange, all: Iterable<ReadSeries>): ReadSeries[] {
  const kept: ReadSeries[] = [];
  for (const series of all) {
    const { timestampsMs, values } = series;
    let start = 0;
    while (start < timestampsMs.length && (timestampsMs[start] as number) < slice.startMs) start++;
    let end = timestampsMs.length;
    while (end > start && (timestampsMs[end - 1] as number) > slice.endMs) end--;
    if (start === end) continue;
    kept.push({
      ...series,
      timestampsMs: timestampsMs.subarray(start, end),
      values: values.subarray(start, end),
    });
  }
  return kept;
}
