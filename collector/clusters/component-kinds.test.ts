import { expect, test } from 'vitest';
import { DEFAULT_COLLECTION } from '../../config/collection-types.ts';
import { Labels } from '../../model/labels.ts';
import { kubernetesObject } from '../../test/memory-cluster.ts';
import type { Pod } from '../discovery/kubernetes/discovered-objects.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { mutateSampleLabels } from '../scrape/sample-labels.ts';
import { type CollectedEntry, collectionOf } from './collection-of.ts';
import { COMPONENT_KINDS, componentOf, portOf } from './component-kinds.ts';

function pod(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  container: object = {},
): Pod {
  const spec = { containers: [{ name: 'c', ...container }] };
  return kubernetesObject('Pod', namespace, 'p', { spec }, { labels }) as Pod;
}

test.each([
  ['kube-scheduler', pod('kube-system', { component: 'kube-scheduler' }), 10_259],
  [
    'kube-controller-manager',
    pod(
      'kube-system',
      { component: 'kube-controller-manager' },
      { command: ['kube-controller-manager', '--secure-port=11257'] },
    ),
    11_257,
  ],
  [
    'kube-scheduler',
    pod('kube-system', { component: 'kube-scheduler' }, { args: ['--secure-port=0'] }),
    10_259,
  ],
  [
    'etcd',
    pod(
      'kube-system',
      { component: 'etcd' },
      { command: ['etcd', '--listen-metrics-urls=http://127.0.0.1:2391'] },
    ),
    2391,
  ],
  ['kube-proxy', pod('kube-system', { 'k8s-app': 'kube-proxy' }), 10_249],
  [
    'coredns',
    pod(
      'kube-system',
      { 'k8s-app': 'kube-dns' },
      { ports: [{ name: 'metrics', containerPort: 9154 }] },
    ),
    9154,
  ],
  [
    'node-exporter',
    pod(
      'monitoring',
      { 'app.kubernetes.io/name': 'node-exporter' },
      { args: ['--web.listen-address=:9101'] },
    ),
    9101,
  ],
  ['dcgm-exporter', pod('gpu-operator', { app: 'nvidia-dcgm-exporter' }), 9400],
  [undefined, pod('default', { component: 'kube-scheduler' }), 0],
  [undefined, pod('kube-system', { app: 'other' }), 0],
])('%s', (job, one, port) => {
  const kind = componentOf(one);
  expect(kind?.job).toBe(job);
  if (kind !== undefined) expect(portOf(kind, one)).toBe(port);
});

test('whose GPU it is, under either name', () => {
  const kind = COMPONENT_KINDS.find(({ component }) => component === 'dcgm_exporter');
  const relabeler = new Relabeler(kind?.metricRelabelConfigs ?? []);
  const labels = (record: Record<string, string>) =>
    mutateSampleLabels(
      Labels.fromRecord({ __name__: 'DCGM_FI_DEV_GPU_UTIL', gpu: '0', ...record }),
      Labels.fromRecord({ node: 'n1' }),
      true,
      relabeler,
    )?.toString();
  const wanted =
    '{__name__="DCGM_FI_DEV_GPU_UTIL", container="c", gpu="0", namespace="n", node="n1", pod="p"}';
  expect(labels({ pod: 'p', namespace: 'n', container: 'c' })).toBe(wanted);
  expect(
    labels({
      exported_pod: 'p',
      exported_namespace: 'n',
      exported_container: 'c',
      pod: 'dcgm-1',
    }),
  ).toBe(wanted);
});

test('the settings of a cluster are found by its name, its context, or the only kubeconfig', () => {
  const config = (
    name: string,
    contexts: 'current' | 'all' | string[],
    port: number,
  ): CollectedEntry => ({
    name,
    access: { kind: 'kubeconfig', file: '/kc', contexts, execPlugins: true },
    collection: { ...DEFAULT_COLLECTION, kubelet: { ...DEFAULT_COLLECTION.kubelet, port } },
  });
  const port = (configs: readonly CollectedEntry[], name: string) =>
    collectionOf(configs, name)?.kubelet.port;
  const configs = [config('a', 'current', 1), config('', ['b', 'c'], 2), config('', 'all', 3)];
  expect(['a', 'c', 'other'].map((name) => port(configs, name))).toEqual([1, 2, 3]);
  expect(port([config('a', 'current', 1)], 'b')).toBeUndefined();
});
