/** Families of ConfigMaps, Secrets and Leases, none of which is read unless it is asked for. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { gauge, info, type ObjectFamilies, row } from './family.ts';
import { created, owner, presence, resourceVersion } from './meta-families.ts';
import { unixSeconds } from './times.ts';

interface Secret extends KubernetesObject {
  readonly type?: string;
}

interface Lease extends KubernetesObject {
  readonly spec?: { readonly holderIdentity?: string; readonly renewTime?: string | null };
}

export const CONFIGMAPS: ObjectFamilies = {
  name: 'configmaps',
  resources: [api.CONFIG_MAPS],
  isMetadataOnly: true,
  prefix: 'kube_configmap',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'configmap', metadata.name],
  families: [
    presence('kube_configmap', 'ConfigMap'),
    created('kube_configmap'),
    resourceVersion('kube_configmap'),
  ],
};

export const SECRETS: ObjectFamilies<Secret> = {
  name: 'secrets',
  resources: [api.SECRETS],
  prefix: 'kube_secret',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'secret', metadata.name],
  families: [
    presence('kube_secret', 'Secret'),
    info('kube_secret_type', 'Type of the Secret.', ({ type }: Secret) => ['type', type]),
    created('kube_secret'),
    resourceVersion('kube_secret'),
    owner('kube_secret', 'Secret'),
  ],
};

export const LEASES: ObjectFamilies<Lease> = {
  name: 'leases',
  resources: [api.LEASES],
  prefix: 'kube_lease',
  mapped: 'none',
  labels: ({ metadata }) => ['lease', metadata.name],
  families: [
    gauge('kube_lease_owner', 'Owners and holder of the Lease.', ({ metadata, spec }: Lease) => {
      const owners = metadata.ownerReferences ?? [];
      const rest = ['namespace', metadata.namespace, 'lease_holder', spec?.holderIdentity];
      if (owners.length === 0) return [row(1, 'owner_kind', '', 'owner_name', '', ...rest)];
      return owners.map(({ kind, name }) =>
        row(1, 'owner_kind', kind, 'owner_name', name, ...rest),
      );
    }),
    gauge(
      'kube_lease_renew_time',
      'When it was renewed, Unix seconds.',
      ({ metadata, spec }: Lease) => {
        const seconds = unixSeconds(spec?.renewTime);
        return seconds === undefined ? [] : [row(seconds, 'namespace', metadata.namespace)];
      },
    ),
  ],
};
