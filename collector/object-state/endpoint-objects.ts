/** Endpoints and EndpointSlices as far as they are read. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';

interface Port {
  readonly name?: string;
  readonly protocol?: string;
  readonly port?: number;
}

export interface Endpoints extends KubernetesObject {
  readonly subsets?:
    | readonly {
        readonly addresses?: readonly { readonly ip?: string }[] | null;
        readonly notReadyAddresses?: readonly { readonly ip?: string }[] | null;
        readonly ports?: readonly Port[] | null;
      }[]
    | null;
}

export interface Endpoint {
  readonly addresses?: readonly string[] | null;
  readonly conditions?: {
    readonly ready?: boolean;
    readonly serving?: boolean;
    readonly terminating?: boolean;
  };
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly targetRef?: {
    readonly kind?: string;
    readonly name?: string;
    readonly namespace?: string;
  };
  readonly hints?: { readonly forZones?: readonly { readonly name?: string }[] | null };
}

export interface EndpointSlice extends KubernetesObject {
  readonly addressType?: string;
  readonly endpoints?: readonly Endpoint[] | null;
  readonly ports?: readonly Port[] | null;
}
