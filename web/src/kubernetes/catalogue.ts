import { useQuery } from '@tanstack/react-query';
import { getData } from '../api/client.ts';
import type { Unit } from '../units/format.ts';

export type Level = 'cluster' | 'node' | 'workload' | 'pod' | 'container' | 'pvc' | 'service';

/** A built-in metric, as the catalogue of the API tells of it. */
export interface CatalogueMetric {
  readonly name: string;
  readonly level: Level;
  readonly displayNames: { readonly en: string; readonly zh: string };
  readonly unit: string;
  readonly isCore: boolean;
  /** Others are made of it; it has no chart of its own. */
  readonly isBlock: boolean;
  readonly labels: readonly string[];
}

const UNITS: Readonly<Record<string, Unit>> = {
  percent: 'percentunit',
  bytes: 'bytes',
  'bytes/s': 'binBps',
  cores: 'cores',
  seconds: 's',
  'ops/s': 'ops',
  'packets/s': 'pps',
  bool: 'none',
};

export function unitOf(metric: CatalogueMetric): Unit {
  return UNITS[metric.unit] ?? 'short';
}

/** It changes with the version of the program only. */
export function useCatalogue() {
  return useQuery({
    queryKey: ['catalogue'],
    queryFn: ({ signal }) =>
      getData<{ metrics: readonly CatalogueMetric[] }>('v1/catalogue', {}, signal),
    select: (data) => data.metrics,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** `name{cluster="east",pod="a"}`; a value that is undefined selects all. */
export function selectorOf(
  metric: string,
  labels: Readonly<Record<string, string | undefined>>,
): string {
  const matchers = Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${metric}{${matchers.join(',')}}`;
}

/** The cluster of a path; `_all` is none in particular. */
export function clusterLabel(cluster: string): string | undefined {
  return cluster === ALL_CLUSTERS ? undefined : cluster;
}

export const ALL_CLUSTERS = '_all';
