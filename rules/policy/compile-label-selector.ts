/** A Kubernetes label selector: the collector says which objects it finds, as series. */
import { quoteGo } from '../../model/labels.ts';
import { identityLabels, type ObjectLevel } from './policy-metric.ts';

/** Of a policy that is only tried: nobody knows its objects but the series of labels. */
export const PREVIEW_POLICY_ID = 'pol_preview';

export interface LabelledObjects {
  readonly text: string;
  readonly on: readonly string[];
}

/**
 * The objects of a policy, by the labels that series of the level have. They are those of now: no
 * label has to be copied into series, and a new object is among them within seconds.
 * @returns undefined for objects that have no labels in Kubernetes
 */
export function labelledObjects(
  policyId: string,
  level: ObjectLevel | undefined,
  selector: string,
): LabelledObjects | undefined {
  if (policyId === PREVIEW_POLICY_ID) return labelledSeries(level, selector);
  if (level === undefined || level === 'cluster') return undefined;
  const on = identityLabels(level === 'container' ? 'pod' : level);
  return { text: `wk_policy_target{policy_id=${quoteGo(policyId)}}`, on: on ?? [] };
}

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

/** Labels that are copied into series, for a policy that is only tried. */
function labelledSeries(
  level: ObjectLevel | undefined,
  selector: string,
): LabelledObjects | undefined {
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
