/** The reader for each format, by a target's options. */
import type { ExpositionFormat } from '../exposition/content-type.ts';
import { NhcbParser } from '../exposition/nhcb-parser.ts';
import { OpenMetricsParser } from '../exposition/openmetrics-parser.ts';
import { PrometheusParser } from '../exposition/prometheus-parser.ts';
import { ProtobufParser } from '../exposition/protobuf-parser.ts';
import { type EntryPageParts, EntryPageReader } from './entry-page-reader.ts';
import type { IngestOptions } from './ingest-options.ts';
import type { PageReader } from './page-reader.ts';
import { type TextPageParts, TextPageReader } from './text-page-reader.ts';

const EMPTY = new Uint8Array(0);

export function newPageReader(
  format: ExpositionFormat,
  parts: TextPageParts & EntryPageParts,
  options: IngestOptions,
): PageReader {
  const isOpenMetrics = format === 'openmetrics-text';
  const keepClassic = options.alwaysScrapeClassicHistograms;
  if (format === 'protobuf') {
    const parserOptions = {
      nativeHistograms: options.scrapeNativeHistograms,
      keepClassicHistograms: keepClassic,
      convertClassicHistograms: options.convertClassicHistogramsToNhcb,
    };
    return new EntryPageReader(parts, (body) => new ProtobufParser(body, parserOptions));
  }
  if (options.convertClassicHistogramsToNhcb) {
    return new EntryPageReader(parts, (body) => {
      const parser = isOpenMetrics ? new OpenMetricsParser(body) : new PrometheusParser(body);
      return new NhcbParser(parser, keepClassic);
    });
  }
  const parser = isOpenMetrics ? new OpenMetricsParser(EMPTY) : new PrometheusParser(EMPTY);
  return new TextPageReader(parts, parser, isOpenMetrics);
}
