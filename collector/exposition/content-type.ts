/** Which format a body has, from its Content-Type. */
import { ExpositionError } from './exposition-error.ts';

export type ExpositionFormat = 'prometheus-text' | 'openmetrics-text' | 'protobuf';

const FORMATS: ReadonlyMap<string, ExpositionFormat> = new Map([
  ['text/plain', 'prometheus-text'],
  ['application/openmetrics-text', 'openmetrics-text'],
  ['application/vnd.google.protobuf', 'protobuf'],
]);

/**
 * @param contentType header of the answer, '' when it has none
 * @param fallback media type of `fallback_scrape_protocol`, '' when none is set
 * @throws ExpositionError in Prometheus' words for a header that names no format we read
 */
export function formatOf(contentType: string, fallback = ''): ExpositionFormat {
  const mediaType = (contentType.split(';', 1)[0] as string).trim().toLowerCase();
  const format = FORMATS.get(mediaType);
  if (format !== undefined) return format;
  const fallbackFormat = FORMATS.get((fallback.split(';', 1)[0] as string).trim());
  if (fallbackFormat !== undefined) return fallbackFormat;
  if (contentType === '') {
    throw new ExpositionError(
      'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol ' +
        'specified for target',
      0,
    );
  }
  throw new ExpositionError(
    `received unsupported Content-Type ${JSON.stringify(contentType)} and no ` +
      'fallback_scrape_protocol specified for target',
    0,
  );
}
