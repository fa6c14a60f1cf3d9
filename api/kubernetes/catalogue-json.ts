/** A metric of the catalogue as the API shows it. */
import type { AlarmHint, CatalogueMetric } from '../../rules/catalogue/catalogue-metric.ts';
import { expandMacros } from '../../rules/catalogue/expand-macros.ts';
import { metricExpression } from '../../rules/catalogue/metric-expression.ts';

export const CATALOGUE_LANGUAGES = ['en', 'zh'] as const;

export type CatalogueLanguage = (typeof CATALOGUE_LANGUAGES)[number];

/** By what a stored value is multiplied to be shown in its unit. */
export function unitFactor({ unit }: Pick<CatalogueMetric, 'unit'>): number {
  return unit === 'percent' ? 100 : 1;
}

export function metricJson(
  metric: CatalogueMetric,
  language: CatalogueLanguage,
  windowMs: number,
): unknown {
  const { name, level, en, zh, unit, periodMs, chart, labels, identity, note } = metric;
  return {
    name,
    level,
    displayName: language === 'zh' ? zh : en,
    displayNames: { en, zh },
    unit,
    factor: unitFactor(metric),
    ...(periodMs === undefined ? {} : { periodSeconds: periodMs / 1000 }),
    isCore: metric.isCore === true,
    isBlock: metric.isBlock,
    tke: (metric.tke ?? []).map((tke) => ({ name: tke.name, where: tke.where ?? {} })),
    chart,
    identity,
    labels: labels ?? [],
    expr: metricExpression(metric, windowMs),
    fallbackCount: metric.fallbacks?.length ?? 0,
    note: note ?? '',
    alarms: (metric.alarms ?? []).map((hint) => alarmJson(hint, windowMs)),
  };
}

function alarmJson(hint: AlarmHint, windowMs: number): unknown {
  const forSeconds = hint.forMs / 1000;
  if (hint.kind === 'expr') {
    const { kind, name, severity } = hint;
    return { kind, name, expr: expandMacros(hint.expr, windowMs), severity, forSeconds };
  }
  const { kind, operator, levels, where = {}, isOff = false } = hint;
  return { kind, where, operator, levels, forSeconds, isOff };
}
