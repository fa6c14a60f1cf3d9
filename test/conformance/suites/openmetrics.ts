/** The OpenMetrics standard's parser cases, by the strict reading. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExpositionError } from '../../../collector/exposition/exposition-error.ts';
import { OpenMetricsParser } from '../../../collector/exposition/openmetrics-parser.ts';
import { strictOpenMetricsProblems } from '../../../collector/exposition-check/strict-openmetrics.ts';
import type { ConformanceSuite } from '../suite.ts';

interface ParserCase {
  readonly name: string;
  readonly ok: boolean;
  readonly metrics: string | { readonly base64: string };
}

export const suite: ConformanceSuite = {
  name: 'openmetrics',
  caseCount: 169,
  run(dir, report) {
    const text = readFileSync(resolve(dir, 'openmetrics/parsers.json'), 'utf8');
    const { cases } = JSON.parse(text) as { cases: readonly ParserCase[] };
    for (const { name, ok, metrics } of cases) {
      const bytes =
        typeof metrics === 'string' ? Buffer.from(metrics) : Buffer.from(metrics.base64, 'base64');
      const [problem] = strictOpenMetricsProblems(bytes);
      const scraped = scrapeProblem(bytes);
      // What the standard accepts, a scraper must too.
      const isRight = ok ? problem === undefined && scraped === undefined : problem !== undefined;
      const got = problem?.problem ?? scraped ?? 'accepted';
      report({ name, ok: isRight, expected: ok ? 'accepted' : 'refused', got });
    }
    return Promise.resolve();
  },
};

function scrapeProblem(bytes: Uint8Array): string | undefined {
  const parser = new OpenMetricsParser(bytes);
  try {
    while (parser.next() !== 'end');
    return undefined;
  } catch (error) {
    if (error instanceof ExpositionError) return error.message;
    throw error;
  }
}
