/** What the object state tells about itself and its cluster, as a page. */
import { VERSION } from '../../model/version.ts';
import { familyHead, line } from './exposition.ts';
import { counter, gauge, type LabelPart } from './family.ts';

/** Of one resource that is followed. */
export interface FollowedResource {
  readonly kind: string;
  /** Version of the API, as Go names its packages: 'v1'. */
  readonly version: string;
  /** How often a whole list came. */
  readonly listCount: number;
}

export interface ClusterInfo {
  readonly version: string;
  /** 'linux/amd64'. */
  readonly platform: string;
  /** Who runs the nodes: 'aws', 'gce', … '' when they do not say. */
  readonly provider: string;
}

const NO_ROWS = (): readonly [] => [];
const LISTS = counter('kube_state_metrics_list_total', 'Lists of objects read.', NO_ROWS);
const WATCHES = counter('kube_state_metrics_watch_total', 'Watches of objects begun.', NO_ROWS);
const SHARDS = gauge('kube_state_metrics_total_shards', 'Always 1: nothing is sharded.', NO_ROWS);
const ORDINAL = gauge('kube_state_metrics_shard_ordinal', 'Always 0.', NO_ROWS);
const BUILD = gauge('kube_state_metrics_build_info', 'What makes these series.', NO_ROWS);
const CLUSTER = gauge('wk_cluster_info', 'Version and place of the cluster.', NO_ROWS);

export function statePage(
  resources: readonly FollowedResource[],
  cluster: ClusterInfo | undefined,
): string {
  let text = '';
  for (const family of [LISTS, WATCHES]) {
    text += familyHead(family);
    for (const { kind, version, listCount } of resources) {
      const resource = ['resource', `*${version}.${kind}`];
      text += one(family.name, listCount, ...resource, 'result', 'success');
    }
  }
  text += familyHead(SHARDS) + one(SHARDS.name, 1);
  text += familyHead(ORDINAL) + one(ORDINAL.name, 0, 'shard_ordinal', '0');
  const build = ['version', VERSION, 'goversion', '', 'branch', '', 'revision', ''];
  text += familyHead(BUILD) + one(BUILD.name, 1, ...build);
  if (cluster === undefined) return text;
  const { version, platform, provider } = cluster;
  const place = ['version', version, 'platform', platform, 'provider', provider];
  return text + familyHead(CLUSTER) + one(CLUSTER.name, 1, ...place);
}

function one(name: string, value: number, ...labels: readonly LabelPart[]): string {
  return line(name, labels, { value, labels: [] });
}
