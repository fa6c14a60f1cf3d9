/** What a persistent volume is stored on. */

/** One of the fields is there. */
export interface VolumeSource {
  readonly gcePersistentDisk?: { readonly pdName?: string };
  readonly awsElasticBlockStore?: { readonly volumeID?: string };
  readonly azureDisk?: { readonly diskName?: string };
  readonly fc?: {
    readonly lun?: number;
    readonly targetWWNs?: readonly string[] | null;
    readonly wwids?: readonly string[] | null;
  };
  readonly iscsi?: {
    readonly targetPortal?: string;
    readonly iqn?: string;
    readonly lun?: number;
    readonly initiatorName?: string;
  };
  readonly nfs?: { readonly server?: string; readonly path?: string };
  readonly csi?: {
    readonly driver?: string;
    readonly volumeHandle?: string;
    readonly volumeAttributes?: Readonly<Record<string, string>>;
  };
  readonly local?: { readonly path?: string; readonly fsType?: string };
  readonly hostPath?: { readonly path?: string; readonly type?: string };
}

/** Name, value, … of the present source; labels of all others are ''. */
export function volumeSourceLabels(source: VolumeSource): readonly (string | number | undefined)[] {
  const { gcePersistentDisk, awsElasticBlockStore, azureDisk, fc, iscsi, nfs } = source;
  const { csi, local, hostPath } = source;
  return [
    'gce_persistent_disk_name',
    gcePersistentDisk?.pdName,
    'ebs_volume_id',
    awsElasticBlockStore?.volumeID,
    'azure_disk_name',
    azureDisk?.diskName,
    'fc_wwids',
    fc?.wwids?.join(','),
    'fc_lun',
    fc?.lun,
    'fc_target_wwns',
    fc?.targetWWNs?.join(','),
    'iscsi_target_portal',
    iscsi?.targetPortal,
    'iscsi_iqn',
    iscsi?.iqn,
    'iscsi_lun',
    iscsi && (iscsi.lun ?? 0),
    'iscsi_initiator_name',
    iscsi?.initiatorName,
    'nfs_server',
    nfs?.server,
    'nfs_path',
    nfs?.path,
    'csi_driver',
    csi?.driver,
    'csi_volume_handle',
    csi?.volumeHandle,
    'local_path',
    local?.path,
    'local_fs',
    local?.fsType,
    'host_path',
    hostPath?.path,
    'host_path_type',
    hostPath?.type,
  ];
}
