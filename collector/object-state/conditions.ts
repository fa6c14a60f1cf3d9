/** Conditions of objects: three rows each, of which the present status is 1. */

import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { type Family, gauge, type LabelPart, type Row, row } from './family.ts';

export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly lastTransitionTime?: string | null;
}

/** In the order of kube-state-metrics. */
const STATUSES = ['True', 'False', 'Unknown'];

/** @param labels those before the one that names the status */
export function statusRows(
  status: string | undefined,
  statusLabel: string,
  ...labels: readonly LabelPart[]
): readonly Row[] {
  return STATUSES.map((one) =>
    row(status === one ? 1 : 0, ...labels, statusLabel, one.toLowerCase()),
  );
}

/** Label `condition`: three rows for the one condition, if the object has it. */
export function conditionStatusRows(
  all: readonly Condition[] | null | undefined,
  type: string,
): readonly Row[] {
  return (all ?? [])
    .filter((one) => one.type === type)
    .flatMap(({ status }) => statusRows(status, 'condition'));
}

/** Labels `condition` and `status`: three rows for each condition there is. */
export function conditions<T extends KubernetesObject>(
  name: string,
  help: string,
  of: (object: T) => readonly Condition[] | null | undefined,
): Family<T> {
  return gauge(name, help, (object) =>
    (of(object) ?? []).flatMap(({ type, status }) =>
      statusRows(status, 'status', 'condition', type),
    ),
  );
}

/** One row per phase that is known, of which the present one is 1; none without a phase. */
export function phases<T extends KubernetesObject>(
  name: string,
  help: string,
  known: readonly string[],
  of: (object: T) => string | undefined,
  label = 'phase',
): Family<T> {
  return gauge(name, help, (object) => {
    const present = of(object);
    if (present === undefined || present === '') return [];
    return known.map((phase) => row(phase === present ? 1 : 0, label, phase));
  });
}
