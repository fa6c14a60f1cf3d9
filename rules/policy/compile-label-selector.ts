/** A Kubernetes label selector as a selector of the series that kube-state-metrics has of labels. */
import { quoteGo } from '../../model/labels.ts';
import type { ObjectLevel } from './policy-metric.ts';

const REQUIREMENT =
  /\s*(?:(!)\s*([^\s=!,()]+)|([^\s=!,()]+)\s+(in|notin)\s*\(([^)]*)\)|([^\s=!,()]+)\s*(==|=|!=)\s*([^\s,()]*)|([^\s=!,()]+))\s*(?:,|$)/gy;

/** `app=web,tier in (a, b),!canary`, checked before. @returns matchers without braces */
export function labelMatchers(selector: string): readonly string[] {
  return [...selector.matchAll(REQUIREMENT)].map((match) => {
    const [, , absent, setKey, setOp, list = '', key, op, value = '', present] = match;
    if (absent !== undefined) return `${labelName(absent)}=""`;
    if (present !== undefined) return `${labelName(present)}!=""`;
    if (key !== undefined) {
      return `${labelName(key)}${op === '!=' ? '!=' : '='}${quoteGo(value)}`;
    }
    const values = list.split(',').map((one) => escapeRegex(one.trim()));
    return `${labelName(setKey ?? '')}${setOp === 'in' ? '=~' : '!~'}${quoteGo(values.join('|'))}`;
  });
}

/** As kube-state-metrics names them: `app.kubernetes.io/partOf` is `label_app_kubernetes_io_part_of`. */
function labelName(key: string): string {
  const snake = key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return `label_${snake.replaceAll(/[^a-z0-9_]/g, '_')}`;
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}

const WORKLOADS = ['deployment', 'statefulset', 'daemonset'];
const POD_ON = ['cluster', 'namespace', 'pod'];

/** @returns undefined for objects that have no labels in Kubernetes */
export function labelledObjects(
  level: ObjectLevel | undefined,
  selector: string,
): { readonly text: string; readonly on: readonly string[] } | undefined {
  const matchers = labelMatchers(selector).join(',');
  switch (level) {
    case 'pod':
    case 'container':
      return { text: `kube_pod_labels{${matchers}}`, on: POD_ON };
    case 'node':
      return { text: `kube_node_labels{${matchers}}`, on: ['cluster', 'node'] };
    case 'service':
      return { text: `kube_service_labels{${matchers}}`, on: ['cluster', 'namespace', 'service'] };
    case 'pvc': {
      const name = 'persistentvolumeclaim';
      return { text: `kube_${name}_labels{${matchers}}`, on: ['cluster', 'namespace', name] };
    }
    case 'workload': {
      const parts = WORKLOADS.map(
        (kind) =>
          `label_replace(kube_${kind}_labels{${matchers}}, "workload", "$1", "${kind}", "(.+)")`,
      );
      return { text: `(${parts.join(' or ')})`, on: ['cluster', 'namespace', 'workload'] };
    }
    default:
      return undefined;
  }
}
