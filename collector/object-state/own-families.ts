/** Series that kube-state-metrics does not have: Pods with their workloads and Services. */
import * as api from '../../kubernetes/resources.ts';
import type { Endpoint } from './endpoint-objects.ts';
import { gauge, info, type ObjectFamilies, row } from './family.ts';
import type { Pod } from './pod-object.ts';
import type { ServiceEndpoints } from './service-endpoints.ts';
import type { Workload } from './workload-resolver.ts';

/** `wk_pod_workload`. */
export function podWorkloadFamilies(resolve: (pod: Pod) => Workload): ObjectFamilies<Pod> {
  return {
    name: 'wk_pods',
    resources: [api.PODS],
    prefix: 'wk_pod',
    mapped: 'none',
    labels: ({ metadata }) => ['namespace', metadata.namespace, 'pod', metadata.name],
    families: [
      info('wk_pod_workload', 'The workload that the Pod belongs to.', (pod: Pod) => {
        const { kind, name } = resolve(pod);
        return [
          'uid',
          pod.metadata.uid,
          'node',
          pod.spec?.nodeName,
          'workload_kind',
          kind,
          'workload',
          name,
          'host_network',
          pod.spec?.hostNetwork === true,
          'phase',
          pod.status?.phase,
        ];
      }),
    ],
  };
}

/** `wk_pod_service` and `wk_service_endpoints`. */
export const SERVICE_ENDPOINTS: ObjectFamilies<ServiceEndpoints> = {
  name: 'wk_services',
  resources: [api.SERVICES],
  prefix: 'wk_service',
  mapped: 'none',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'service', metadata.name],
  families: [
    gauge(
      'wk_pod_service',
      'Services that the Pod is an endpoint of.',
      (service: ServiceEndpoints) =>
        service.endpoints.flatMap(({ targetRef }) =>
          targetRef?.kind === 'Pod' ? [row(1, 'pod', targetRef.name)] : [],
        ),
    ),
    gauge(
      'wk_service_endpoints',
      'Endpoints of the Service, by whether they are ready.',
      (service: ServiceEndpoints) => {
        const places = new Map(service.endpoints.map((one) => [placeOf(one), isReady(one)]));
        const ready = [...places.values()].filter(Boolean).length;
        return [row(ready, 'ready', 'true'), row(places.size - ready, 'ready', 'false')];
      },
    ),
  ],
};

/** A Pod with addresses of both families is one endpoint. */
function placeOf({ targetRef, addresses }: Endpoint): string {
  if (targetRef?.name === undefined) return addresses?.join() ?? '';
  return `${targetRef.kind}/${targetRef.name}`;
}

/** Unknown is to be taken for ready, as the API says. */
function isReady({ conditions }: Endpoint): boolean {
  return conditions?.ready !== false;
}
