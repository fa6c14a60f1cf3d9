/** How the metric families of one kind of object are described. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { Resource } from '../../kubernetes/object-cache.ts';

/** What a label may be made from; absent is ''. */
export type LabelPart = string | number | boolean | null | undefined;

/** One sample of an object. */
export interface Row {
  readonly value: number;
  /** name, value, name, value … beside the labels that all rows of the object have. */
  readonly labels: readonly LabelPart[];
}

export interface Family<T extends KubernetesObject = KubernetesObject> {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** Absent fields of the object give no row; nothing that an API server may answer throws. */
  rows(this: void, object: T): readonly Row[];
}

/** All families of one kind of object. */
export interface ObjectFamilies<T extends KubernetesObject = KubernetesObject> {
  /** The plural, as in kube-state-metrics' option `--resources`: 'pods'. */
  readonly name: string;
  /** The newest version first; the first that the API server has is taken. */
  readonly resources: readonly Resource[];
  /** The families need nothing but metadata, so nothing else is asked for. */
  readonly isMetadataOnly?: boolean;
  /** What names of families begin with: 'kube_pod'. */
  readonly prefix: string;
  /** Whether there are families of the object's labels and annotations. */
  readonly mapped: 'both' | 'labels' | 'none';
  /** Labels of every row: name, value … */
  labels(this: void, object: T): readonly LabelPart[];
  readonly families: readonly Family<T>[];
  /** Only when they are asked for by name. */
  readonly optIn?: readonly Family<T>[];
}

export function row(value: number, ...labels: readonly LabelPart[]): Row {
  return { value, labels };
}

export function gauge<T extends KubernetesObject>(
  name: string,
  help: string,
  rows: (object: T) => readonly Row[],
): Family<T> {
  return { name, help, type: 'gauge', rows };
}

export function counter<T extends KubernetesObject>(
  name: string,
  help: string,
  rows: (object: T) => readonly Row[],
): Family<T> {
  return { name, help, type: 'counter', rows };
}

/** A family of one row without labels of its own, or none where the object has no such number. */
export function number<T extends KubernetesObject>(
  name: string,
  help: string,
  value: (object: T) => number | null | undefined,
): Family<T> {
  return gauge(name, help, (object) => {
    const found = value(object);
    return typeof found === 'number' ? [row(found)] : [];
  });
}

/** A family of one row that is 1 and says what it has to say in its labels. */
export function info<T extends KubernetesObject>(
  name: string,
  help: string,
  labels: (object: T) => readonly LabelPart[],
): Family<T> {
  return gauge(name, help, (object) => [{ value: 1, labels: labels(object) }]);
}
