/** Answers remote read requests: what Prometheus and Thanos ask to query our samples as theirs. */
import { compress } from 'snappy';
import type { Labels } from '../../model/labels.ts';
import { Matcher, RegexError } from '../../model/matcher.ts';
import { ProtobufError, ProtobufReader } from '../../model/protobuf-wire.ts';
import { type SampleSource, type SeriesColumns, TooManySamplesError } from '../../model/source.ts';
import { SnappyError, uncompressSnappy } from '../http/snappy-block.ts';
import { decodeReadRequest, type ReadQuery } from './read-request.ts';
import { encodeChunks, encodeSamples } from './read-response.ts';

/** After decompression, as in Prometheus. */
const REQUEST_BYTES_MAX = 32 * 1024 * 1024;

/** Prometheus' `--storage.remote.read-concurrent-limit`. */
const READS_MAX = 10;
const RETRY_AFTER_MS = 1000;

export interface ReadHandlerOptions {
  readonly source: SampleSource;
  readonly externalLabels: () => Labels;
  /** Of all queries of a request. */
  readonly samplesMax: number;
}

export type ReadAnswer =
  | { readonly kind: 'samples'; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'chunks'; readonly frames: Iterable<Uint8Array<ArrayBuffer>> }
  | { readonly kind: 'refused'; readonly status: 400; readonly error: string }
  | { readonly kind: 'busy'; readonly retryAfterMs: number; readonly error: string };

export class RemoteReadHandler {
  readonly #options: ReadHandlerOptions;
  #running = 0;

  constructor(options: ReadHandlerOptions) {
    this.#options = options;
  }

  /** @throws StoreUnavailableError, the signal's reason */
  async read(body: Uint8Array, signal: AbortSignal): Promise<ReadAnswer> {
    if (this.#running >= READS_MAX) {
      const error = `more than ${READS_MAX} remote reads at once`;
      return { kind: 'busy', retryAfterMs: RETRY_AFTER_MS, error };
    }
    this.#running++;
    try {
      return await this.#answer(body, signal);
    } catch (error) {
      const isExpected =
        error instanceof SnappyError ||
        error instanceof ProtobufError ||
        error instanceof RegexError ||
        error instanceof TooManySamplesError;
      if (!isExpected) throw error;
      return { kind: 'refused', status: 400, error: error.message };
    } finally {
      this.#running--;
    }
  }

  async #answer(body: Uint8Array, signal: AbortSignal): Promise<ReadAnswer> {
    const message = await uncompressSnappy(body, REQUEST_BYTES_MAX);
    const { queries, accepted } = decodeReadRequest(new ProtobufReader(message));
    const wanted =
      accepted.length === 0 ? ['samples'] : accepted.filter((one) => one !== 'unknown');
    if (wanted.length === 0) {
      const error = 'server does not support any of the requested response types';
      return { kind: 'refused', status: 400, error };
    }
    const externalLabels = this.#options.externalLabels();
    const results = await this.#select(queries, externalLabels, signal);
    const hasHistograms = results.some((columns) => columns.histograms !== undefined);
    const mayStream = wanted[0] === 'chunks';
    if (mayStream && !hasHistograms)
      return { kind: 'chunks', frames: framesOfAll(results, externalLabels) };
    if (mayStream && !wanted.includes('samples')) {
      const error = 'native histograms are sent as samples only, which the request does not accept';
      return { kind: 'refused', status: 400, error };
    }
    const packed = await compress(Buffer.from(encodeSamples(results, externalLabels)));
    return { kind: 'samples', body: new Uint8Array(packed) };
  }

  async #select(
    queries: readonly ReadQuery[],
    externalLabels: Labels,
    signal: AbortSignal,
  ): Promise<SeriesColumns[]> {
    const results: SeriesColumns[] = [];
    let samplesMax = this.#options.samplesMax;
    for (const { startMs, endMs, matchers } of queries) {
      const inStore = matchers.map((matcher) => withoutExternal(matcher, externalLabels));
      const selection = { startMs, endMs, matchers: inStore, samplesMax };
      const columns = await this.#options.source.select(selection, signal);
      samplesMax -= columns.values.length;
      results.push(columns);
    }
    return results;
  }
}

/** External labels are not stored: a series has the one asked for when it has none. */
function withoutExternal(matcher: Matcher, externalLabels: Labels): Matcher {
  const isOurs = matcher.type === '=' && externalLabels.get(matcher.name) === matcher.value;
  return isOurs && matcher.value !== '' ? new Matcher('=', matcher.name, '') : matcher;
}

function* framesOfAll(results: readonly SeriesColumns[], externalLabels: Labels) {
  for (const [index, columns] of results.entries()) {
    yield* encodeChunks(index, columns, externalLabels);
  }
}
