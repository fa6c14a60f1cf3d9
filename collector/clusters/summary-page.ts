/**
 * A kubelet's /stats/summary as series: file systems, which cAdvisor does not know with containerd,
 * and what stands in for cAdvisor and the volume metrics where they are missing. Fields are those
 * of k8s.io/kubelet/pkg/apis/stats/v1alpha1; every one may be absent.
 */
import type { Page } from '../scrape/fetch-page.ts';
import type { OpenPreparer, PreparedPage } from '../scrape/page-preparer.ts';
import { type LabelPairs, PageText } from './page-text.ts';

export const openSummaryPreparer: OpenPreparer = () => ({ prepare: summaryPage });

/** @throws Error for what is no summary */
function summaryPage(page: Page): PreparedPage {
  const summary = parse(page.body);
  const node = recordOf(summary['node']);
  if (node === undefined) throw new Error('/stats/summary: there is no node in it');
  const text = new PageText();
  addNode(text, node);
  for (const pod of recordsOf(summary['pods'])) addPod(text, pod);
  return { ...text.page(), trustsTimestamps: true, also: [] };
}

type JsonRecord = Readonly<Record<string, unknown>>;

function parse(body: Uint8Array): JsonRecord {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch (cause) {
    throw new Error('/stats/summary: the answer is no JSON', { cause });
  }
  const summary = recordOf(json);
  if (summary === undefined) throw new Error('/stats/summary: the answer is no JSON object');
  return summary;
}

function addNode(text: PageText, node: JsonRecord): void {
  const runtime = recordOf(node['runtime']);
  const systems: readonly (readonly [string, unknown])[] = [
    ['nodefs', node['fs']],
    ['imagefs', runtime?.['imageFs']],
    ['containerfs', runtime?.['containerFs']],
  ];
  for (const [name, value] of systems) {
    const fs = recordOf(value);
    if (fs === undefined) continue;
    const labels: LabelPairs = [['fs', name]];
    text.add('gauge', 'wk_node_fs_capacity_bytes', labels, amountOf(fs['capacityBytes']));
    text.add('gauge', 'wk_node_fs_used_bytes', labels, amountOf(fs['usedBytes']));
    text.add('gauge', 'wk_node_fs_available_bytes', labels, amountOf(fs['availableBytes']));
    text.add('gauge', 'wk_node_fs_inodes', labels, amountOf(fs['inodes']));
    text.add('gauge', 'wk_node_fs_inodes_used', labels, amountOf(fs['inodesUsed']));
    text.add('gauge', 'wk_node_fs_inodes_free', labels, amountOf(fs['inodesFree']));
  }
}

function addPod(text: PageText, pod: JsonRecord): void {
  const ref = recordOf(pod['podRef']);
  const name = textOf(ref?.['name']);
  const namespace = textOf(ref?.['namespace']);
  if (name === undefined || namespace === undefined) return;
  const labels: LabelPairs = [
    ['namespace', namespace],
    ['pod', name],
  ];
  const ephemeral = recordOf(pod['ephemeral-storage']);
  text.add(
    'gauge',
    'wk_pod_ephemeral_storage_used_bytes',
    labels,
    amountOf(ephemeral?.['usedBytes']),
  );
  for (const container of recordsOf(pod['containers'])) addContainer(text, labels, container);
  addNetwork(text, labels, recordOf(pod['network']));
  for (const volume of recordsOf(pod['volume'])) addVolume(text, volume);
}

function addContainer(text: PageText, pod: LabelPairs, container: JsonRecord): void {
  const name = textOf(container['name']);
  if (name === undefined) return;
  const labels: LabelPairs = [...pod, ['container', name]];
  const used = (part: string): number | undefined =>
    amountOf(recordOf(container[part])?.['usedBytes']);
  text.add('gauge', 'wk_stats_container_rootfs_used_bytes', labels, used('rootfs'));
  text.add('gauge', 'wk_stats_container_logs_used_bytes', labels, used('logs'));
}

function addNetwork(text: PageText, pod: LabelPairs, network: JsonRecord | undefined): void {
  if (network === undefined) return;
  const main = textOf(network['name']);
  const listed = recordsOf(network['interfaces']);
  for (const one of listed.length > 0 ? listed : [network]) {
    const name = textOf(one['name']);
    const received = amountOf(one['rxBytes']);
    const sent = amountOf(one['txBytes']);
    // The kernel's own devices are in every namespace, and nothing goes through them.
    const isIdle = (received ?? 0) === 0 && (sent ?? 0) === 0;
    if (name === undefined || name === 'lo' || (isIdle && name !== main)) continue;
    const labels: LabelPairs = [...pod, ['interface', name]];
    text.add('counter', 'wk_stats_pod_network_receive_bytes_total', labels, received);
    text.add('counter', 'wk_stats_pod_network_transmit_bytes_total', labels, sent);
  }
}

function addVolume(text: PageText, volume: JsonRecord): void {
  const claim = recordOf(volume['pvcRef']);
  const name = textOf(claim?.['name']);
  const namespace = textOf(claim?.['namespace']);
  if (name === undefined || namespace === undefined) return;
  const labels: LabelPairs = [
    ['namespace', namespace],
    ['persistentvolumeclaim', name],
  ];
  text.add('gauge', 'wk_stats_volume_capacity_bytes', labels, amountOf(volume['capacityBytes']));
  text.add('gauge', 'wk_stats_volume_used_bytes', labels, amountOf(volume['usedBytes']));
  text.add('gauge', 'wk_stats_volume_available_bytes', labels, amountOf(volume['availableBytes']));
  text.add('gauge', 'wk_stats_volume_inodes', labels, amountOf(volume['inodes']));
  text.add('gauge', 'wk_stats_volume_inodes_used', labels, amountOf(volume['inodesUsed']));
}

function recordOf(value: unknown): JsonRecord | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as JsonRecord) : undefined;
}

function recordsOf(value: unknown): readonly JsonRecord[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map(recordOf).filter((one) => one !== undefined);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
