/** From a discovery config to its discoverer. */
import type { DiscoveryConfig } from '../../config/discovery-types.ts';
import { AnnotationDiscoverer } from './annotations/annotation-discoverer.ts';
import type { Discoverer } from './discoverer.ts';
import { DnsDiscoverer } from './dns-discoverer.ts';
import type { RecordResolver } from './dns-resolver.ts';
import { FileDiscoverer } from './file-discoverer.ts';
import { HttpDiscoverer } from './http-discoverer.ts';
import type { KubernetesAccess } from './kubernetes/kubernetes-access.ts';
import { kubernetesDiscoverer } from './kubernetes/kubernetes-access.ts';
import type { RefreshContext } from './refresh-loop.ts';
import { StaticDiscoverer } from './static-discoverer.ts';

export interface DiscovererContext extends RefreshContext {
  /** Mtimes in Unix seconds of files read, by path; file discovery keeps it. */
  readonly fileTimes: Map<string, number>;
  readonly resolver: RecordResolver;
  /** Undefined when the program has no door to Kubernetes. */
  readonly kubernetes: KubernetesAccess | undefined;
}

/** @throws Error when there is no such discovery in this program */
export function createDiscoverer(
  config: DiscoveryConfig,
  jobName: string,
  context: DiscovererContext,
): Discoverer {
  switch (config.kind) {
    case 'static':
      return new StaticDiscoverer(config);
    case 'file':
      return new FileDiscoverer(config, context);
    case 'http':
      return new HttpDiscoverer(config, jobName, context);
    case 'dns':
      return new DnsDiscoverer(config, jobName, context.resolver, context);
    case 'kubernetes':
      if (context.kubernetes === undefined) {
        throw new Error('Kubernetes discovery is not available in this program');
      }
      return kubernetesDiscoverer(config, context.kubernetes, context);
    case 'annotated':
      if (context.kubernetes === undefined) {
        throw new Error('Kubernetes discovery is not available in this program');
      }
      return new AnnotationDiscoverer(config.cluster, context.kubernetes.clusters, context.clock);
    default: {
      const unknown: never = config;
      throw new Error(`unknown discovery ${JSON.stringify(unknown)}`);
    }
  }
}
