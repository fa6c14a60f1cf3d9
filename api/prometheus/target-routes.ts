/** What is scraped, and what discovery found that is not. */
import { Hono } from 'hono';
import { stringify } from 'yaml';
import { LabelBuilder } from '../../collector/relabel/label-builder.ts';
import { compileStep } from '../../collector/relabel/relabel-step.ts';
import type { ScrapeManager } from '../../collector/scrape/scrape-manager.ts';
import type { Target } from '../../collector/scrape/target.ts';
import { renderScrapeConfig } from '../../config/render-scrape-config.ts';
import type { RelabelConfig, ScrapeConfig } from '../../config/types.ts';
import { formatDurationMs } from '../../model/duration.ts';
import { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { matchesAll } from '../../model/matcher.ts';
import type { LabelSource } from '../../model/source.ts';
import { ApiError } from './api-error.ts';
import { success } from './envelope.ts';
import { readMatchers } from './matcher-params.ts';
import { readParams } from './params.ts';

/** Go prints a time that never was so. */
const NEVER = '0001-01-01T00:00:00Z';

export function targetRoutes(scrape: ScrapeManager, metadata: LabelSource): Hono {
  const app = new Hono();
  app.get('/targets', async (c) => {
    const params = await readParams(c);
    const explains = params.get('explain') === 'true';
    const pool = params.get('scrapePool');
    return success(c, targetsAnswer(scrape, pool, params.get('state'), explains));
  });
  app.get('/targets/metadata', async (c) => {
    const params = await readParams(c);
    const limitText = params.get('limit');
    if (limitText !== '' && !/^[+-]?\d+$/.test(limitText)) {
      throw new ApiError('bad_data', 'limit must be a number');
    }
    const selector = params.get('match_target');
    const matchers = selector === '' ? [] : readMatchers('match_target', selector);
    const limit = limitText === '' ? Number.POSITIVE_INFINITY : Number(limitText);
    return success(c, targetMetadata(scrape, metadata, matchers, params.get('metric'), limit));
  });
  app.get('/targets/relabel_steps', async (c) => {
    const params = await readParams(c);
    const config = poolConfig(scrape, params.get('scrapePool'));
    return success(c, { steps: relabelSteps(config.relabelConfigs, params.get('labels')) });
  });
  app.get('/scrape_pools', (c) => success(c, { scrapePools: scrape.poolNames() }));
  app.get('/scrape_pools/config', async (c) => {
    const config = poolConfig(scrape, (await readParams(c)).get('scrapePool'));
    return success(c, { yaml: stringify(renderScrapeConfig(config)) });
  });
  return app;
}

/** @param explains adds to dropped targets which rule dropped them; Prometheus has no such field */
function targetsAnswer(
  scrape: ScrapeManager,
  pool: string,
  stateText: string,
  explains: boolean,
): unknown {
  const state = stateText.toLowerCase();
  const isWanted = (job: string): boolean => pool === '' || job === pool;
  const showsActive = ['', 'any', 'active'].includes(state);
  const showsDropped = ['', 'any', 'dropped'].includes(state);
  const active = showsActive ? [...scrape.activeTargets()].filter(([job]) => isWanted(job)) : [];
  const allDropped = showsDropped ? [...scrape.droppedTargets()] : [];
  const dropped = allDropped.filter(([job]) => isWanted(job));
  const configs = new Map(dropped.map(([job]) => [job, scrape.poolConfig(job)]));
  return {
    activeTargets: active.flatMap(([job, targets]) => targets.map((one) => activeAnswer(job, one))),
    droppedTargets: dropped.flatMap(([job, { kept }]) =>
      kept.map(({ discovered, droppedBy }) => ({
        discoveredLabels: discovered.toRecord(),
        scrapePool: job,
        ...(explains
          ? { droppedBy: { step: droppedBy, rule: ruleOf(configs.get(job), droppedBy) } }
          : {}),
      })),
    ),
    droppedTargetCounts: Object.fromEntries(allDropped.map(([job, { count }]) => [job, count])),
  };
}

function ruleOf(config: ScrapeConfig | undefined, step: number): unknown {
  const rule = config?.relabelConfigs[step];
  return rule === undefined ? null : ruleAnswer(rule);
}

/** Empty fields are left out, but for those of which an empty text means something. */
function ruleAnswer(rule: RelabelConfig): unknown {
  return {
    ...(rule.sourceLabels.length > 0 ? { source_labels: rule.sourceLabels } : {}),
    separator: rule.separator,
    regex: rule.regex,
    ...(rule.modulus > 0 ? { modulus: Number(rule.modulus) } : {}),
    ...(rule.targetLabel === '' ? {} : { target_label: rule.targetLabel }),
    replacement: rule.replacement,
    action: rule.action,
  };
}

function activeAnswer(job: string, target: Target): unknown {
  const { health, lastError, lastScrapeMs, lastScrapeDurationMs } = target.status;
  return {
    discoveredLabels: target.discovered.toRecord(),
    labels: target.labels.toRecord(),
    scrapePool: job,
    scrapeUrl: target.url,
    globalUrl: target.url,
    lastError,
    lastScrape: lastScrapeMs === undefined ? NEVER : new Date(lastScrapeMs).toISOString(),
    lastScrapeDuration: lastScrapeDurationMs / 1000,
    health,
    scrapeInterval: formatDurationMs(target.intervalMs),
    scrapeTimeout: formatDurationMs(target.timeoutMs),
  };
}

/**
 * Metadata is kept by metric name, not by target, so each target is given what is known of the
 * metrics; Prometheus forgets it with the target.
 */
function targetMetadata(
  scrape: ScrapeManager,
  metadata: LabelSource,
  matchers: readonly Matcher[],
  metric: string,
  limit: number,
): unknown[] {
  const byName = metadata.metadata(metric === '' ? undefined : metric, 0);
  const answer: unknown[] = [];
  for (const targets of scrape.activeTargets().values()) {
    for (const target of targets) {
      if (!matchesAll(matchers, target.labels)) continue;
      for (const [name, entries] of byName) {
        if (answer.length >= limit) return answer;
        const [entry] = entries;
        if (entry === undefined) continue;
        const { type, help, unit } = entry;
        const base = { target: target.labels.toRecord(), type, help, unit };
        answer.push(metric === '' ? { ...base, metric: name } : base);
      }
    }
  }
  return answer;
}

function poolConfig(scrape: ScrapeManager, pool: string): ScrapeConfig {
  if (pool === '') throw new ApiError('bad_data', 'no scrapePool parameter provided');
  const config = scrape.poolConfig(pool);
  if (config !== undefined) return config;
  throw new ApiError(
    'bad_data',
    `error retrieving scrape config: scrape pool ${JSON.stringify(pool)} not found`,
  );
}

function relabelSteps(rules: readonly RelabelConfig[], labelsJson: string): unknown[] {
  if (labelsJson === '') throw new ApiError('bad_data', 'no labels parameter provided');
  const builder = new LabelBuilder(parseLabels(labelsJson));
  let isKept = true;
  return rules.map((rule) => {
    if (isKept) isKept = compileStep(rule)(builder);
    const output = isKept ? builder.labels().toRecord() : {};
    return { rule: ruleAnswer(rule), output, keep: isKept };
  });
}

function parseLabels(json: string): Labels {
  try {
    const record = JSON.parse(json) as unknown;
    const isObject = typeof record === 'object' && record !== null;
    if (isObject && Object.values(record).every((value) => typeof value === 'string')) {
      return Labels.fromRecord(record as Record<string, string>);
    }
  } catch {
    // Not JSON: said below, as for JSON of another shape.
  }
  throw new ApiError('bad_data', `error parsing labels: expected an object of strings`);
}
