import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { clusterRig, connect, serverCluster } from '../../test/cluster-rig.ts';
import { listen } from '../../test/listening-server.ts';
import { checkCluster } from './check-cluster.ts';
import { NEEDED_RULES } from './needed-rules.ts';

interface Attributes {
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly verb?: string;
  readonly namespace?: string;
  readonly path?: string;
}

const NOW_MS = Date.UTC(2026, 0, 1);

/** An API server that answers reviews by `isAllowed`. */
async function reviewing(isAllowed: (attributes: Attributes) => boolean, username: string) {
  const asked: Attributes[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    const send = (body: unknown): void => {
      response.setHeader('date', new Date(NOW_MS + 45_000).toUTCString());
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    };
    const { pathname } = new URL(incoming.url ?? '/', 'http://server');
    if (pathname === '/version') send({ gitVersion: 'v1.34.4' });
    else if (pathname.endsWith('/selfsubjectreviews')) {
      send({ status: { userInfo: { username, groups: ['system:authenticated'] } } });
    } else if (pathname.endsWith('/selfsubjectaccessreviews')) {
      const { spec } = JSON.parse(text) as {
        spec: { resourceAttributes?: Attributes; nonResourceAttributes?: Attributes };
      };
      const attributes = spec.resourceAttributes ?? spec.nonResourceAttributes ?? {};
      asked.push(attributes);
      send({ status: { allowed: isAllowed(attributes) } });
    } else if (pathname === '/api/v1/pods') {
      send({
        items: [{ metadata: { labels: { 'app.kubernetes.io/name': 'kube-state-metrics' } } }],
      });
    } else if (pathname === '/api/v1/nodes') {
      // Nothing listens on the kubelet's port of this address.
      const addresses = [{ type: 'InternalIP', address: '127.0.0.9' }];
      send({ items: [{ metadata: { name: 'n' }, status: { addresses } }] });
    } else if (pathname === '/api/v1/namespaces') response.writeHead(422).end('{}');
    else response.writeHead(404).end('{}');
  };
  const server = await listen((incoming, response) => void answer(incoming, response));
  return { url: server.url, asked };
}

function find(check: Awaited<ReturnType<typeof checkCluster>>, name: string) {
  return check.items.find((item) => item.name === name);
}

describe('checkCluster', () => {
  test('with all rights nothing is missing, and the rest is told', async () => {
    const { url, asked } = await reviewing(() => true, 'system:serviceaccount:watchkeeper:wk');
    const check = await checkCluster(connect(clusterRig(), serverCluster('c', url)), NOW_MS);

    expect(check.missingRoles).toBe('');
    expect(check.items.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(find(check, 'connection')?.detail).toContain('v1.34.4');
    expect(find(check, 'identity')?.detail).toBe('system:serviceaccount:watchkeeper:wk');
    expect(find(check, 'clock')).toMatchObject({ state: 'warning' });
    expect(find(check, 'watch-list')?.detail).toContain('pages');
    expect(find(check, 'kubelets')).toMatchObject({ state: 'warning' });
    expect(find(check, 'neighbours')?.detail).toBe('kube-state-metrics');
    const rights = NEEDED_RULES.map(({ verbs, resources, nonResourceURLs }) => {
      return verbs.length * (resources.length + nonResourceURLs.length);
    });
    expect(asked).toHaveLength(rights.reduce((sum, count) => sum + count, 0));
  });

  test('what is missing is named, and granted by the manifest', async () => {
    const { url } = await reviewing(
      ({ resource, verb, subresource, path }) =>
        resource !== 'secrets' &&
        path !== '/metrics' &&
        subresource !== 'stats' &&
        !(resource === 'pods' && verb === 'watch') &&
        !(resource === 'services' && verb === 'watch'),
      'system:serviceaccount:ns:name',
    );
    const check = await checkCluster(connect(clusterRig(), serverCluster('c', url)), NOW_MS);

    expect(find(check, 'rights: discovery and object state')).toBeDefined();
    const failed = check.items.filter(({ state }) => state === 'failed');
    expect(failed.map(({ detail }) => detail)).toEqual([
      'may not get nodes/stats',
      'may not get /metrics',
      'may not watch pods, watch services',
    ]);
    const documents = parseAllDocuments(check.missingRoles).map((one) => one.toJS() as unknown);
    expect(documents).toEqual([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'watchkeeper-missing' },
        rules: [
          { apiGroups: [''], resources: ['nodes/stats'], verbs: ['get'] },
          { nonResourceURLs: ['/metrics'], verbs: ['get'] },
          { apiGroups: [''], resources: ['pods', 'services'], verbs: ['watch'] },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'watchkeeper-missing' },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'watchkeeper-missing',
        },
        subjects: [{ kind: 'ServiceAccount', name: 'name', namespace: 'ns' }],
      },
    ]);
  });

  test('of some namespaces, rights are asked and granted there', async () => {
    const { url } = await reviewing(({ resource, namespace }) => {
      return resource !== 'pods' || namespace === 'a';
    }, 'ann');
    const cluster = connect(clusterRig(), serverCluster('c', url, {}, ['a', 'b']));
    const check = await checkCluster(cluster, NOW_MS);
    const [role, binding] = parseAllDocuments(check.missingRoles).map(
      (one) => one.toJS() as Record<string, unknown>,
    );

    expect(role).toMatchObject({
      kind: 'Role',
      metadata: { namespace: 'b' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
    expect(binding?.['subjects']).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' },
    ]);
  });

  test('a server that is not there ends the list, with what to do', async () => {
    const cluster = connect(clusterRig(), serverCluster('c', 'http://127.0.0.1:1'));
    const check = await checkCluster(cluster, NOW_MS);

    expect(check.items).toEqual([
      {
        name: 'connection',
        state: 'failed',
        detail: 'dial tcp 127.0.0.1:1: connect: connection refused',
        fix: 'check address, port and firewalls between here and the API server',
      },
    ]);
  });
});

test('deploy/rbac.yaml grants what is needed, and nothing else', () => {
  const file = resolve(import.meta.dirname, '../../deploy/rbac.yaml');
  const role = parseAllDocuments(readFileSync(file, 'utf8'))
    .map((one) => one.toJS() as { kind: string; rules: unknown })
    .find(({ kind }) => kind === 'ClusterRole');
  const needed = NEEDED_RULES.filter(({ optional }) => !optional).map((rule) => {
    const { apiGroups, resources, nonResourceURLs, verbs } = rule;
    return nonResourceURLs.length > 0
      ? { nonResourceURLs, verbs }
      : { apiGroups, resources, verbs };
  });

  expect(role?.rules).toEqual(needed);
  expect(JSON.stringify(needed)).not.toMatch(/secrets|configmaps|create|update|patch|delete|"\*"/);
});
