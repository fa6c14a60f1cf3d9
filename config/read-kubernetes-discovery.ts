/** Reads `kubernetes_sd_configs`. */
import type { KubernetesDiscovery, KubernetesRole, KubernetesSelector } from './discovery-types.ts';
import { quote } from './go-text.ts';
import { findFieldSelectorProblem, findLabelSelectorProblem } from './kubernetes-selectors.ts';
import { isDefaultHttpClient, readHttpClient, readUrl } from './read-http-client.ts';
import { isNullNode } from './yaml-reader.ts';
import { YamlSection } from './yaml-section.ts';

/** Role → roles whose objects a selector may narrow. */
const SELECTABLE: Readonly<Record<KubernetesRole, readonly KubernetesRole[]>> = {
  pod: ['pod', 'node'],
  service: ['service'],
  endpointslice: ['pod', 'service', 'endpointslice'],
  endpoints: ['pod', 'service', 'endpoints'],
  node: ['node'],
  ingress: ['ingress'],
};
const ROLES = Object.keys(SELECTABLE) as readonly KubernetesRole[];
const ROLES_TEXT = 'pod, service, endpoints, endpointslice, node, ingress';

/** @returns undefined when the role is wrong, without which nothing else can be judged */
export function readKubernetesDiscovery(section: YamlSection): KubernetesDiscovery | undefined {
  const role = readRole(section);
  const apiServer = readUrl(section, 'api_server');
  const kubeconfigFile = section.path('kubeconfig_file');
  const httpClient = readHttpClient(section);
  const namespaces = readNamespaces(section);
  const isCustomHttp = !isDefaultHttpClient(httpClient);
  if (apiServer !== '' && kubeconfigFile !== '') {
    const text = "cannot use 'kubeconfig_file' and 'api_server' simultaneously";
    section.problem('kubeconfig_file', text, 'remove one of them');
  }
  if (kubeconfigFile !== '' && isCustomHttp) {
    section.problem(
      'kubeconfig_file',
      "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
      'put the credentials into the kubeconfig file',
    );
  }
  if (apiServer === '' && kubeconfigFile === '' && isCustomHttp) {
    section.problem(
      undefined,
      "to use custom HTTP client configuration please provide the 'api_server' URL explicitly",
    );
  }
  for (const name of ['api_server', 'kubeconfig_file']) {
    if (!namespaces.ownNamespace || section.string(name) === '') continue;
    const text = `cannot use '${name}' and 'namespaces.own_namespace' simultaneously`;
    section.problem('namespaces', text, 'name the namespace');
  }
  const selectors = readSelectors(section, role);
  const attachMetadata = readAttachMetadata(section);
  section.finish();
  if (role === undefined) return undefined;
  return {
    kind: 'kubernetes',
    role,
    apiServer: apiServer === '' ? undefined : apiServer,
    kubeconfigFile: kubeconfigFile === '' ? undefined : kubeconfigFile,
    httpClient,
    namespaces,
    selectors,
    attachMetadata,
  };
}

function readRole(section: YamlSection): KubernetesRole | undefined {
  const known: readonly (KubernetesRole | '')[] = ROLES;
  if (section.valueNode('role') === undefined) {
    section.problem(undefined, `role missing (one of: ${ROLES_TEXT})`);
    return undefined;
  }
  const role = section.choice('role', known, '', (text) => {
    return `unknown Kubernetes SD role ${quote(text)}`;
  });
  return role === '' ? undefined : role;
}

function readNamespaces(parent: YamlSection): KubernetesDiscovery['namespaces'] {
  const section = parent.section('namespaces', 'kubernetes.plain');
  if (section === undefined) return { ownNamespace: false, names: [] };
  const ownNamespace = section.boolean('own_namespace');
  const names = section.strings('names');
  section.finish();
  return { ownNamespace, names };
}

function readSelectors(
  parent: YamlSection,
  role: KubernetesRole | undefined,
): readonly KubernetesSelector[] {
  const goType = '[]kubernetes.SelectorConfig';
  const selectors: KubernetesSelector[] = [];
  for (const node of parent.items('selectors', goType, 'a list of selectors') ?? []) {
    if (isNullNode(node)) {
      parent.reader.addProblem(node, 'empty or null selector', 'remove it or write the selector');
      continue;
    }
    const section = new YamlSection(parent.reader, node, 'kubernetes.SelectorConfig');
    const selector = readSelector(section);
    if (selector === undefined) continue;
    if (selectors.some((before) => before.role === selector.role)) {
      section.problem('role', `duplicated selector role: ${selector.role}`, 'join the two');
    } else if (role !== undefined && !SELECTABLE[role].includes(selector.role)) {
      const allowed = SELECTABLE[role].join(', ');
      section.problem('role', `${role} role supports only ${allowed} selectors`);
    }
    selectors.push(selector);
  }
  return selectors;
}

function readSelector(section: YamlSection): KubernetesSelector | undefined {
  const role = readRole(section);
  const label = section.string('label');
  const field = section.string('field');
  const badField = findFieldSelectorProblem(field);
  if (badField !== undefined) section.problem('field', badField, 'write it as path=value');
  const badLabel = findLabelSelectorProblem(label);
  if (badLabel !== undefined) section.problem('label', badLabel, 'write it as name=value');
  section.finish();
  return role === undefined ? undefined : { role, label, field };
}

function readAttachMetadata(parent: YamlSection): KubernetesDiscovery['attachMetadata'] {
  const section = parent.section('attach_metadata', 'kubernetes.AttachMetadataConfig');
  const config = {
    node: section?.boolean('node') ?? false,
    namespace: section?.boolean('namespace') ?? false,
    deployment: section?.boolean('deployment') ?? false,
    job: section?.boolean('job') ?? false,
    cronjob: section?.boolean('cronjob') ?? false,
  };
  section?.finish();
  return config;
}
