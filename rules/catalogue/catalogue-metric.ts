/** What the catalogue of built-in Kubernetes metrics says of a metric. */

export const MINUTE_MS = 60_000;

export const CATALOGUE_LEVELS = [
  'cluster',
  'node',
  'workload',
  'pod',
  'container',
  'pvc',
  'service',
] as const;

export type CatalogueLevel = (typeof CATALOGUE_LEVELS)[number];

/** Labels by which an object of the level is known. `node` may stand beside them. */
export const IDENTITY_LABELS: Readonly<Record<CatalogueLevel, readonly string[]>> = {
  cluster: ['cluster'],
  node: ['cluster', 'node'],
  workload: ['cluster', 'namespace', 'workload_kind', 'workload'],
  pod: ['cluster', 'namespace', 'pod'],
  container: ['cluster', 'namespace', 'pod', 'container'],
  pvc: ['cluster', 'namespace', 'persistentvolumeclaim'],
  service: ['cluster', 'namespace', 'service'],
};

/** As shown: `percent` is stored as a ratio from 0 to 1. `number`: the unit is that of `resource`. */
export type CatalogueUnit =
  | 'bool'
  | 'bytes'
  | 'bytes/s'
  | 'cores'
  | 'count'
  | 'number'
  | 'ops/s'
  | 'packets/s'
  | 'percent'
  | 'seconds';

export type CatalogueChart =
  | 'area'
  | 'area-negative'
  | 'bar'
  | 'bar-gauge'
  | 'line'
  | 'line-gauge'
  | 'line-heat-table'
  | 'stacked-area'
  | 'stacked-bar'
  | 'stat'
  | 'status-timeline'
  | 'step-line'
  | 'table';

/** The name of the same quantity in Tencent Kubernetes Engine. */
export interface TkeName {
  readonly name: string;
  /** Which rows of our metric it means; all when absent. */
  readonly where?: Readonly<Record<string, string>>;
}

/** Another source of the same quantity, for objects of which the ones before it have nothing. */
export interface CatalogueFallback {
  /** Labels by which an object's presence in the sources before is judged; absent: all of its own. */
  readonly on?: readonly string[];
  readonly expr: string;
}

export type AlarmSeverity = 'info' | 'warning' | 'critical';

export type ThresholdOperator = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne';

/** When a default alarm policy would alarm. */
export type AlarmHint =
  | {
      readonly kind: 'threshold';
      /** Which rows count: of each label any of the values. */
      readonly where?: Readonly<Record<string, readonly string[]>>;
      readonly operator: ThresholdOperator;
      /** In the unit that is shown: percent, not the stored ratio. */
      readonly levels: Readonly<Partial<Record<AlarmSeverity, number>>>;
      /** How long it must hold; 0: at once, as the metric itself looks back. */
      readonly forMs: number;
      /** Offered, but not shipped enabled. */
      readonly isOff?: boolean;
    }
  | {
      readonly kind: 'expr';
      readonly name: string;
      /** PromQL with the catalogue's macros, of labels of the level; each row of it alarms. */
      readonly expr: string;
      readonly severity: AlarmSeverity;
      readonly forMs: number;
    };

/** One line of a level's table. Expressions may have the macros of `expand-macros.ts`. */
export interface CatalogueEntry {
  /** The metric under which it is recorded. */
  readonly name: string;
  readonly en: string;
  readonly zh: string;
  readonly unit: CatalogueUnit;
  /** Of a count: over how long. */
  readonly periodMs?: number;
  /** Shown on the default dashboards. */
  readonly isCore?: boolean;
  readonly tke?: readonly TkeName[];
  readonly chart: CatalogueChart;
  /** Besides those of the object's identity. */
  readonly labels?: readonly string[];
  readonly expr: string;
  /** In the order in which they are tried. */
  readonly fallbacks?: readonly CatalogueFallback[];
  readonly note?: string;
  readonly alarms?: readonly AlarmHint[];
}

/** A metric that others are made of. */
export interface CatalogueBlock extends CatalogueEntry {
  readonly level: CatalogueLevel;
}

/** A metric of the catalogue with all that its level says. */
export interface CatalogueMetric extends CatalogueEntry {
  readonly level: CatalogueLevel;
  readonly isBlock: boolean;
  readonly identity: readonly string[];
}
