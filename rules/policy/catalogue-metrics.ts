/** Metrics of the catalogue as policies know them, by our names or those of TKE. */

import { catalogueMetric, TKE_ALIASES } from '../catalogue/catalogue.ts';
import type { CatalogueMetric, CatalogueUnit } from '../catalogue/catalogue-metric.ts';
import { metricByName, type PolicyMetric } from './policy-metric.ts';

const PERCENT = 100;

const UNITS: Readonly<Record<CatalogueUnit, string>> = {
  bool: '',
  bytes: 'B',
  'bytes/s': 'B/s',
  cores: 'cores',
  count: '',
  number: '',
  'ops/s': 'ops/s',
  'packets/s': 'packets/s',
  percent: '%',
  seconds: 's',
};

/** Any other metric is judged by its name. */
export function findCatalogueMetric(name: string): PolicyMetric {
  const own = catalogueMetric(name);
  if (own !== undefined) return policyMetric(own, {});
  const alias = TKE_ALIASES.get(name);
  return alias === undefined ? metricByName(name) : policyMetric(alias.metric, alias.where ?? {});
}

function policyMetric(
  { name, unit, level }: CatalogueMetric,
  where: Readonly<Record<string, string>>,
): PolicyMetric {
  return {
    name,
    unit: UNITS[unit],
    factor: unit === 'percent' ? PERCENT : 1,
    level,
    where: Object.entries(where).map(([label, value]) => ({
      name: label,
      op: '=',
      values: [value],
    })),
  };
}
