/** Pods and Services of one cluster that ask to be scraped. */
import type { Cluster, ClusterRegistry } from '../../../kubernetes/cluster.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Discoverer, OnGroups } from '../discoverer.ts';
import { ofCluster } from '../kubernetes/kubernetes-discoverer.ts';
import { AnnotationWatch } from './annotation-watch.ts';

export class AnnotationDiscoverer implements Discoverer {
  readonly #cluster: string;
  readonly #clusters: ClusterRegistry;
  readonly #clock: Clock;

  constructor(cluster: string, clusters: ClusterRegistry, clock: Clock) {
    this.#cluster = cluster;
    this.#clusters = clusters;
    this.#clock = clock;
  }

  async run(signal: AbortSignal, onGroups: OnGroups): Promise<void> {
    let watch: AnnotationWatch | undefined;
    const isIt = ({ name }: Cluster): boolean => name === this.#cluster;
    const tell: OnGroups = (groups, isUrgent) =>
      onGroups(
        groups.map((group) => ofCluster(group, this.#cluster)),
        isUrgent,
      );
    const unsubscribe = this.#clusters.subscribe({
      added: (cluster) => {
        if (isIt(cluster)) watch = new AnnotationWatch(cluster, this.#clock, tell);
      },
      removed: (cluster) => {
        if (isIt(cluster)) watch?.close();
      },
    });
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    unsubscribe();
    watch?.close();
  }
}
