/** Label names, label values, series and metadata. */
import { type Context, Hono } from 'hono';
import { quoteGo } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { LabelSelection, LabelSource } from '../../model/source.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import { success } from './envelope.ts';
import { readMatcherSets } from './matcher-params.ts';
import { MAX_TIME_MS, MIN_TIME_MS, type Params, readParams } from './params.ts';

const TRUNCATED = 'results truncated due to limit';

export function labelRoutes(source: LabelSource): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], '/labels', async (c) => {
    const params = await readParams(c);
    const selection = readSelection(params);
    const names = await source.labelNames(oneMore(selection), c.req.raw.signal);
    return cutAnswer(c, names, selection.limit);
  });
  app.get('/label/:name/values', async (c) => {
    const name = unescapeName(c.req.param('name'));
    if (name === '' || !name.isWellFormed()) {
      throw new ApiError('bad_data', `invalid label name: ${quoteGo(name)}`);
    }
    const selection = readSelection(await readParams(c));
    const values = await source.labelValues(name, oneMore(selection), c.req.raw.signal);
    return cutAnswer(c, values, selection.limit);
  });
  app.on(['GET', 'POST'], '/series', async (c) => {
    const params = await readParams(c);
    if (params.all('match[]').length === 0) {
      throw new ApiError('bad_data', 'no match[] parameter provided');
    }
    const selection = readSelection(params, 'match[]');
    const series = await source.series(oneMore(selection), c.req.raw.signal);
    const records = series.map((labels) => labels.toRecord());
    return cutAnswer(c, records, selection.limit);
  });
  app.get('/metadata', async (c) => metadataAnswer(c, source, await readParams(c)));
  return app;
}

function metadataAnswer(c: Context, source: LabelSource, params: Params): Response {
  const limit = readCount(params, 'limit');
  const perMetricMax = readCount(params, 'limit_per_metric');
  const metricName = params.get('metric');
  const byName = source.metadata(metricName === '' ? undefined : metricName, Math.max(0, limit));
  const data: Record<string, unknown[]> = {};
  if (limit === 0) return success(c, data);
  for (const [name, entries] of byName) {
    const kept = perMetricMax > 0 ? entries.slice(0, perMetricMax) : entries;
    data[name] = kept.map(({ type, help, unit }) => ({ type, help, unit }));
  }
  return success(c, data);
}

/** -1 where the parameter is absent. */
function readCount(params: Params, name: string): number {
  const text = params.get(name);
  if (text === '') return -1;
  if (!/^[+-]?\d+$/.test(text)) throw new ApiError('bad_data', `${name} must be a number`);
  return Number(text);
}

function readSelection(params: Params, matchParameter?: string): LabelSelection {
  const limit = params.limit();
  const startMs = params.timeMs('start', MIN_TIME_MS);
  const endMs = params.timeMs('end', MAX_TIME_MS);
  const matcherSets = readMatchers(params, matchParameter);
  return { matcherSets, startMs, endMs, limit };
}

function readMatchers(
  params: Params,
  matchParameter: string | undefined,
): readonly (readonly Matcher[])[] {
  try {
    return readMatcherSets(params.all('match[]'));
  } catch (error) {
    if (error instanceof ApiError && matchParameter !== undefined) {
      throw invalidParameter(matchParameter, error.message);
    }
    throw error;
  }
}

/** One more than asked for tells a full answer from a cut one. */
function oneMore(selection: LabelSelection): LabelSelection {
  return { ...selection, limit: selection.limit === 0 ? 0 : selection.limit + 1 };
}

function cutAnswer(c: Context, items: readonly unknown[], limit: number): Response {
  if (limit === 0 || items.length <= limit) return success(c, items);
  return success(c, items.slice(0, limit), { warnings: [TRUNCATED] });
}

/**
 * Label names in URLs may be escaped as `U__`: `_hex_` for a character outside the classic set,
 * `__` for an underscore (Prometheus' "values" escaping).
 */
function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return name;
  const body = name.slice('U__'.length);
  if (!/^(?:[^_]|__|_[0-9a-fA-F]{1,6}_)*$/.test(body)) return name;
  return body.replaceAll(/__|_([0-9a-fA-F]{1,6})_/g, (_match, hex: string | undefined) =>
    hex === undefined ? '_' : String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(hex, 16))),
  );
}
