/** Paths and queries of the API. */
import type { CacheSelection, Resource } from '../object-cache.ts';

/** '/apis/apps/v1/namespaces/a/deployments'; without a namespace, those of all. */
export function resourcePath(resource: Resource, namespace: string | undefined): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope =
    namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${plural}`;
}

export function listPath(
  resource: Resource,
  selection: CacheSelection,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams();
  const { labelSelector, fieldSelector } = selection;
  for (const [name, value] of Object.entries({ labelSelector, fieldSelector, ...parameters })) {
    if (value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return `${resourcePath(resource, selection.namespace)}${text === '' ? '' : `?${text}`}`;
}

/** What the server is asked to answer with. */
export function acceptHeader(selection: CacheSelection, isWatch: boolean): string {
  if (selection.metadataOnly !== true) return 'application/json';
  const kind = isWatch ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`;
}

/** 'deployments.apps', as kubectl and roles name it. */
export function resourceName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}
