import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rig } from '../../test/ingest-rig.ts';
import type { Target } from '../scrape/target.ts';
import { openReadyzPreparer } from './readyz-page.ts';
import { openSummaryPreparer } from './summary-page.ts';

const NO_TARGET = {} as Target;

function prepare(json: unknown): string {
  return prepareText(JSON.stringify(json));
}

function prepareText(text: string): string {
  const page = { body: Buffer.from(text), contentType: 'application/json' };
  return Buffer.from(openSummaryPreparer(NO_TARGET).prepare(page, 0).body).toString();
}

test('what is there becomes series, what is not leaves none', () => {
  const text = prepare({
    node: {
      nodeName: 'n1',
      fs: {
        capacityBytes: 100,
        usedBytes: 40,
        availableBytes: 60,
        inodes: 9,
        inodesUsed: 4,
        inodesFree: 5,
      },
      runtime: { imageFs: { usedBytes: 7 } },
    },
    pods: [
      {
        podRef: { name: 'p', namespace: 'n' },
        'ephemeral-storage': { usedBytes: 12 },
        containers: [
          { name: 'c', rootfs: { usedBytes: 3 }, logs: { usedBytes: 2 } },
          { name: 'd' },
        ],
        network: {
          name: 'eth0',
          interfaces: [
            { name: 'eth0', rxBytes: 0, txBytes: 0 },
            { name: 'tunl0', rxBytes: 0, txBytes: 0 },
            { name: 'net1', rxBytes: 5, txBytes: 6 },
            { name: 'lo', rxBytes: 5, txBytes: 5 },
          ],
        },
        volume: [
          { name: 'v', pvcRef: { name: 'claim', namespace: 'n' }, usedBytes: 1, capacityBytes: 10 },
          { name: 'token', usedBytes: 1 },
        ],
      },
      // The same claim in another Pod of the node.
      {
        podRef: { name: 'q', namespace: 'n' },
        volume: [{ pvcRef: { name: 'claim', namespace: 'n' }, usedBytes: 1, capacityBytes: 10 }],
      },
    ],
  });
  expect(text.split('\n').filter((line) => !line.startsWith('#') && line !== '')).toEqual([
    'wk_node_fs_capacity_bytes{fs="nodefs"} 100',
    'wk_node_fs_used_bytes{fs="nodefs"} 40',
    'wk_node_fs_used_bytes{fs="imagefs"} 7',
    'wk_node_fs_available_bytes{fs="nodefs"} 60',
    'wk_node_fs_inodes{fs="nodefs"} 9',
    'wk_node_fs_inodes_used{fs="nodefs"} 4',
    'wk_node_fs_inodes_free{fs="nodefs"} 5',
    'wk_pod_ephemeral_storage_used_bytes{namespace="n",pod="p"} 12',
    'wk_stats_container_rootfs_used_bytes{namespace="n",pod="p",container="c"} 3',
    'wk_stats_container_logs_used_bytes{namespace="n",pod="p",container="c"} 2',
    'wk_stats_pod_network_receive_bytes_total{namespace="n",pod="p",interface="eth0"} 0',
    'wk_stats_pod_network_receive_bytes_total{namespace="n",pod="p",interface="net1"} 5',
    'wk_stats_pod_network_transmit_bytes_total{namespace="n",pod="p",interface="eth0"} 0',
    'wk_stats_pod_network_transmit_bytes_total{namespace="n",pod="p",interface="net1"} 6',
    'wk_stats_volume_capacity_bytes{namespace="n",persistentvolumeclaim="claim"} 10',
    'wk_stats_volume_used_bytes{namespace="n",persistentvolumeclaim="claim"} 1',
  ]);
});

test.each([
  ['', 'the answer is no JSON'],
  ['{"node":', 'the answer is no JSON'],
  ['[]', 'the answer is no JSON object'],
  ['null', 'the answer is no JSON object'],
  ['{}', 'there is no node in it'],
  ['{"node": 3}', 'there is no node in it'],
])('%s is no summary', (text, problem) => {
  expect(() => prepareText(text)).toThrow(problem);
});

test('whatever the fields hold, a page comes out that can be read', () => {
  const value = fc.oneof(
    fc.constantFrom(null, true, -1, 0, 1e300, 'x', 'a"b\\c\nd', '\ud800', [], {}),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const record = (keys: readonly string[]) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
  const podRef = fc.oneof(value, record(['name', 'namespace']));
  const list = (of: fc.Arbitrary<unknown>) => fc.oneof(value, fc.array(of, { maxLength: 3 }));
  const volume = fc.record(
    { pvcRef: podRef, usedBytes: value, inodes: value },
    { requiredKeys: [] },
  );
  const container = fc.record(
    { name: value, rootfs: record(['usedBytes']), logs: value },
    { requiredKeys: [] },
  );
  const network = fc.record(
    { name: value, rxBytes: value, interfaces: list(record(['name', 'rxBytes', 'txBytes'])) },
    { requiredKeys: [] },
  );
  const pod = fc.record(
    {
      podRef,
      containers: list(container),
      volume: list(volume),
      network: fc.oneof(value, network),
      'ephemeral-storage': value,
    },
    { requiredKeys: [] },
  );
  const summary = fc.record({
    node: fc.record({ fs: record(['usedBytes', 'inodes']), runtime: value }),
    pods: list(pod),
  });
  fc.assert(
    fc.property(summary, (json) => {
      const stats = new Rig().scrape(prepare(json));
      expect(stats.error).toBeUndefined();
      expect(stats.duplicates).toBe(0);
    }),
  );
});

test('checks of the API server, and what is no report of them', () => {
  const report = (text: string): string =>
    Buffer.from(
      openReadyzPreparer(NO_TARGET).prepare({ body: Buffer.from(text), contentType: '' }, 0).body,
    ).toString();
  expect(
    report('[+]ping ok\n[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\nx\n'),
  ).toBe(
    '# TYPE wk_apiserver_readyz gauge\n' +
      'wk_apiserver_readyz{component="ping"} 1\n' +
      'wk_apiserver_readyz{component="poststarthook/rbac/bootstrap-roles"} 0\n',
  );
  expect(() => report('ok')).toThrow('there are no checks');
  expect(() => report('')).toThrow('there are no checks');
});
