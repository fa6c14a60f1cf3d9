/** Lists of resources (requests, limits, capacities) as rows with labels `resource` and `unit`. */
import { type LabelPart, type Row, row } from './family.ts';
import { quantityNumber, quantityUnits } from './quantity.ts';

/** Resource name → quantity. */
export type ResourceList = Readonly<Record<string, string | number>>;

/** Of what a resource is counted; undefined for those that have no row. */
export function unitOf(resource: string, hasPods: boolean): string | undefined {
  switch (resource) {
    case 'cpu':
      return 'core';
    case 'memory':
    case 'storage':
    case 'ephemeral-storage':
      return 'byte';
    case 'pods':
      return hasPods ? 'integer' : undefined;
    default:
      if (resource.startsWith('hugepages-') || resource.startsWith('attachable-volumes-')) {
        return 'byte';
      }
      return isExtended(resource) ? 'integer' : undefined;
  }
}

/** What a label calls a resource: `nvidia.com/gpu` is `nvidia_com_gpu`. */
export function resourceLabel(resource: string): string {
  return resource.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

/** Of a container: whole units, but for cpu. */
export function containerResourceRows(
  list: ResourceList | undefined,
  ...labels: readonly LabelPart[]
): readonly Row[] {
  return rowsOf(list, false, labels, (resource, quantity) =>
    resource === 'cpu' ? quantityNumber(quantity) : quantityUnits(quantity),
  );
}

/** Of a node. */
export function nodeResourceRows(list: ResourceList | undefined): readonly Row[] {
  return rowsOf(list, true, [], (_resource, quantity) => quantityNumber(quantity));
}

function rowsOf(
  list: ResourceList | undefined,
  hasPods: boolean,
  labels: readonly LabelPart[],
  toNumber: (resource: string, quantity: string | number) => number | undefined,
): readonly Row[] {
  const rows: Row[] = [];
  for (const [resource, quantity] of Object.entries(list ?? {})) {
    const unit = unitOf(resource, hasPods);
    const value = toNumber(resource, quantity);
    if (unit === undefined || value === undefined) continue;
    rows.push(row(value, ...labels, 'resource', resourceLabel(resource), 'unit', unit));
  }
  return rows;
}

/** The longest that a qualified name may be after its prefix. */
const NAME_CHARS_MAX = 63;
const PREFIX_CHARS_MAX = 253;
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Resources of a domain that is not Kubernetes' own, with a name that is one. */
function isExtended(resource: string): boolean {
  if (resource.startsWith('requests.') || resource.includes('kubernetes.io/')) return false;
  const parts = resource.split('/');
  const [domain, name] = parts;
  if (parts.length !== 2 || domain === undefined || name === undefined) return false;
  // Kubernetes judges the name that the resource would have in a quota.
  const prefix = `requests.${domain}`;
  return (
    prefix.length <= PREFIX_CHARS_MAX &&
    PREFIX.test(prefix) &&
    name.length <= NAME_CHARS_MAX &&
    NAME.test(name)
  );
}
