/** Families of roles and their bindings, service accounts and certificate requests. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import type { Condition } from './conditions.ts';
import { gauge, info, number, type ObjectFamilies, row } from './family.ts';
import { created, presence, resourceVersion } from './meta-families.ts';
import { resourceOf } from './resource-names.ts';
import { unixSeconds } from './times.ts';

interface Binding extends KubernetesObject {
  readonly roleRef?: { readonly kind?: string; readonly name?: string };
}

interface ServiceAccount extends KubernetesObject {
  readonly automountServiceAccountToken?: boolean;
  readonly secrets?: readonly { readonly name?: string }[] | null;
  readonly imagePullSecrets?: readonly { readonly name?: string }[] | null;
}

interface CertificateRequest extends KubernetesObject {
  readonly spec?: { readonly signerName?: string };
  readonly status?: {
    /** Base64. */
    readonly certificate?: string;
    readonly conditions?: readonly Condition[] | null;
  };
}

const RBAC = 'rbac.authorization.k8s.io/v1';
const DECISIONS = ['Approved', 'Denied', 'Failed'];

export const ROLES: ObjectFamilies = roles('role', 'Role', true);
export const CLUSTERROLES: ObjectFamilies = roles('clusterrole', 'ClusterRole', false);
export const ROLEBINDINGS: ObjectFamilies<Binding> = bindings('rolebinding', 'RoleBinding', true);
export const CLUSTERROLEBINDINGS: ObjectFamilies<Binding> = bindings(
  'clusterrolebinding',
  'ClusterRoleBinding',
  false,
);

export const SERVICEACCOUNTS: ObjectFamilies<ServiceAccount> = {
  name: 'serviceaccounts',
  resources: [api.SERVICE_ACCOUNTS],
  prefix: 'kube_serviceaccount',
  mapped: 'both',
  labels: ({ metadata }) => [
    'namespace',
    metadata.namespace,
    'serviceaccount',
    metadata.name,
    'uid',
    metadata.uid,
  ],
  families: [
    created('kube_serviceaccount'),
    number('kube_serviceaccount_deleted', 'Unix deletion timestamp.', ({ metadata }) =>
      unixSeconds(metadata.deletionTimestamp),
    ),
    info(
      'kube_serviceaccount_info',
      'Whether Pods get its token by themselves.',
      ({ automountServiceAccountToken }: ServiceAccount) => [
        'automount_token',
        automountServiceAccountToken,
      ],
    ),
    gauge('kube_serviceaccount_secret', 'Its Secrets.', ({ secrets }: ServiceAccount) =>
      (secrets ?? []).map(({ name }) => row(1, 'name', name)),
    ),
    gauge(
      'kube_serviceaccount_image_pull_secret',
      'Its Secrets for pulling images.',
      ({ imagePullSecrets }: ServiceAccount) =>
        (imagePullSecrets ?? []).map(({ name }) => row(1, 'name', name)),
    ),
  ],
};

export const CERTIFICATESIGNINGREQUESTS: ObjectFamilies<CertificateRequest> = {
  name: 'certificatesigningrequests',
  resources: [api.CERTIFICATE_SIGNING_REQUESTS],
  prefix: 'kube_certificatesigningrequest',
  mapped: 'both',
  labels: ({ metadata, spec }) => [
    'certificatesigningrequest',
    metadata.name,
    'signer_name',
    spec?.signerName,
  ],
  families: [
    created('kube_certificatesigningrequest'),
    gauge(
      'kube_certificatesigningrequest_condition',
      'Conditions, counted by type.',
      ({ status }: CertificateRequest) =>
        DECISIONS.map((decision) => {
          const own = (status?.conditions ?? []).filter(({ type }) => type === decision);
          return row(own.length, 'condition', decision.toLowerCase());
        }),
    ),
    number(
      'kube_certificatesigningrequest_cert_length',
      'Bytes of the certificate, 0 before it is issued.',
      ({ status }: CertificateRequest) => Buffer.byteLength(status?.certificate ?? '', 'base64'),
    ),
  ],
};

function labelsOf(label: string, isNamespaced: boolean) {
  return ({ metadata }: KubernetesObject): readonly (string | undefined)[] =>
    isNamespaced ? ['namespace', metadata.namespace, label, metadata.name] : [label, metadata.name];
}

function roles(label: string, kind: string, isNamespaced: boolean): ObjectFamilies {
  const prefix = `kube_${label}`;
  return {
    name: `${label}s`,
    resources: [resourceOf(RBAC, `${label}s`, kind, isNamespaced)],
    isMetadataOnly: true,
    prefix,
    mapped: 'both',
    labels: labelsOf(label, isNamespaced),
    families: [presence(prefix, kind), created(prefix), resourceVersion(prefix)],
  };
}

function bindings(label: string, kind: string, isNamespaced: boolean): ObjectFamilies<Binding> {
  const prefix = `kube_${label}`;
  return {
    name: `${label}s`,
    resources: [resourceOf(RBAC, `${label}s`, kind, isNamespaced)],
    prefix,
    mapped: 'both',
    labels: labelsOf(label, isNamespaced),
    families: [
      info(`${prefix}_info`, 'The role that is bound.', ({ roleRef }: Binding) => [
        'roleref_kind',
        roleRef?.kind,
        'roleref_name',
        roleRef?.name,
      ]),
      created(prefix),
      resourceVersion(prefix),
    ],
  };
}
