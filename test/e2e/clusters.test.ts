/** Clusters are added to the running program, kept sealed, and are there after kill -9. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { kubeconfig } from '../cluster-rig.ts';
import { KubernetesApiServer } from '../kubernetes-api-server.ts';
import { runCommand, runProgram, temporaryDir, until, writeFileIn } from './run-program.ts';

const dir = temporaryDir();
afterAll(() => dir.remove());

interface Listed {
  readonly data: {
    readonly clusters: readonly {
      readonly name: string;
      readonly origin: string;
      readonly reachable: boolean;
      readonly error?: string;
    }[];
  };
}

async function start(file: string) {
  const flags = [`--data=${dir.path}/data`, '--listen=127.0.0.1:0', `--config.file=${file}`];
  const program = await runProgram(['serve', ...flags]);
  onTestFinished(async () => void (await program.stop('SIGKILL')));
  const clusters = async () => {
    const answer = await fetch(`${program.url}/api/v1/clusters`);
    return ((await answer.json()) as Listed).data.clusters;
  };
  const reachable = (name: string) =>
    until(
      async () => {
        return (await clusters()).some((one) => one.name === name && one.reachable) || undefined;
      },
      undefined,
      program.output,
    );
  return { ...program, clusters, reachable };
}

describe('clusters of a running program', () => {
  test('are added, kept sealed, and removed; those of the configuration stay', async () => {
    const server = await new KubernetesApiServer().start();
    server.fault = ({ headers }, response) => {
      if (headers.authorization === 'Bearer s3cret-of-the-cluster') return false;
      response.writeHead(401).end('{}');
      return true;
    };
    writeFileIn(dir.path, 'own.token', 's3cret-of-the-cluster');
    const config = writeFileIn(
      dir.path,
      'watchkeeper.yaml',
      `clusters: [{name: own, api_server: "${server.url}", bearer_token_file: own.token}]\n`,
    );
    const file = writeFileIn(
      dir.path,
      'kubeconfig',
      kubeconfig(server.url, { token: 's3cret-of-the-cluster' }),
    );
    const first = await start(config);
    await first.reachable('own');

    const added = await runCommand([
      'clusters',
      'add',
      'added',
      `--kubeconfig=${file}`,
      `--url=${first.url}`,
    ]);
    expect(added).toEqual({ code: 0, output: 'watching added\n' });
    await first.reachable('added');
    await first.stop('SIGKILL');

    expect(statSync(`${dir.path}/data/secret.key`).mode & 0o777).toBe(0o600);
    const found = execFileSync('sh', [
      '-c',
      `grep -rl s3cret-of-the-cluster ${dir.path}/data || true`,
    ]);
    expect(found.toString()).toBe('');

    const second = await start(config);
    await second.reachable('added');
    expect((await second.clusters()).map(({ name, origin }) => [name, origin])).toEqual([
      ['own', 'configuration'],
      ['added', 'api'],
    ]);
    const removed = await runCommand(['clusters', 'remove', 'added', `--url=${second.url}`]);
    expect(removed).toEqual({ code: 0, output: 'no longer watching added\n' });
    const refused = await runCommand(['clusters', 'remove', 'own', `--url=${second.url}`]);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('one of the configuration');
    expect((await second.clusters()).map(({ name }) => name)).toEqual(['own']);
    expect(second.output()).not.toContain('s3cret');
  });

  test('that read files or run programs are refused', async () => {
    const program = await start(writeFileIn(dir.path, 'empty.yaml', 'clusters: []\n'));
    const post = async (body: unknown) => {
      const response = await fetch(`${program.url}/api/v1/clusters`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return `${response.status} ${((await response.json()) as { error?: string }).error}`;
    };
    const withUser = (user: object, cluster: object = {}) => ({
      kubeconfig: kubeconfig('https://k', user, cluster),
    });
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', 'id'],
    };

    expect(await post(withUser({ tokenFile: '/etc/shadow' }))).toContain(
      '400 tokenFile: files of this machine are not read for it',
    );
    expect(await post(withUser({}, { 'certificate-authority': 'x' }))).toContain('400 cert');
    expect(await post(withUser({ exec }))).toContain('400 the program sh may not be run');
    expect(await post({ kubeconfig: 'clusters: {a: b}' })).toContain('kubeconfig:1:11: yaml:');
    expect(await post({ server: 'https://k' })).toContain('400 give a kubeconfig, or server');
    expect(await post({ kubeconfg: '' })).toContain('400 unknown fields kubeconfg');
    expect(await post('no json s3cret')).toBe('400 the body is no JSON');
    expect(await program.clusters()).toEqual([]);
  });
});
