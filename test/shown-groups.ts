/** Target groups as a test writes them down: one line per label set, `~` for `__meta_kubernetes_`. */
import type { TargetGroup } from '../collector/discovery/discoverer.ts';
import type {
  AttachedMetadata,
  RelatedObjects,
} from '../collector/discovery/kubernetes/related-objects.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { Labels } from '../model/labels.ts';

export const NOTHING_ATTACHED: AttachedMetadata = {
  node: false,
  namespace: false,
  deployment: false,
  job: false,
  cronjob: false,
};

export interface ShownGroup {
  readonly source: string;
  readonly labels: string;
  readonly targets: readonly string[];
}

export function shown(group: TargetGroup): ShownGroup {
  return {
    source: group.source,
    labels: shownLabels(group.labels),
    targets: group.targets.map(shownLabels),
  };
}

export function shownLabels(labels: Labels): string {
  return [...labels.entries()]
    .map(([name, value]) => `${name.replace('__meta_kubernetes_', '~')}=${value}`)
    .join(' ');
}

/** Texts of labels in any order and over several lines, as `shownLabels` prints them. */
export function inOrder(text: string): string {
  const words = text.trim().split(/\s+/);
  return words
    .map((word) => word.replace(/^~/, '__meta_kubernetes_'))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map((word) => word.replace('__meta_kubernetes_', '~'))
    .join(' ');
}

function nameOf(word: string): string {
  return word.slice(0, word.indexOf('='));
}

/** Finds its objects in a list. */
export function relatedTo(...objects: readonly KubernetesObject[]): RelatedObjects {
  const find = (kind: string, namespace: string, name: string): never =>
    objects.find(
      ({ kind: one, metadata }) =>
        one === kind && metadata.name === name && (metadata.namespace ?? '') === namespace,
    ) as never;
  return {
    service: (namespace, name) => find('Service', namespace, name),
    pod: (namespace, name) => find('Pod', namespace, name),
    node: (name) => find('Node', '', name),
    namespace: (name) => find('Namespace', '', name),
    replicaSet: (namespace, name) => find('ReplicaSet', namespace, name),
    job: (namespace, name) => find('Job', namespace, name),
  };
}
