/** The resources that families are made from. */
import type { Resource } from '../../kubernetes/object-cache.ts';

export function resourceOf(
  groupVersion: string,
  plural: string,
  kind: string,
  namespaced: boolean,
): Resource {
  const [group, version] = groupVersion.split('/') as [string, string];
  return { group, version, plural, kind, namespaced };
}
