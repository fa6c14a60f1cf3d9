/** Two real clusters at once, one of them with trouble. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ApiClient } from '../cluster/api-client.ts';
import { knownComponents, upSecond } from '../cluster/cluster.ts';
import { secondControlPlane } from '../cluster/settings.ts';
import { describeWithTwoClusters } from '../cluster/test-cluster.ts';
import {
  query,
  type RunningProgram,
  runProgram,
  temporaryDir,
  until,
  writeFileIn,
} from './run-program.ts';

const WITHIN_MS = 150_000;
const TIMEOUT = { timeout: 4 * WITHIN_MS };
const ACCOUNT = 'wk-token-test';

await describeWithTwoClusters('two clusters', (clusters) => {
  const dir = temporaryDir();
  const tokenFile = join(dir.path, 'token');
  let program: RunningProgram;
  let first: ApiClient;
  let second: ApiClient;

  beforeAll(async () => {
    const [one, two] = clusters();
    first = new ApiClient(one.access);
    second = new ApiClient(two.access);
    await makeAccount();
    writeFileSync(tokenFile, await requestToken());
    writeFileSync(join(dir.path, 'ca.pem'), two.access.ca ?? '');
    const config = stringify({
      clusters: [
        { name: 'first', kubeconfig_file: one.kubeconfig },
        {
          name: 'second',
          api_server: two.access.server,
          bearer_token_file: tokenFile,
          tls_config: { ca_file: 'ca.pem' },
        },
      ],
    });
    program = await runProgram([
      `--config.file=${writeFileIn(dir.path, 'watchkeeper.yaml', config)}`,
      `--data=${join(dir.path, 'data')}`,
      '--listen=127.0.0.1:0',
    ]);
  });
  afterAll(async () => {
    await program.stop();
    await removeAccount();
    await Promise.all([first.close(), second.close()]);
    dir.remove();
    rmSync(tokenFile, { force: true });
  });

  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
  async function makeAccount(): Promise<void> {
    await removeAccount();
    await second.text('POST', accounts, { metadata: { name: ACCOUNT } });
    await second.text('POST', bindings, {
      metadata: { name: ACCOUNT },
      subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: 'default' }],
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
    });
  }
  async function removeAccount(): Promise<void> {
    await second.text('DELETE', `${accounts}/${ACCOUNT}`).catch(() => undefined);
    await second.text('DELETE', `${bindings}/${ACCOUNT}`).catch(() => undefined);
  }
  async function requestToken(): Promise<string> {
    const answer = await second.text('POST', `${accounts}/${ACCOUNT}/token`, {
      spec: { expirationSeconds: 3600 },
    });
    return (JSON.parse(answer) as { status: { token: string } }).status.token;
  }

  const values = async (expr: string) => {
    const { data } = await query(program.url, expr);
    return Object.fromEntries(
      data.result.map(({ metric, value }) => [metric['cluster'] ?? '', Number(value[1])]),
    );
  };
  const untilValues = (expr: string, isRight: (found: Record<string, number>) => boolean) =>
    until(
      async () => {
        const found = await values(expr);
        return isRight(found) ? found : undefined;
      },
      WITHIN_MS,
      () => `${expr}\n${program.output().slice(-3000)}`,
    );
  const isReachable = async (name: string) => {
    const response = await fetch(`${program.url}/api/v1/clusters/${name}`);
    return ((await response.json()) as { data: { reachable: boolean } }).data.reachable;
  };
  const untilReachable = (name: string, wanted: boolean) =>
    until(
      async () => ((await isReachable(name)) === wanted ? true : undefined),
      WITHIN_MS,
      () => program.output().slice(-3000),
    );

  test('a query over both is right for each, and so is one of one alone', TIMEOUT, async () => {
    const names = async (api: ApiClient) => (await api.list('/api/v1/namespaces')).length;
    const expected = { first: await names(first), second: await names(second) };

    const expr = 'count by (cluster) (kube_namespace_created)';
    const found = await untilValues(
      expr,
      (now) => now['first'] === expected.first && now['second'] === expected.second,
    );
    expect(found).toEqual(expected);
    expect(await values('count by (cluster) (kube_namespace_created{cluster="second"})')).toEqual({
      second: expected.second,
    });
  });

  test(
    'a token that is not valid any more is told, and one that replaces it is used',
    TIMEOUT,
    async () => {
      await removeAccount();
      await untilReachable('second', false);
      const response = await fetch(`${program.url}/api/v1/clusters/second`);
      const answer = await response.text();
      expect(answer).toMatch(/401|Unauthorized/i);
      expect(await isReachable('first')).toBe(true);

      await makeAccount();
      writeFileSync(tokenFile, await requestToken());
      await untilReachable('second', true);
      expect(program.output()).not.toContain('eyJ');
    },
  );

  test(
    'an API server that is killed takes nothing of the other with it, and comes back',
    TIMEOUT,
    async () => {
      const server = knownComponents().find(
        ({ cluster, component }) =>
          cluster === secondControlPlane().name && component.name === 'kube-apiserver',
      )?.component;
      const pid = server?.pid();
      expect(pid).toBeDefined();
      process.kill(pid as number, 'SIGKILL');
      await untilReachable('second', false);
      const before = await values('count by (cluster) (kube_pod_info{cluster="first"})');
      expect(before['first']).toBeGreaterThan(0);

      await upSecond();
      await untilReachable('second', true);
      const services = '/api/v1/namespaces/default/services';
      await second.text('DELETE', `${services}/wk-after-kill`).catch(() => undefined);
      await second.text('POST', services, {
        metadata: { name: 'wk-after-kill' },
        spec: { ports: [{ port: 80 }] },
      });
      await untilValues(
        'count by (cluster) (kube_service_info{service="wk-after-kill"})',
        (found) => found['second'] === 1,
      );
      await second.text('DELETE', `${services}/wk-after-kill`);
    },
  );
});
