/** Families of Services, Ingresses, their classes, and network policies. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { gauge, info, number, type ObjectFamilies, row } from './family.ts';
import { created, deletionTimestamp, resourceVersion } from './meta-families.ts';

interface Service extends KubernetesObject {
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly externalName?: string;
    readonly externalTrafficPolicy?: string;
    readonly loadBalancerIP?: string;
    readonly externalIPs?: readonly string[] | null;
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] | null;
    };
  };
}

interface IngressPath {
  readonly path?: string;
  readonly pathType?: string;
  readonly backend?: {
    readonly service?: { readonly name?: string; readonly port?: { readonly number?: number } };
    readonly resource?: {
      readonly apiGroup?: string;
      readonly kind?: string;
      readonly name?: string;
    };
  };
}

interface Ingress extends KubernetesObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly rules?:
      | readonly {
          readonly host?: string;
          readonly http?: { readonly paths?: readonly IngressPath[] | null };
        }[]
      | null;
    readonly tls?:
      | readonly { readonly hosts?: readonly string[] | null; readonly secretName?: string }[]
      | null;
  };
}

interface IngressClass extends KubernetesObject {
  readonly spec?: { readonly controller?: string };
}

interface NetworkPolicy extends KubernetesObject {
  readonly spec?: {
    readonly ingress?: readonly unknown[] | null;
    readonly egress?: readonly unknown[] | null;
  };
}

/** Where the class stood before it was a field; it still wins. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

export const SERVICES: ObjectFamilies<Service> = {
  name: 'services',
  resources: [api.SERVICES],
  prefix: 'kube_service',
  mapped: 'both',
  labels: ({ metadata }) => [
    'namespace',
    metadata.namespace,
    'service',
    metadata.name,
    'uid',
    metadata.uid,
  ],
  families: [
    created('kube_service'),
    deletionTimestamp('kube_service'),
    info('kube_service_info', 'Addresses of the Service.', ({ spec }: Service) => [
      'cluster_ip',
      spec?.clusterIP,
      'external_name',
      spec?.externalName,
      'load_balancer_ip',
      spec?.loadBalancerIP,
      'external_traffic_policy',
      spec?.externalTrafficPolicy,
    ]),
    info('kube_service_spec_type', 'Type of the Service.', ({ spec }: Service) => [
      'type',
      spec?.type,
    ]),
    gauge('kube_service_spec_external_ip', 'External addresses.', ({ spec }: Service) =>
      (spec?.externalIPs ?? []).map((ip) => row(1, 'external_ip', ip)),
    ),
    gauge(
      'kube_service_status_load_balancer_ingress',
      'Addresses of the load balancer.',
      ({ status }: Service) =>
        (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) =>
          row(1, 'ip', ip, 'hostname', hostname),
        ),
    ),
  ],
};

export const INGRESSES: ObjectFamilies<Ingress> = {
  name: 'ingresses',
  resources: [api.INGRESSES],
  prefix: 'kube_ingress',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'ingress', metadata.name],
  families: [
    created('kube_ingress'),
    resourceVersion('kube_ingress'),
    info('kube_ingress_info', 'Class of the Ingress.', ({ metadata, spec }: Ingress) => [
      'ingressclass',
      metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.ingressClassName ?? '_default',
    ]),
    gauge('kube_ingress_path', 'Hosts, paths and what they lead to.', ({ spec }: Ingress) =>
      (spec?.rules ?? []).flatMap(({ host, http }) =>
        (http?.paths ?? []).map(({ path, pathType, backend }) => {
          const place = ['host', host, 'path', path, 'path_type', pathType];
          const { service, resource } = backend ?? {};
          if (service) {
            const port = service.port?.number ?? 0;
            return row(1, ...place, 'service_name', service.name, 'service_port', port);
          }
          const kind = ['resource_api_group', resource?.apiGroup, 'resource_kind', resource?.kind];
          return row(1, ...place, ...kind, 'resource_name', resource?.name);
        }),
      ),
    ),
    gauge('kube_ingress_tls', 'Hosts and the Secrets of their certificates.', ({ spec }: Ingress) =>
      (spec?.tls ?? []).flatMap(({ hosts, secretName }) =>
        (hosts ?? []).map((host) => row(1, 'tls_host', host, 'secret', secretName)),
      ),
    ),
  ],
};

export const INGRESSCLASSES: ObjectFamilies<IngressClass> = {
  name: 'ingressclasses',
  resources: [api.INGRESS_CLASSES],
  prefix: 'kube_ingressclass',
  mapped: 'both',
  labels: ({ metadata }) => ['ingressclass', metadata.name],
  families: [
    created('kube_ingressclass'),
    info('kube_ingressclass_info', 'Controller of the class.', ({ spec }: IngressClass) => [
      'controller',
      spec?.controller,
    ]),
  ],
};

export const NETWORKPOLICIES: ObjectFamilies<NetworkPolicy> = {
  name: 'networkpolicies',
  resources: [api.NETWORK_POLICIES],
  prefix: 'kube_networkpolicy',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'networkpolicy', metadata.name],
  families: [
    created('kube_networkpolicy'),
    number(
      'kube_networkpolicy_spec_ingress_rules',
      'Rules for what comes in.',
      (one: NetworkPolicy) => countOf(one.spec?.ingress),
    ),
    number(
      'kube_networkpolicy_spec_egress_rules',
      'Rules for what goes out.',
      (one: NetworkPolicy) => countOf(one.spec?.egress),
    ),
  ],
};

function countOf(list: readonly unknown[] | null | undefined): number {
  return Array.isArray(list) ? list.length : 0;
}
