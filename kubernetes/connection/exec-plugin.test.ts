import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../test/certificates.ts';
import { clusterRig, connect, kubeconfig, kubeconfigCluster } from '../../test/cluster-rig.ts';
import { KubernetesApiServer, sendStatus } from '../../test/kubernetes-api-server.ts';
import { until } from '../../test/until.ts';

/** A plugin that counts its runs in a file, and prints what `body` says; $N is the count. */
function plugin(body: string, more: object = {}): object {
  const folder = testFolder();
  const script = join(folder, 'plugin');
  const text = `#!/bin/sh\necho run >> ${folder}/runs\nN=$(wc -l < ${folder}/runs | tr -d ' ')\n${body}\n`;
  writeFileSync(script, text, { mode: 0o755 });
  return {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: script, ...more },
  };
}

function credential(status: string): string {
  return `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":${status}}'`;
}

describe('credential plugins', () => {
  test('run once until a minute before the end, and once more at a 401', async () => {
    const server = await new KubernetesApiServer().start();
    const rig = clusterRig();
    const end = new Date(rig.clock.nowMs() + 600_000).toISOString();
    const body = credential(`{"token":"t'$N'","expirationTimestamp":"${end}"}`);
    const cluster = connect(rig, kubeconfigCluster(kubeconfig(server.url, plugin(body))));
    await Promise.all([1, 2, 3].map(() => cluster.json({ path: '/version' })));
    rig.clock.advance(539_000);
    await cluster.json({ path: '/version' });
    expect(new Set(server.authorizations)).toEqual(new Set(['Bearer t1']));

    rig.clock.advance(2000);
    await cluster.json({ path: '/version' });
    expect(server.authorizations.at(-1)).toBe('Bearer t2');

    server.fault = ({ headers }, response) => {
      if (headers.authorization === 'Bearer t9') return false;
      sendStatus(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    const before = server.requests.length;
    await expect(cluster.json({ path: '/x' })).rejects.toMatchObject({ code: 401 });
    expect(server.requests.slice(before).filter(({ path }) => path === '/x')).toHaveLength(2);
  });

  test('are told of the cluster, and get their variables', async () => {
    const server = await new KubernetesApiServer().start();
    const info = join(testFolder(), 'info');
    const body = `echo "$KUBERNETES_EXEC_INFO" > ${info}; ${credential(`{"token":"'$WHO'"}`)}`;
    const more = {
      provideClusterInfo: true,
      env: [{ name: 'WHO', value: 'me' }],
    };
    const definition = kubeconfigCluster(kubeconfig(server.url, plugin(body, more)));
    const cluster = connect(clusterRig({ PATH: process.env['PATH'] }), definition);
    await cluster.json({ path: '/version' });

    expect(server.authorizations[0]).toBe('Bearer me');
    expect(JSON.parse(readFileSync(info, 'utf8'))).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { cluster: { server: `${server.url}/`, config: null }, interactive: false },
    });
  });

  test.each([
    ['echo no json s3cret', {}, 'printed no JSON'],
    ['echo "[]"', {}, 'printed no ExecCredential'],
    [
      `echo '{"kind":"ExecCredential","apiVersion":"x/v1"}'`,
      {},
      'printed "x/v1", but client.authentication.k8s.io/v1 was asked',
    ],
    [credential('{}'), {}, 'gave neither token nor certificate'],
    [credential('{"clientCertificateData":"c"}'), {}, 'gave one of certificate and key only'],
    [credential('{"token":"s3cret","expirationTimestamp":"soon"}'), {}, 'gave a time that is none'],
    [
      'echo sign in first >&2; exit 3',
      { installHint: 'Ask Ann.' },
      'failed with 3: sign in first. Ask Ann.',
    ],
    ['true', { interactiveMode: 'Always' }, 'needs a terminal'],
    ['true', { command: '/nowhere/plugin' }, 'was not found'],
    ['head -c 2000000 /dev/zero', {}, 'printed more than 1048576 bytes'],
  ])('that fail say why, and nothing of what they printed: %s', async (body, more, problem) => {
    const cluster = connect(
      clusterRig(process.env),
      kubeconfigCluster(kubeconfig('http://127.0.0.1:1', plugin(body, more))),
    );
    const error = await cluster.json({ path: '/version' }).catch((one: unknown) => one);

    expect(error).toMatchObject({ name: 'ClusterUnreachable' });
    expect(String(error)).toContain(problem);
    expect(String(error)).not.toContain('s3cret');
  });

  test('that do not end are ended, with all that they started', async () => {
    const rig = clusterRig(process.env);
    const folder = testFolder();
    const body = `sleep 1000 & echo $! > ${folder}/pid; wait`;
    const cluster = connect(rig, kubeconfigCluster(kubeconfig('http://127.0.0.1:1', plugin(body))));
    const failed = cluster.json({ path: '/version' }).catch((one: unknown) => String(one));
    const pid = await until('running', () => {
      return existsSync(`${folder}/pid`) && Number(readFileSync(`${folder}/pid`, 'utf8'));
    });
    rig.clock.advance(61_000);

    expect(await failed).toContain('gave nothing within 60 s');
    await until('ended', () => {
      try {
        // A zombie that nobody waits for still has its number.
        return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');
      } catch {
        return true;
      }
    });
  });
});
