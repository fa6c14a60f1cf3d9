/** Families of admission webhooks and policies. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { Resource } from '../../kubernetes/object-cache.ts';
import * as api from '../../kubernetes/resources.ts';
import { type Family, gauge, info, type LabelPart, type ObjectFamilies, row } from './family.ts';
import { created, presence, resourceVersion } from './meta-families.ts';
import { resourceOf } from './resource-names.ts';

interface Webhooks extends KubernetesObject {
  readonly webhooks?:
    | readonly {
        readonly name?: string;
        readonly clientConfig?: {
          readonly service?: { readonly name?: string; readonly namespace?: string };
        };
      }[]
    | null;
}

interface AdmissionPolicy extends KubernetesObject {
  readonly spec?: {
    readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
    readonly failurePolicy?: string;
    readonly reinvocationPolicy?: string;
  };
}

interface PolicyBinding extends KubernetesObject {
  readonly spec?: {
    readonly policyName?: string;
    readonly paramRef?: {
      readonly name?: string;
      readonly namespace?: string;
      readonly parameterNotFoundAction?: string;
    };
    readonly validationActions?: readonly string[] | null;
  };
}

const GROUP = 'admissionregistration.k8s.io';
/** Validating policies became stable in 1.30, mutating ones in 1.36. */
const POLICY_VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

export const MUTATINGWEBHOOKCONFIGURATIONS: ObjectFamilies<Webhooks> = webhooks(
  'mutatingwebhookconfiguration',
  api.MUTATING_WEBHOOK_CONFIGURATIONS,
);

export const VALIDATINGWEBHOOKCONFIGURATIONS: ObjectFamilies<Webhooks> = webhooks(
  'validatingwebhookconfiguration',
  api.VALIDATING_WEBHOOK_CONFIGURATIONS,
);

export const MUTATINGADMISSIONPOLICIES: ObjectFamilies<AdmissionPolicy> = described(
  'mutatingadmissionpolicy',
  versions('mutatingadmissionpolicies', 'MutatingAdmissionPolicy'),
  [
    info('kube_mutatingadmissionpolicy_info', 'What the policy is.', (one: AdmissionPolicy) => [
      ...policyLabels(one),
      'reinvocation_policy',
      one.spec?.reinvocationPolicy,
    ]),
    created('kube_mutatingadmissionpolicy'),
  ],
);

export const VALIDATINGADMISSIONPOLICIES: ObjectFamilies<AdmissionPolicy> = described(
  'validatingadmissionpolicy',
  versions('validatingadmissionpolicies', 'ValidatingAdmissionPolicy'),
  [
    info('kube_validatingadmissionpolicy_info', 'What the policy is.', policyLabels),
    created('kube_validatingadmissionpolicy'),
  ],
);

export const MUTATINGADMISSIONPOLICYBINDINGS: ObjectFamilies<PolicyBinding> = described(
  'mutatingadmissionpolicybinding',
  versions('mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding'),
  [
    info('kube_mutatingadmissionpolicybinding_info', 'What is bound.', bindingLabels),
    created('kube_mutatingadmissionpolicybinding'),
  ],
);

export const VALIDATINGADMISSIONPOLICYBINDINGS: ObjectFamilies<PolicyBinding> = described(
  'validatingadmissionpolicybinding',
  versions('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'),
  [
    info('kube_validatingadmissionpolicybinding_info', 'What is bound.', bindingLabels),
    created('kube_validatingadmissionpolicybinding'),
    gauge(
      'kube_validatingadmissionpolicybinding_validation_action',
      'What is done when the policy is violated.',
      ({ spec }: PolicyBinding) =>
        (spec?.validationActions ?? []).map((action) => row(1, 'action', action)),
    ),
  ],
);

function webhooks(label: string, resource: Resource): ObjectFamilies<Webhooks> {
  const prefix = `kube_${label}`;
  return described(
    label,
    [resource],
    [
      presence(prefix, resource.kind),
      created(prefix),
      resourceVersion(prefix),
      gauge(
        `${prefix}_webhook_clientconfig_service`,
        'Services that are asked.',
        (object: Webhooks) =>
          (object.webhooks ?? []).map(({ name, clientConfig }) => {
            const service = clientConfig?.service;
            const labels = ['webhook_name', name, 'service_name', service?.name];
            return row(1, ...labels, 'service_namespace', service?.namespace);
          }),
      ),
    ],
  );
}

/** Objects of the whole cluster; their label `namespace` is there and empty. */
function described<T extends KubernetesObject>(
  label: string,
  resources: readonly Resource[],
  families: readonly Family<T>[],
): ObjectFamilies<T> {
  return {
    name: resources[0]?.plural ?? label,
    resources,
    prefix: `kube_${label}`,
    mapped: 'none',
    labels: ({ metadata }) => ['namespace', metadata.namespace, label, metadata.name],
    families,
  };
}

function versions(plural: string, kind: string): readonly Resource[] {
  return POLICY_VERSIONS.map((version) => resourceOf(`${GROUP}/${version}`, plural, kind, false));
}

function policyLabels({ spec }: AdmissionPolicy): readonly LabelPart[] {
  const param = spec?.paramKind;
  return [
    'param_api_version',
    param?.apiVersion,
    'param_kind',
    param?.kind,
    'failure_policy',
    spec?.failurePolicy,
  ];
}

function bindingLabels({ spec }: PolicyBinding): readonly LabelPart[] {
  const param = spec?.paramRef;
  return [
    'policy_name',
    spec?.policyName,
    'param_name',
    param?.name,
    'param_namespace',
    param?.namespace,
    'param_not_found_action',
    param?.parameterNotFoundAction,
  ];
}
