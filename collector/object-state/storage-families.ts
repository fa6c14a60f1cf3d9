/** Families of volumes, claims, storage classes and attachments. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { type Condition, conditions, phases } from './conditions.ts';
import { gauge, info, number, type ObjectFamilies, row } from './family.ts';
import { mapLabels } from './label-families.ts';
import { created, deletionTimestamp } from './meta-families.ts';
import { quantityUnits } from './quantity.ts';
import type { ResourceList } from './resource-rows.ts';
import { type VolumeSource, volumeSourceLabels } from './volume-source.ts';

interface PersistentVolume extends KubernetesObject {
  readonly spec?: VolumeSource & {
    readonly capacity?: ResourceList;
    readonly claimRef?: { readonly name?: string; readonly namespace?: string };
    readonly storageClassName?: string;
    readonly persistentVolumeReclaimPolicy?: string;
    readonly volumeMode?: string;
    readonly accessModes?: readonly string[] | null;
  };
  readonly status?: { readonly phase?: string };
}

interface Claim extends KubernetesObject {
  readonly spec?: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly volumeMode?: string;
    readonly accessModes?: readonly string[] | null;
    readonly resources?: { readonly requests?: ResourceList };
  };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] | null };
}

interface StorageClass extends KubernetesObject {
  readonly provisioner?: string;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
}

interface VolumeAttachment extends KubernetesObject {
  readonly spec?: {
    readonly attacher?: string;
    readonly nodeName?: string;
    readonly source?: { readonly persistentVolumeName?: string };
  };
  readonly status?: {
    readonly attached?: boolean;
    readonly attachmentMetadata?: Readonly<Record<string, string>>;
  };
}

/** Where the class stood before it was a field. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export const PERSISTENTVOLUMES: ObjectFamilies<PersistentVolume> = {
  name: 'persistentvolumes',
  resources: [api.PERSISTENT_VOLUMES],
  prefix: 'kube_persistentvolume',
  mapped: 'both',
  labels: ({ metadata }) => ['persistentvolume', metadata.name],
  families: [
    created('kube_persistentvolume'),
    deletionTimestamp('kube_persistentvolume'),
    gauge('kube_persistentvolume_claim_ref', 'The claim.', ({ spec }: PersistentVolume) => {
      const claim = spec?.claimRef;
      return claim ? [row(1, 'name', claim.name, 'claim_namespace', claim.namespace)] : [];
    }),
    phases(
      'kube_persistentvolume_status_phase',
      'The phase the volume is in.',
      ['Pending', 'Available', 'Bound', 'Released', 'Failed'],
      ({ status }: PersistentVolume) => status?.phase,
    ),
    info(
      'kube_persistentvolume_info',
      'What the volume is stored on.',
      ({ spec }: PersistentVolume) => [
        'storageclass',
        spec?.storageClassName,
        ...volumeSourceLabels(spec ?? {}),
        'reclaim_policy',
        spec?.persistentVolumeReclaimPolicy,
      ],
    ),
    number('kube_persistentvolume_capacity_bytes', 'Size.', ({ spec }: PersistentVolume) =>
      quantityUnits(spec?.capacity?.['storage'] ?? 0),
    ),
    info('kube_persistentvolume_volume_mode', 'Mode.', ({ spec }: PersistentVolume) => [
      'volumemode',
      spec?.volumeMode ?? 'Filesystem',
    ]),
    gauge('kube_persistentvolume_access_mode', 'Access modes.', ({ spec }: PersistentVolume) =>
      (spec?.accessModes ?? []).map((mode) => row(1, 'access_mode', mode)),
    ),
  ],
  optIn: [
    gauge(
      'kube_persistentvolume_csi_attributes',
      'Attributes of the CSI volume.',
      ({ spec }: PersistentVolume) => {
        if (!spec?.csi) return [];
        const { mounter, mapOptions } = spec.csi.volumeAttributes ?? {};
        return [row(1, 'csi_mounter', mounter, 'csi_map_options', mapOptions)];
      },
    ),
  ],
};

export const PERSISTENTVOLUMECLAIMS: ObjectFamilies<Claim> = {
  name: 'persistentvolumeclaims',
  resources: [api.PERSISTENT_VOLUME_CLAIMS],
  prefix: 'kube_persistentvolumeclaim',
  mapped: 'both',
  labels: ({ metadata }) => [
    'namespace',
    metadata.namespace,
    'persistentvolumeclaim',
    metadata.name,
  ],
  families: [
    created('kube_persistentvolumeclaim'),
    deletionTimestamp('kube_persistentvolumeclaim'),
    info(
      'kube_persistentvolumeclaim_info',
      'Class and volume of the claim.',
      ({ metadata, spec }: Claim) => [
        'storageclass',
        metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName,
        'volumename',
        spec?.volumeName,
        'volumemode',
        spec?.volumeMode,
      ],
    ),
    phases(
      'kube_persistentvolumeclaim_status_phase',
      'The phase the claim is in.',
      ['Lost', 'Bound', 'Pending'],
      ({ status }: Claim) => status?.phase,
    ),
    number(
      'kube_persistentvolumeclaim_resource_requests_storage_bytes',
      'Size that is asked for.',
      ({ spec }: Claim) => quantityUnits(spec?.resources?.requests?.['storage']),
    ),
    gauge('kube_persistentvolumeclaim_access_mode', 'Access modes.', ({ spec }: Claim) =>
      (spec?.accessModes ?? []).map((mode) => row(1, 'access_mode', mode)),
    ),
    conditions(
      'kube_persistentvolumeclaim_status_condition',
      'Conditions of the claim.',
      ({ status }: Claim) => status?.conditions,
    ),
  ],
};

export const STORAGECLASSES: ObjectFamilies<StorageClass> = {
  name: 'storageclasses',
  resources: [api.STORAGE_CLASSES],
  prefix: 'kube_storageclass',
  mapped: 'both',
  labels: ({ metadata }) => ['storageclass', metadata.name],
  families: [
    created('kube_storageclass'),
    info('kube_storageclass_info', 'Who provides volumes, and how.', (object: StorageClass) => [
      'provisioner',
      object.provisioner,
      'reclaim_policy',
      object.reclaimPolicy ?? 'Delete',
      'volume_binding_mode',
      object.volumeBindingMode ?? 'Immediate',
    ]),
  ],
};

export const VOLUMEATTACHMENTS: ObjectFamilies<VolumeAttachment> = {
  name: 'volumeattachments',
  resources: [api.VOLUME_ATTACHMENTS],
  prefix: 'kube_volumeattachment',
  mapped: 'labels',
  labels: ({ metadata }) => ['volumeattachment', metadata.name],
  families: [
    created('kube_volumeattachment'),
    info('kube_volumeattachment_info', 'Who attaches, and where.', ({ spec }: VolumeAttachment) => [
      'attacher',
      spec?.attacher,
      'node',
      spec?.nodeName,
    ]),
    gauge(
      'kube_volumeattachment_spec_source_persistentvolume',
      'The volume.',
      ({ spec }: VolumeAttachment) => {
        const name = spec?.source?.persistentVolumeName;
        return name === undefined || name === null ? [] : [row(1, 'volumename', name)];
      },
    ),
    number(
      'kube_volumeattachment_status_attached',
      '1 while it is attached.',
      ({ status }: VolumeAttachment) => Number(status?.attached === true),
    ),
    info(
      'kube_volumeattachment_status_attachment_metadata',
      'What the driver says of the attachment.',
      ({ status }: VolumeAttachment) => mapLabels('metadata', status?.attachmentMetadata),
    ),
  ],
};
