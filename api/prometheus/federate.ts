/** `/federate`: the newest sample of each selected series, as an exposition. */
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { formatGoG } from '../../model/go-float.ts';
import {
  isClassicLabelName,
  isClassicMetricName,
  type Labels,
  METRIC_NAME,
} from '../../model/labels.ts';
import type { SampleSource, SeriesColumns } from '../../model/source.ts';
import { isStaleAt, wordsOf } from '../../model/value-bits.ts';
import { ApiError } from './api-error.ts';
import { readSelector } from './matcher-params.ts';
import { readParams } from './params.ts';

export interface FederateDeps {
  readonly source: SampleSource;
  readonly lookbackMs: number;
  readonly samplesMax: number;
  /** Added where a series does not have them. */
  readonly externalLabels: () => Labels;
  readonly now: () => number;
}

interface Line {
  readonly labels: Labels;
  readonly value: number;
  readonly timestampMs: number;
}

export function federateRoute(deps: FederateDeps): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    if (!(error instanceof ApiError)) throw error;
    return c.text(`${error.message}\n`, error.status as ContentfulStatusCode);
  });
  app.get('/federate', async (c) => {
    const selectors = (await readParams(c)).all('match[]');
    const nowMs = deps.now();
    const lines = new Map<string, Line>();
    for (const matchers of selectors.map(readSelector)) {
      const selection = {
        matchers,
        startMs: nowMs - deps.lookbackMs + 1,
        endMs: nowMs,
        samplesMax: deps.samplesMax,
      };
      addNewest(await deps.source.select(selection, c.req.raw.signal), lines);
    }
    c.header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    return c.body(expositionText([...lines.values()], deps.externalLabels()));
  });
  return app;
}

/** Native histograms have no text form, and are left out as in Prometheus. */
function addNewest(columns: SeriesColumns, lines: Map<string, Line>): void {
  const words = wordsOf(columns.values);
  columns.labels.forEach((labels, series) => {
    const last = (columns.offsets[series + 1] as number) - 1;
    if (last < (columns.offsets[series] as number) || isStaleAt(words, last)) return;
    if (columns.histograms?.[last] !== undefined) return;
    const timestampMs = columns.timestampsMs[last] as number;
    lines.set(labels.key, { labels, value: columns.values[last] as number, timestampMs });
  });
}

function expositionText(lines: readonly Line[], externalLabels: Labels): string {
  const sorted = lines.toSorted((a, b) => a.labels.compare(b.labels));
  let lastName = '';
  let text = '';
  for (const { labels, value, timestampMs } of sorted) {
    const name = labels.get(METRIC_NAME);
    if (name === '') continue;
    if (name !== lastName) {
      text += `# TYPE ${isClassicMetricName(name) ? name : quoted(name)} untyped\n`;
      lastName = name;
    }
    text += `${seriesText(name, withExternal(labels, externalLabels))} ${formatGoG(value)} ${timestampMs}\n`;
  }
  return text;
}

function withExternal(labels: Labels, externalLabels: Labels): Labels {
  let all = labels;
  for (const [name, value] of externalLabels.entries()) {
    if (!all.has(name)) all = all.with(name, value);
  }
  return all;
}

function seriesText(name: string, labels: Labels): string {
  const parts = isClassicMetricName(name) ? [] : [quoted(name)];
  for (const [label, value] of labels.withoutName().entries()) {
    parts.push(`${isClassicLabelName(label) ? label : quoted(label)}=${quoted(value)}`);
  }
  // Without one the scraping side would put its own in.
  if (!labels.has('instance')) parts.push('instance=""');
  return `${isClassicMetricName(name) ? name : ''}{${parts.join(',')}}`;
}

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
