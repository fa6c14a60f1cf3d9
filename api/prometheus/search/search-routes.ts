/**
 * Names and values for people who type: filtered, scored and ordered, as lines of JSON. Batches
 * of results come first, then one line that says whether there is more.
 */
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { METRIC_NAME } from '../../../model/labels.ts';
import type { LabelSource } from '../../../model/source.ts';
import { ApiError } from '../api-error.ts';
import { readParams } from '../params.ts';
import { createMatchScore } from './match-score.ts';
import { readBoolean, readSearchParams, type SearchParams } from './search-params.ts';

interface Found {
  readonly value: string;
  readonly score: number;
}

export function searchRoutes(source: LabelSource, now: () => number): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], '/search/metric_names', async (c) => {
    const params = await readParams(c);
    const search = readSearchParams(params, 'metric_names', now());
    const showsMetadata = readBoolean(params, 'include_metadata', false);
    const names = await source.labelValues(METRIC_NAME, search.selection, c.req.raw.signal);
    return answer(c, search, names, ({ value, score }) => {
      const [metadata] = (showsMetadata && source.metadata(value, 1).get(value)) || [];
      return {
        name: value,
        ...scoreField(search, score),
        ...(metadata === undefined ? {} : { type: metadata.type }),
        ...(metadata?.help ? { help: metadata.help } : {}),
        ...(metadata?.unit ? { unit: metadata.unit } : {}),
      };
    });
  });
  app.on(['GET', 'POST'], '/search/label_names', async (c) => {
    const search = readSearchParams(await readParams(c), 'label_names', now());
    const names = await source.labelNames(search.selection, c.req.raw.signal);
    return answer(c, search, names, ({ value, score }) => ({
      name: value,
      ...scoreField(search, score),
    }));
  });
  app.on(['GET', 'POST'], '/search/label_values', async (c) => {
    const params = await readParams(c);
    const search = readSearchParams(params, 'label_values', now());
    const label = params.get('label');
    if (label === '') throw new ApiError('bad_data', 'missing required parameter "label"');
    const values = await source.labelValues(label, search.selection, c.req.raw.signal);
    return answer(c, search, values, ({ value, score }) => ({
      value,
      ...scoreField(search, score),
    }));
  });
  return app;
}

function scoreField({ showsScore }: SearchParams, score: number): { score?: number } {
  return showsScore ? { score } : {};
}

function answer(
  c: Context,
  params: SearchParams,
  values: readonly string[],
  toRecord: (found: Found) => object,
): Response {
  const found = findAll(values, params);
  const shown = found.slice(0, params.limit);
  c.header('Content-Type', 'application/x-ndjson; charset=utf-8');
  return stream(c, async (out) => {
    // One batch comes even when nothing is found.
    for (let at = 0; at === 0 || at < shown.length; at += params.batchSize) {
      if (out.aborted) return;
      const results = shown.slice(at, at + params.batchSize).map(toRecord);
      await out.writeln(JSON.stringify({ results }));
    }
    const hasMore = found.length > shown.length;
    await out.writeln(JSON.stringify({ status: 'success', has_more: hasMore }));
  });
}

function findAll(values: readonly string[], { search, order }: SearchParams): readonly Found[] {
  const scoreOf = createMatchScore(search);
  const found: Found[] = [];
  for (const value of values) {
    const score = scoreOf(value);
    if (score !== undefined) found.push({ value, score });
  }
  const byValue = (a: Found, b: Found): number => (a.value < b.value ? -1 : 1);
  if (order === 'score') return found.sort((a, b) => b.score - a.score || byValue(a, b));
  return found.sort(order === 'ascending' ? byValue : (a, b) => byValue(b, a));
}
