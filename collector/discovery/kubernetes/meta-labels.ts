/** Labels `__meta_kubernetes_…` of objects: the names are Prometheus'. */
import type { KubernetesObject, OwnerReference } from '../../../kubernetes/kubernetes-object.ts';
import { Labels } from '../../../model/labels.ts';
import type { AttachedMetadata, RelatedObjects } from './related-objects.ts';

const PREFIX = '__meta_kubernetes_';

/** A label set in the making; a later value of a name replaces the one before. */
export class MetaLabels {
  readonly #values = new Map<string, string>();

  /** Under a name as it stands. */
  plain(name: string, value: string): this {
    this.#values.set(name, value);
    return this;
  }

  /** Under `__meta_kubernetes_<name>`; undefined sets nothing. */
  set(name: string, value: string | undefined): this {
    if (value !== undefined) this.#values.set(PREFIX + name, value);
    return this;
  }

  /** Name, labels and annotations of an object of a role. */
  object(role: string, object: KubernetesObject): this {
    return this.set(`${role}_name`, object.metadata.name).metadata(role, object);
  }

  /** Labels and annotations alone. */
  metadata(role: string, { metadata }: KubernetesObject): this {
    for (const [name, value] of Object.entries(metadata.labels ?? {})) {
      const safe = sanitize(name);
      this.set(`${role}_label_${safe}`, value).set(`${role}_labelpresent_${safe}`, 'true');
    }
    for (const [name, value] of Object.entries(metadata.annotations ?? {})) {
      const safe = sanitize(name);
      this.set(`${role}_annotation_${safe}`, value);
      this.set(`${role}_annotationpresent_${safe}`, 'true');
    }
    return this;
  }

  /** What `attach_metadata` adds of an object's namespace. */
  attachedNamespace(name: string, related: RelatedObjects, attached: AttachedMetadata): this {
    const namespace = attached.namespace ? related.namespace(name) : undefined;
    return namespace === undefined ? this : this.metadata('namespace', namespace);
  }

  /** What `attach_metadata` adds of a node; no name, no labels. */
  attachedNode(
    name: string | undefined,
    related: RelatedObjects,
    attached: AttachedMetadata,
  ): this {
    const node = attached.node && name !== undefined ? related.node(name) : undefined;
    return node === undefined ? this : this.object('node', node);
  }

  labels(): Labels {
    return Labels.fromEntries(this.#values);
  }
}

/** A name as part of a label's name: every character but letters, digits and `_` becomes `_`. */
export function sanitize(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/gu, '_');
}

/** The owner that manages the object, if it has one. */
export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** '' for objects of the whole cluster. */
export function namespaceOf({ metadata }: KubernetesObject): string {
  return metadata.namespace ?? '';
}
