/** Services with the endpoints that all their EndpointSlices together have. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { ObjectListener } from '../../kubernetes/object-cache.ts';
import type { Endpoint, EndpointSlice } from './endpoint-objects.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Made of slices; has no other life in the cluster. */
export interface ServiceEndpoints extends KubernetesObject {
  readonly endpoints: readonly Endpoint[];
}

export interface ServiceListener {
  put(object: ServiceEndpoints): void;
  remove(object: ServiceEndpoints): void;
}

/** Follows slices and tells of Services. */
export class ServiceEndpointsTable implements ObjectListener<EndpointSlice> {
  readonly #listener: ServiceListener;
  /** Service → slice → its last state. */
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();

  constructor(listener: ServiceListener) {
    this.#listener = listener;
  }

  added(slice: EndpointSlice): void {
    const service = serviceOf(slice);
    if (service === undefined) return;
    const key = `${slice.metadata.namespace ?? ''}/${service}`;
    const slices = this.#slices.get(key) ?? new Map<string, EndpointSlice>();
    this.#slices.set(key, slices.set(slice.metadata.name, slice));
    this.#listener.put(together(slice, service, slices));
  }

  modified(slice: EndpointSlice, before: EndpointSlice): void {
    if (serviceOf(before) !== serviceOf(slice)) this.deleted(before);
    this.added(slice);
  }

  deleted(slice: EndpointSlice): void {
    const service = serviceOf(slice);
    if (service === undefined) return;
    const key = `${slice.metadata.namespace ?? ''}/${service}`;
    const slices = this.#slices.get(key);
    slices?.delete(slice.metadata.name);
    if (slices !== undefined && slices.size > 0) {
      this.#listener.put(together(slice, service, slices));
      return;
    }
    this.#slices.delete(key);
    this.#listener.remove(together(slice, service, new Map()));
  }
}

function serviceOf({ metadata }: EndpointSlice): string | undefined {
  return metadata.labels?.[SERVICE_LABEL];
}

function together(
  { metadata }: EndpointSlice,
  name: string,
  slices: ReadonlyMap<string, EndpointSlice>,
): ServiceEndpoints {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: metadata.namespace ?? '', uid: '', resourceVersion: '' },
    endpoints: [...slices.values()].flatMap(({ endpoints }) => endpoints ?? []),
  };
}
