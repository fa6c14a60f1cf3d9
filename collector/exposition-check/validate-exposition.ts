/** `check metrics`: what is wrong with a page, and what good practice would have otherwise. */
import { formatOf } from '../exposition/content-type.ts';
import { ExpositionError } from '../exposition/exposition-error.ts';
import { OpenMetricsParser } from '../exposition/openmetrics-parser.ts';
import { PrometheusParser } from '../exposition/prometheus-parser.ts';
import { ProtobufParser } from '../exposition/protobuf-parser.ts';
import type { ExpositionProblem } from './exposition-problem.ts';
import { lintFamily } from './lint-family.ts';
import { readFamilies } from './metric-families.ts';
import { PROBLEMS_MAX, strictOpenMetricsProblems } from './strict-openmetrics.ts';

/**
 * Problems in the order of lines, at most a thousand; none when the page is good. OpenMetrics is
 * read as strictly as its standard has it.
 * @param contentType as a scrape's; '' is the Prometheus text format
 */
export function validateExposition(
  bytes: Uint8Array,
  contentType: string,
): readonly ExpositionProblem[] {
  try {
    const format = formatOf(contentType, 'text/plain');
    if (format === 'protobuf') return protobufProblems(bytes);
    const isOpenMetrics = format === 'openmetrics-text';
    const problems = isOpenMetrics ? [...strictOpenMetricsProblems(bytes)] : [];
    const parser = isOpenMetrics ? new OpenMetricsParser(bytes) : new PrometheusParser(bytes);
    // What cannot be read has been said by the strict reading.
    if (problems.every((problem) => problem.metric !== '')) {
      for (const family of readFamilies(bytes, parser)) {
        problems.push(...lintFamily(family, isOpenMetrics));
      }
    }
    problems.sort((a, b) => a.line - b.line);
    return problems.slice(0, PROBLEMS_MAX);
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    return [{ line: error.line, metric: '', problem: error.problem }];
  }
}

function protobufProblems(bytes: Uint8Array): readonly ExpositionProblem[] {
  const parser = new ProtobufParser(bytes, {
    nativeHistograms: true,
    keepClassicHistograms: true,
    convertClassicHistograms: false,
  });
  for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
    if (kind === 'series' || kind === 'histogram') parser.labels();
  }
  return [];
}
