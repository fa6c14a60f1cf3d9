/** Pages of the web application about the objects of an alarm. */
import type { Labels } from '../../model/labels.ts';

export interface ObjectLink {
  readonly kind: 'cluster' | 'node' | 'workload' | 'pod';
  readonly path: string;
}

/** From the Pod to the cluster; only those that the labels name. */
export function objectLinks(labels: Labels): readonly ObjectLink[] {
  const at = (name: string): string => encodeURIComponent(labels.get(name));
  if (!labels.has('cluster')) return [];
  const base = `/c/${at('cluster')}`;
  const links: ObjectLink[] = [];
  if (labels.has('namespace')) {
    const inside = `${base}/ns/${at('namespace')}`;
    if (labels.has('pod')) links.push({ kind: 'pod', path: `${inside}/pod/${at('pod')}` });
    const workload = workloadOf(labels);
    if (workload !== undefined) {
      const [kind, name] = workload;
      links.push({ kind: 'workload', path: `${inside}/${kind}/${encodeURIComponent(name)}` });
    }
  }
  if (labels.has('node')) links.push({ kind: 'node', path: `${base}/nodes/${at('node')}` });
  return [...links, { kind: 'cluster', path: base }];
}

const WORKLOADS = ['deployment', 'statefulset', 'daemonset', 'job_name', 'cronjob'];

function workloadOf(labels: Labels): readonly [string, string] | undefined {
  const kind = labels.get('workload_kind');
  if (kind !== '' && labels.has('workload')) return [kind.toLowerCase(), labels.get('workload')];
  const label = WORKLOADS.find((name) => labels.has(name));
  return label === undefined ? undefined : [label.replace('_name', ''), labels.get(label)];
}

/** `kind · shop/web-0` */
export function objectName(labels: Labels): string {
  const place = [labels.get('namespace'), nameOf(labels)].filter((text) => text !== '').join('/');
  return [labels.get('cluster'), place].filter((text) => text !== '').join(' · ');
}

const NAMES = ['pod', 'workload', ...WORKLOADS, 'persistentvolumeclaim', 'service', 'node'];

function nameOf(labels: Labels): string {
  const name = NAMES.find((one) => labels.has(one));
  if (name === undefined) return '';
  const container = labels.get('container');
  return `${labels.get(name)}${container === '' ? '' : ` (${container})`}`;
}
