/** Targets of a cluster's jobs: what is scraped by which address, and the labels of its samples. */
import { Labels } from '../../model/labels.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import type { Endpoint, Route } from './endpoint.ts';

export interface ClusterTarget {
  readonly endpoint: Endpoint;
  readonly route: Route;
  /** Of the server itself: '/metrics/cadvisor'. */
  readonly path: string;
  /** `job`, `instance` and what else goes onto every sample. */
  readonly labels: Readonly<Record<string, string>>;
}

/** @param serverUrl of the cluster's API server */
export function targetGroup(target: ClusterTarget, serverUrl: string): TargetGroup {
  const { endpoint, route, path, labels } = target;
  const isByApi = route === 'api' && endpoint.proxyPath !== undefined;
  const url = new URL(isByApi ? serverUrl : endpoint.origin);
  const base = isByApi ? url.pathname.replace(/\/$/, '') + endpoint.proxyPath : '';
  return {
    source: `${endpoint.origin}${path}`,
    targets: [
      Labels.fromRecord({
        __scheme__: url.protocol.slice(0, -1),
        __address__: url.host,
        __metrics_path__: base + path,
        ...labels,
      }),
    ],
    labels: Labels.EMPTY,
  };
}

/** The same objects for what did not change, which costs the job nothing then. */
export class GroupMemory {
  #groups = new Map<string, TargetGroup>();

  of(targets: readonly ClusterTarget[], serverUrl: string): readonly TargetGroup[] {
    const next = new Map<string, TargetGroup>();
    for (const target of targets) {
      const key = JSON.stringify([target.endpoint, target.route, target.path, target.labels]);
      next.set(key, this.#groups.get(key) ?? targetGroup(target, serverUrl));
    }
    this.#groups = next;
    return [...next.values()];
  }
}
