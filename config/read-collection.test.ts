import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_COLLECTION } from './collection-types.ts';
import { loadConfig } from './load-config.ts';
import { renderConfig } from './render-config.ts';
import type { Config } from './types.ts';

async function load(text: string): Promise<Config> {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-collection-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'wk.yml');
  writeFileSync(file, text);
  return loadConfig(file, { selfTarget: 'localhost:1' });
}

test('what is not said has its default; what is said is read, and rendered the same', async () => {
  const config = await load(`
clusters:
- name: a
  in_cluster: true
- name: b
  in_cluster: true
  kubelet: {mode: direct, allow_api_proxy: false, tls: verify, ca_file: /ca.pem, port: 10255,
    profile: full, interval: 15s, probes_interval: 2m, summary_interval: 90s,
    metric_relabel_configs: [{action: labeldrop, regex: image}]}
  components:
    api_server: {drop_buckets: false, interval: 1m}
    etcd: {urls: ['http://10.0.0.1:2381/metrics']}
    coredns: {enabled: false}
`);
  const [a, b] = config.clusters ?? [];
  expect(a?.collection).toEqual(DEFAULT_COLLECTION);
  expect(b?.collection.kubelet).toMatchObject({
    mode: 'direct',
    allowApiProxy: false,
    tls: 'verify',
    caFile: '/ca.pem',
    port: 10_255,
    profile: 'full',
    intervalMs: 15_000,
    probesIntervalMs: 120_000,
    summaryIntervalMs: 90_000,
    metricRelabelConfigs: [{ action: 'labeldrop', regex: 'image' }],
  });
  expect(b?.collection.components).toMatchObject({
    api_server: { dropsBuckets: false, intervalMs: 60_000 },
    etcd: { urls: ['http://10.0.0.1:2381/metrics'], enabled: true },
    coredns: { enabled: false },
  });
  const again = await load(renderConfig(config));
  expect(again.clusters).toEqual(config.clusters);
});

test.each([
  ['kubelet: {mod: auto}', '4:13: field mod not found in type kubelet'],
  ['kubelet: {mode: both}', '4:19: kubelet: unknown mode "both"'],
  ['kubelet: {tls: none}', '4:18: kubelet: unknown tls "none"'],
  ['kubelet: {profile: small}', '4:22: kubelet: unknown profile "small"'],
  ['kubelet: {port: 70000}', '4:19: kubelet: no port 70000'],
  ['kubelet: {interval: 1s}', '4:23: interval is less than 5s'],
  ['kubelet: {interval: 0}', 'interval'],
  ['kubelet: {mode: proxy, allow_api_proxy: false}', '4:43: kubelet: mode proxy, but'],
  ['kubelet: {tls: insecure, ca_file: a}', '4:37: kubelet: ca_file has no effect'],
  ['kubelet: [a]', '4:12: '],
  ['components: {scheduller: {}}', '4:16: field scheduller not found in type components'],
  ['components: {etcd: {urls: [10.0.0.1]}}', '4:30: etcd: '],
  ['components: {etcd: {drop_buckets: true}}', '4:23: field drop_buckets not found in type etcd'],
  ['components: {api_server: {urls: []}}', '4:29: field urls not found in type api_server'],
  ['components: {etcd: {metric_relabel_configs: [{action: no}]}}', '4:'],
])('%s is refused with its place', async (text, problem) => {
  const loading = load(`clusters:\n- name: a\n  in_cluster: true\n  ${text}\n`);
  await expect(loading).rejects.toThrow(problem);
});
