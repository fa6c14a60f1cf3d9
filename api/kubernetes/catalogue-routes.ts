/** The built-in metrics of Kubernetes: what there are, and their values for an object. */
import { type Context, Hono } from 'hono';
import { METRIC_NAME, quoteGo } from '../../model/labels.ts';
import { CATALOGUE, catalogueMetric, TKE_ALIASES } from '../../rules/catalogue/catalogue.ts';
import {
  CATALOGUE_LEVELS,
  type CatalogueLevel,
  type CatalogueMetric,
  IDENTITY_LABELS,
} from '../../rules/catalogue/catalogue-metric.ts';
import { ApiError, invalidParameter } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { type Params, readParams } from '../prometheus/params.ts';
import { type QueryDeps, readRange } from '../prometheus/query-routes.ts';
import { runQuery } from '../query/run-query.ts';
import { CATALOGUE_LANGUAGES, type CatalogueLanguage, metricJson } from './catalogue-json.ts';
import { valuesJson } from './catalogue-values.ts';

export interface CatalogueSource {
  /** The window of rates in expressions. */
  readonly windowMs: () => number;
  /** Whether the metrics are recorded now. */
  readonly isRecorded: () => boolean;
}

export function catalogueRoutes(source: CatalogueSource, query: QueryDeps): Hono {
  const app = new Hono();
  app.get('/catalogue', async (c) => {
    const params = await readParams(c);
    const language = readLanguage(params);
    const level = readLevel(params);
    const windowMs = source.windowMs();
    return success(c, {
      isRecorded: source.isRecorded(),
      levels: CATALOGUE_LEVELS.map((name) => ({ level: name, identity: IDENTITY_LABELS[name] })),
      metrics: CATALOGUE.filter((metric) => level === undefined || metric.level === level).map(
        (metric) => metricJson(metric, language, windowMs),
      ),
    });
  });
  app.get('/catalogue/values', async (c) => valuesAnswer(c, query, await readParams(c)));
  return app;
}

async function valuesAnswer(c: Context, deps: QueryDeps, params: Params): Promise<Response> {
  const level = readLevel(params);
  if (level === undefined) throw new ApiError('bad_data', `level: one of ${LEVELS_TEXT} is needed`);
  const object = readObject(level, params);
  const metrics = readMetrics(level, params);
  const expr = selectorText(metrics, object);
  const origin = c.req.header('user-agent') ?? '';
  if (params.get('start') === '' && params.get('end') === '') {
    const timeMs = params.timeMs('time', deps.now());
    const about = { expr, kind: 'instant', startMs: timeMs, endMs: timeMs, stepMs: 0 } as const;
    const result = await runQuery(c, deps, { ...about, origin }, (signal) =>
      deps.engine.instant({ expr, timeMs }, signal),
    );
    return success(c, { level, object, metrics: valuesJson(metrics, result.value) });
  }
  const range = readRange(params);
  const result = await runQuery(c, deps, { expr, kind: 'range', ...range, origin }, (signal) =>
    deps.engine.range({ expr, ...range }, signal),
  );
  return success(c, { level, object, metrics: valuesJson(metrics, result.value) });
}

const LEVELS_TEXT = CATALOGUE_LEVELS.join(', ');

function readLevel(params: Params): CatalogueLevel | undefined {
  const text = params.get('level');
  if (text === '') return undefined;
  const level = CATALOGUE_LEVELS.find((known) => known === text);
  if (level === undefined) {
    throw invalidParameter('level', `unknown level ${quoteGo(text)}, use one of ${LEVELS_TEXT}`);
  }
  return level;
}

function readLanguage(params: Params): CatalogueLanguage {
  const text = params.get('lang');
  if (text === '') return 'en';
  const language = CATALOGUE_LANGUAGES.find(
    (known) => text === known || text.startsWith(`${known}-`),
  );
  if (language === undefined) {
    throw invalidParameter('lang', `unknown language ${quoteGo(text)}, use en or zh`);
  }
  return language;
}

/** The labels that say which object is meant. Without `cluster` all clusters are asked. */
function readObject(level: CatalogueLevel, params: Params): Readonly<Record<string, string>> {
  const object: Record<string, string> = {};
  for (const label of IDENTITY_LABELS[level]) {
    const value = params.get(label);
    if (value !== '') object[label] = value;
    else if (label !== 'cluster' || level === 'cluster') {
      throw invalidParameter(label, `an object of level ${level} is known by its ${label}`);
    }
  }
  return object;
}

/** All of the level, or those of `metric`, each by its own or its TKE name. */
function readMetrics(level: CatalogueLevel, params: Params): readonly CatalogueMetric[] {
  const asked = params.all('metric');
  if (asked.length === 0) return CATALOGUE.filter((metric) => metric.level === level);
  const found = asked.map((name) => {
    const metric = catalogueMetric(name) ?? TKE_ALIASES.get(name)?.metric;
    if (metric === undefined) {
      throw new ApiError('not_found', `no metric ${quoteGo(name)} in the catalogue`);
    }
    if (metric.level !== level) {
      throw invalidParameter('metric', `${name} is of level ${metric.level}, not ${level}`);
    }
    return metric;
  });
  return [...new Set(found)];
}

function selectorText(
  metrics: readonly CatalogueMetric[],
  object: Readonly<Record<string, string>>,
): string {
  const names = metrics.map(({ name }) => name).join('|');
  const matchers = Object.entries(object).map(([label, value]) => `${label}=${quoteGo(value)}`);
  return `{${[`${METRIC_NAME}=~${quoteGo(names)}`, ...matchers].join(',')}}`;
}
