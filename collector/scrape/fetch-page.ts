/** One scrape over HTTP: from a target to the bytes of its page. */
import type { ScrapeConfig } from '../../config/types.ts';
import type { BodyBuffer } from '../http/body-buffer.ts';
import { decompress } from '../http/decompress.ts';
import type { HttpRequester } from '../http/http-client.ts';
import { HttpStatusError } from '../http/http-error.ts';
import { acceptHeader } from './accept-header.ts';
import type { Target } from './target.ts';

/** The limit of a page when the configuration sets none: memory is not endless. */
const BODY_BYTES_MAX = 512 * 1024 * 1024;

/** Compression makes very small pages a little larger. */
const COMPRESSION_OVERHEAD_BYTES = 1024;

/** What of a scrape config decides how pages are fetched. */
export interface FetchSettings {
  readonly accept: string;
  readonly acceptEncoding: string;
  /** A page this long is too long already, as in Prometheus. */
  readonly bodyBytesLimit: number;
}

export interface Page {
  /** Decompressed; valid until the buffer is used again. */
  readonly body: Uint8Array;
  /** '' when the target sent none. */
  readonly contentType: string;
}

export function fetchSettings(config: ScrapeConfig): FetchSettings {
  return {
    accept: acceptHeader(config.scrapeProtocols, config.metricNameEscapingScheme),
    acceptEncoding: config.enableCompression ? 'gzip, zstd' : 'identity',
    bodyBytesLimit: config.bodySizeLimitBytes > 0 ? config.bodySizeLimitBytes : BODY_BYTES_MAX,
  };
}

/**
 * @param bytesHint length of the page before, decompressed
 * @throws HttpRequestError in Prometheus' words
 */
export async function fetchPage(
  client: HttpRequester,
  target: Target,
  settings: FetchSettings,
  buffer: BodyBuffer,
  bytesHint: number,
  signal: AbortSignal,
): Promise<Page> {
  const bodyBytesMax = settings.bodyBytesLimit - 1;
  const response = await client.request({
    method: 'GET',
    url: target.url,
    headers: {
      accept: settings.accept,
      'accept-encoding': settings.acceptEncoding,
      'x-prometheus-scrape-timeout-seconds': String(target.timeoutMs / 1000),
    },
    signal,
    bodyBytesMax: bodyBytesMax + COMPRESSION_OVERHEAD_BYTES,
    buffer,
    socketPath: target.socketPath,
  });
  if (response.status !== 200) throw new HttpStatusError(response.status, response.statusText);
  const encoding = headerText(response.headers['content-encoding']).toLowerCase();
  const body = await decompress(response.body, encoding, bodyBytesMax, bytesHint);
  return { body, contentType: headerText(response.headers['content-type']) };
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
