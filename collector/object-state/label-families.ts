/** Labels and annotations of objects as labels of a family, by allow-lists. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { type Family, gauge, type Row } from './family.ts';

/** Keys that are let through; `*` first lets all through, within a key it stands for any text. */
export type AllowList = readonly string[];

/** `kube_pod_labels` and its like, or nothing without an allow-list. */
export function labelsFamily(prefix: string, allow: AllowList): readonly Family[] {
  return mapFamily(`${prefix}_labels`, 'labels', 'label', allow, ({ metadata }) => metadata.labels);
}

export function annotationsFamily(prefix: string, allow: AllowList): readonly Family[] {
  return mapFamily(
    `${prefix}_annotations`,
    'annotations',
    'annotation',
    allow,
    ({ metadata }) => metadata.annotations,
  );
}

/** A map as labels: names with a prefix in snake case, those that clash numbered in order of keys. */
export function mapLabels(
  prefix: string,
  map: Readonly<Record<string, string>> | null | undefined,
): readonly string[] {
  const entries = Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names: string[] = [];
  const placeOf = new Map<string, number>();
  const clashes = new Map<string, number>();
  for (const [place, [key]] of entries.entries()) {
    const base = labelName(prefix, key);
    const other = placeOf.get(base);
    let name = base;
    if (other !== undefined && !clashes.has(base)) {
      placeOf.delete(base);
      const renamed = nextFree(base, clashes, placeOf);
      names[other] = renamed;
      placeOf.set(renamed, other);
    }
    if (clashes.has(base)) name = nextFree(base, clashes, placeOf);
    names[place] = name;
    placeOf.set(name, place);
  }
  return entries.flatMap(([, value], place) => [names[place] as string, value]);
}

function mapFamily(
  name: string,
  what: string,
  prefix: string,
  allow: AllowList,
  of: (object: KubernetesObject) => Readonly<Record<string, string>> | undefined,
): readonly Family[] {
  if (allow.length === 0) return [];
  const isAllowed = matcherOf(allow);
  const rows = (object: KubernetesObject): readonly Row[] => {
    const allowed = Object.entries(of(object) ?? {}).filter(([key]) => isAllowed(key));
    return [{ value: 1, labels: mapLabels(prefix, Object.fromEntries(allowed)) }];
  };
  return [gauge(name, `Kubernetes ${what} as Prometheus labels.`, rows)];
}

function matcherOf(allow: AllowList): (key: string) => boolean {
  if (allow[0] === '*') return () => true;
  const exact = new Set(allow.filter((one) => !one.includes('*')));
  // As in kube-state-metrics a pattern with more than one wildcard matches nothing.
  const patterns = allow.map((one) => one.split('*')).filter(({ length }) => length === 2);
  return (key) =>
    exact.has(key) ||
    patterns.some(
      ([start = '', end = '']) =>
        start + end !== '' &&
        key.length >= start.length + end.length &&
        key.startsWith(start) &&
        key.endsWith(end),
    );
}

function labelName(prefix: string, key: string): string {
  const clean = key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return `${prefix}_${clean.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()}`;
}

function nextFree(
  base: string,
  clashes: Map<string, number>,
  taken: ReadonlyMap<string, number>,
): string {
  for (;;) {
    const count = (clashes.get(base) ?? 0) + 1;
    clashes.set(base, count);
    const name = `${base}_conflict${count}`;
    if (!taken.has(name)) return name;
  }
}
