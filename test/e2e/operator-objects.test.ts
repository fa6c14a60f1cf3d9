/** prometheus-operator's objects and annotations in a real cluster: from the object to the effect. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Program, removeDataDir, startProgram } from '../../bench/process.ts';
import { applyObjects } from '../cluster/manifests.ts';
import { operatorCrds } from '../cluster/operator-crds.ts';
import { clusterClient, runningCluster } from '../cluster/running-cluster.ts';
import { watchkeeperProgram } from '../programs.ts';

const kubeconfig = runningCluster();
const NAMESPACE = 'operator-test';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const object = (apiVersion: string, kind: string, name: string, rest: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE },
  ...rest,
});

function objects(hookUrl: string) {
  const api = 'monitoring.coreos.com';
  const secret = (key: string): object => ({ name: 'secrets', key });
  const always = (alert: string, namespace: string): object => ({
    alert,
    expr: 'vector(1)',
    labels: { severity: 'page', namespace },
  });
  const receiver = { name: 'hook', webhookConfigs: [{ urlSecret: secret('url') }] };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    object('v1', 'Secret', 'secrets', { stringData: { url: hookUrl, user: 'me', word: 'hidden' } }),
    object(`${api}/v1`, 'ServiceMonitor', 'dns', {
      spec: {
        namespaceSelector: { matchNames: ['kube-system'] },
        selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        jobLabel: 'k8s-app',
        endpoints: [
          { port: 'metrics', basicAuth: { username: secret('user'), password: secret('word') } },
          { port: 'metrics', bearerTokenSecret: { name: 'gone', key: 'x' } },
        ],
      },
    }),
    object(`${api}/v1`, 'PrometheusRule', 'rules', {
      spec: {
        groups: [
          { name: 'good', interval: '1s', rules: [always('Mine', NAMESPACE), always('Not', 'x')] },
          { name: 'bad', rules: [{ alert: 'X', expr: 'sum(' }] },
        ],
      },
    }),
    object(`${api}/v1beta1`, 'AlertmanagerConfig', 'team', {
      spec: { route: { receiver: 'hook', groupWait: '1s' }, receivers: [receiver] },
    }),
  ] as const;
}

interface Status {
  readonly kind: string;
  readonly errors: readonly string[];
  readonly gives: readonly string[];
}

describe.skipIf(kubeconfig === undefined)("the operator's objects (with the test cluster)", () => {
  const file = kubeconfig ?? '';
  const received: string[] = [];
  let program: Program;
  let hook: Server | undefined;

  const data = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${program.url}/api/v1/${path}`);
    return ((await response.json()) as { data: T }).data;
  };
  const eventually = async (what: string, probe: () => Promise<boolean>): Promise<void> => {
    const endMs = Date.now() + 60_000;
    while (!(await probe())) {
      if (Date.now() > endMs) throw new Error(`not within a minute: ${what}`);
      await new Promise((done) => setTimeout(done, 250));
    }
  };

  beforeAll(async () => {
    hook = createServer((request, response) => {
      request.on('data', (chunk) => received.push(String(chunk)));
      request.on('end', () => response.end());
    });
    await new Promise<void>((done) => hook?.listen(0, '127.0.0.1', done));
    const { port } = hook.address() as AddressInfo;
    const config = {
      global: { scrape_interval: '1s' },
      clusters: [{ name: 'real', kubeconfig_file: file }],
    };
    program = await startProgram(watchkeeperProgram(JSON.stringify(config)));
    const api = clusterClient(file);
    for (const crd of operatorCrds()) await api.apply(`${CRDS}/${crd.metadata.name}`, crd);
    await eventually('the kinds are served', async () => {
      const groups = await api.find('/apis/monitoring.coreos.com/v1beta1').catch(() => undefined);
      return groups !== undefined;
    });
    await applyObjects(api, objects(`http://127.0.0.1:${port}/`));
  });

  afterAll(async () => {
    await program.stop();
    removeDataDir(program);
    hook?.close();
    const api = clusterClient(file);
    await api.remove(`/api/v1/namespaces/${NAMESPACE}`);
    for (const { metadata } of operatorCrds()) await api.remove(`${CRDS}/${metadata.name}`);
  });

  test('say what became of them', async () => {
    let found: readonly Status[] = [];
    await eventually('all are taken', async () => {
      found = (await data<{ monitors: readonly Status[] }>('clusters/real/monitors')).monitors;
      return found.length === 3;
    });
    expect(found.map(({ kind, errors, gives }) => [kind, errors, gives])).toEqual([
      ['AlertmanagerConfig', [], [`real/${NAMESPACE}/team/hook`]],
      ['PrometheusRule', [expect.stringContaining('group "bad"')], ['good']],
      ['ServiceMonitor', ['secrets "gone" not found'], [`real/serviceMonitor/${NAMESPACE}/dns/0`]],
    ]);
    expect(JSON.stringify(found)).not.toContain('hidden');
  });

  test('a ServiceMonitor is scraped', async () => {
    const query = `up{job="kube-dns",endpoint="metrics",service="kube-dns",cluster="real"}`;
    await eventually('samples are there', async () => {
      const { result } = await data<{ result: { value: [number, string] }[] }>(
        `query?query=${encodeURIComponent(query)}`,
      );
      return result[0]?.value[1] === '1';
    });
  });

  test('an annotated Service is scraped', async () => {
    const query = 'up{job="kubernetes-service-endpoints",service="kube-dns"}';
    await eventually('samples are there', async () => {
      const { result } = await data<{ result: readonly unknown[] }>(
        `query?query=${encodeURIComponent(query)}`,
      );
      return result.length > 0;
    });
  });

  test('an AlertmanagerConfig tells of its own namespace', async () => {
    await eventually('somebody is told', () => Promise.resolve(received.length > 0));
    expect(received.join()).toContain('"Mine"');
    expect(received.join()).not.toContain('"Not"');
  });
});
