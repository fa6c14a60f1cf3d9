/** Families that objects of many kinds have, from their metadata. */
import type { KubernetesObject, OwnerReference } from '../../kubernetes/kubernetes-object.ts';
import { type Family, gauge, info, number, type Row, row } from './family.ts';
import { unixSeconds } from './times.ts';

export function created(prefix: string): Family {
  return number(`${prefix}_created`, 'Unix creation timestamp.', ({ metadata }) =>
    unixSeconds(metadata.creationTimestamp),
  );
}

/** Present while the object is being deleted. */
export function deletionTimestamp(prefix: string): Family {
  return number(`${prefix}_deletion_timestamp`, 'Unix deletion timestamp.', ({ metadata }) =>
    unixSeconds(metadata.deletionTimestamp),
  );
}

export function generation(prefix: string): Family {
  return number(
    `${prefix}_metadata_generation`,
    'Sequence number of the desired state.',
    ({ metadata }) => metadata.generation ?? 0,
  );
}

/** No row for a version that is no number: it is opaque. */
export function resourceVersion(prefix: string): Family {
  return number(
    `${prefix}_metadata_resource_version`,
    'Resource version, where it is a number.',
    ({ metadata }) => {
      const version = Number(metadata.resourceVersion || Number.NaN);
      return Number.isNaN(version) ? undefined : version;
    },
  );
}

/** A family that only says that the object is there. */
export function presence(prefix: string, kind: string): Family {
  return info(`${prefix}_info`, `One for each ${kind}.`, () => []);
}

/** One row per owner; one with empty labels for an object that nobody owns. */
export function owner(prefix: string, kind: string): Family {
  return gauge(`${prefix}_owner`, `Who owns the ${kind}.`, ({ metadata }) => {
    const owners = metadata.ownerReferences ?? [];
    if (owners.length === 0) return [ownerRow('', '', '')];
    return owners.map(({ kind: ownerKind, name, controller }) =>
      ownerRow(ownerKind, name, String(controller === true)),
    );
  });
}

/** The same without the label that says whether the owner is the controller. */
export function plainOwner(prefix: string, kind: string): Family {
  return gauge(`${prefix}_owner`, `Who owns the ${kind}.`, ({ metadata }) => {
    const owners = metadata.ownerReferences ?? [];
    if (owners.length === 0) return [row(1, 'owner_kind', '', 'owner_name', '')];
    return owners.map((one) => row(1, 'owner_kind', one.kind, 'owner_name', one.name));
  });
}

export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((one) => one.controller === true);
}

function ownerRow(kind: string, name: string, isController: string): Row {
  return row(1, 'owner_kind', kind, 'owner_name', name, 'owner_is_controller', isController);
}
