import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigErrors } from '../../config/config-errors.ts';
import { testFolder } from '../../test/certificates.ts';
import { inClusterSettings } from './in-cluster.ts';
import { clustersOfConfig, clustersOfEnvironment, connectionSettings } from './known-clusters.ts';
import { loadKubeconfig } from './load-kubeconfig.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import { resolveContext } from './resolve-context.ts';

const NO_DISCOVERY = { annotations: false, operator: false, operatorFiles: false };

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const DATA = Buffer.from(PEM).toString('base64');

const FULL = `
apiVersion: v1
kind: Config
current-context: a
preferences: {}
clusters:
- name: c
  cluster:
    server: https://k:6443/behind/proxy
    certificate-authority-data: ${DATA}
    tls-server-name: kubernetes
    proxy-url: socks5://p:1080
    extensions: [{name: x, extension: {any: thing}}]
- name: files
  cluster: {server: "https://k", certificate-authority: pki/ca.pem}
- name: insecure
  cluster: {server: "k:8080", insecure-skip-tls-verify: true}
users:
- name: token
  user: {token: s3cret1, tokenFile: }
- name: file
  user: {token: s3cret2, tokenFile: token}
- name: cert
  user: {client-certificate-data: ${DATA}, client-key-data: ${DATA}}
- name: basic
  user: {username: u, password: s3cret3}
- name: exec
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/get-token
      args: [--cluster, c]
      env: [{name: A, value: s3cret4}]
      installHint: install it
      provideClusterInfo: true
      interactiveMode: Never
- name: as
  user:
    token: s3cret5
    as: ann
    as-uid: "7"
    as-groups: [g1, g2]
    as-user-extra: {reason: [r1, r2]}
- name: old
  user: {auth-provider: {name: gcp, config: {access-token: s3cret6}}}
contexts:
- {name: a, context: {cluster: c, user: token, namespace: ns}}
- {name: b, context: {cluster: files, user: file}}
- {name: cert, context: {cluster: c, user: cert}}
- {name: basic, context: {cluster: c, user: basic}}
- {name: exec, context: {cluster: c, user: exec}}
- {name: as, context: {cluster: c, user: as}}
- {name: old, context: {cluster: c, user: old}}
- {name: insecure, context: {cluster: insecure}}
- {name: no-cluster, context: {cluster: gone, user: token}}
- {name: no-user, context: {cluster: c, user: gone}}
`;

function read(text: string) {
  return readKubeconfig('kc', Buffer.from(text), '/dir');
}

function resolve(context: string, execPlugins = true) {
  return resolveContext(read(FULL), context, { execPlugins });
}

describe('a context', () => {
  test('with a token', () => {
    const settings = resolve('a');
    expect(settings.server.href).toBe('https://k:6443/behind/proxy');
    expect(settings.tls).toMatchObject({ ca: { text: PEM }, serverName: 'kubernetes' });
    expect(settings.proxyUrl).toBe('socks5://p:1080');
    expect(settings.auth.kind === 'token' && 'value' in settings.auth.source).toBe(true);
  });

  test('with files, which start where the kubeconfig is; a token file counts more', () => {
    const settings = resolve('b');
    expect(settings.tls.ca).toEqual({ file: '/dir/pki/ca.pem' });
    expect(settings.auth).toEqual({ kind: 'token', source: { file: '/dir/token' } });
  });

  test('with a certificate, a password, impersonation, no user at all', () => {
    expect(resolve('cert')).toMatchObject({ auth: { kind: 'none' }, tls: { cert: { text: PEM } } });
    expect(resolve('basic').auth.kind).toBe('basic');
    expect(resolve('as').impersonate).toEqual({
      user: 'ann',
      uid: '7',
      groups: ['g1', 'g2'],
      extra: { reason: ['r1', 'r2'] },
    });
    expect(resolve('insecure')).toMatchObject({
      auth: { kind: 'none' },
      tls: { insecureSkipVerify: true },
    });
    expect(resolve('insecure').server.href).toBe('http://k:8080/');
  });

  test('with a plugin, if plugins are allowed', () => {
    expect(resolve('exec').auth).toEqual({
      kind: 'exec',
      plugin: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: '/dir/bin/get-token',
        args: ['--cluster', 'c'],
        env: { A: 's3cret4' },
        installHint: 'install it',
        provideClusterInfo: true,
        interactiveMode: 'Never',
      },
    });
    expect(() => resolve('exec', false)).toThrow(/kc:\d+:\d+: .*get-token may not be run/);
  });

  test('that makes no connection says where and why', () => {
    expect(() => resolve('old')).toThrow(
      /^kc:\d+:9: auth-provider gcp is not supported.*gke-gcloud/,
    );
    expect(() => resolve('no-cluster')).toThrow(/^kc:\d+:\d+: there is no cluster "gone"$/);
    expect(() => resolve('no-user')).toThrow(/^kc:\d+:\d+: there is no user "gone"$/);
    expect(() => resolve('x')).toThrow('no context "x", but a, b, cert');
    expect(() => resolve('')).toThrow('no current-context');
  });
});

describe('mistakes have places', () => {
  test.each([
    ['kind: Pod', '1:7: this is a Pod and no kubeconfig (is it the right file?)'],
    ['clusters: {a: b}', '1:11: yaml: unmarshal errors: cannot unmarshal !!map into []cluster'],
    ['clusters: [{cluster: {server: a}}]', '1:12: a cluster has no name (add name)'],
    [
      'clusters: [{name: a, cluster: {server: s, certificate-authority-data: xxxx}}]',
      '1:71: certificate-authority-data is no PEM in base64 (is it cut off?)',
    ],
    [
      'clusters: [{name: a, cluster: {server: s, proxy-url: "ftp://p"}}]',
      '1:54: not the URL of a proxy (write http://, https:// or socks5://)',
    ],
    [
      `clusters: [{name: a, cluster: {insecure-skip-tls-verify: true, certificate-authority: f}}]`,
      '1:58: a certificate authority is of no use without verification (remove one of them)',
    ],
    [
      'users: [{name: u, user: {token: a, username: b}}]',
      '1:46: both token and username (remove one of them)',
    ],
    [
      'users: [{name: u, user: {exec: {command: c, apiVersion: x/v1alpha1}}}]',
      '1:57: unknown version x/v1alpha1 (use client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1)',
    ],
    ['users: [{name: u, user: {as-groups: [g]}}]', '1:37: nobody to act as (add as)'],
    [
      'users: [{name: u, user: {client-certificate: f}}]',
      '1:46: a client certificate without its key',
    ],
    ['a: [', '1:5: yaml:'],
  ])('%s', (text, problem) => {
    const errors = (() => {
      try {
        read(text);
        return [];
      } catch (error) {
        if (!(error instanceof ConfigErrors)) throw error;
        return error.problems.map(({ message }) => message);
      }
    })();
    expect(errors[0]).toContain(`kc:${problem}`);
    expect(errors).toHaveLength(1);
  });

  test('whatever the file, it is read or refused, and no secret is shown', () => {
    const lines = FULL.split('\n');
    fc.assert(
      fc.property(fc.nat(lines.length), fc.nat(lines.length), fc.string(), (at, to, text) => {
        const changed = [...lines.slice(0, at), text, ...lines.slice(to)].join('\n');
        try {
          read(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigErrors);
        }
      }),
    );
    expect(inspect(read(FULL).users.get('token'), { depth: 9 })).not.toContain('s3cret');
  });
});

describe('files', () => {
  test('of KUBECONFIG are merged, the first counts; missing ones are left out', async () => {
    const folder = testFolder();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const one = file('one', 'clusters: [{name: c, cluster: {server: "https://one"}}]');
    const two = file(
      'two',
      `current-context: x
clusters: [{name: c, cluster: {server: "https://two"}}]
contexts: [{name: x, context: {cluster: c}}, {name: y, context: {cluster: c}}]`,
    );
    const env = { KUBECONFIG: `${one}:${join(folder, 'missing')}::${two}` };
    const [definition] = await clustersOfEnvironment(env);

    expect(definition).toMatchObject({ name: 'x', origin: 'environment' });
    const settings = await connectionSettings(definition?.access as never, env);
    expect(settings.server.href).toBe('https://one/');

    const entry = { name: '', enabled: true, namespaces: [], discovery: NO_DISCOVERY };
    const kubeconfig = { kind: 'kubeconfig', file: undefined, execPlugins: true } as const;
    const all = await clustersOfConfig(
      [
        { ...entry, access: { ...kubeconfig, contexts: 'all' } },
        { ...entry, access: { ...kubeconfig, contexts: ['x'] } },
        { ...entry, name: 'named', access: { ...kubeconfig, contexts: ['gone'] } },
        { ...entry, name: 'off', enabled: false, access: { ...kubeconfig, contexts: 'current' } },
      ],
      env,
    );
    expect(all.map(({ name }) => name)).toEqual(['x', 'y', 'x-2', 'named']);
  });

  test('that cannot be read are clusters that say why', async () => {
    const access = { kind: 'kubeconfig', contexts: 'current', execPlugins: true } as const;
    const entry = { name: '', enabled: true, namespaces: [], discovery: NO_DISCOVERY };
    const [missing] = await clustersOfConfig(
      [{ ...entry, access: { ...access, file: '/nowhere/kc' } }],
      {},
    );
    expect(missing?.name).toBe('/nowhere/kc');
    await expect(connectionSettings(missing?.access as never, {})).rejects.toThrow(
      'there is no kubeconfig /nowhere/kc',
    );
    const [all] = await clustersOfConfig(
      [{ ...entry, access: { ...access, contexts: 'all', file: '/nowhere/kc' } }],
      {},
    );
    await expect(connectionSettings(all?.access as never, {})).rejects.toThrow('/nowhere/kc');
    await expect(loadKubeconfig(['/'])).rejects.toThrow('cannot read the kubeconfig /: EISDIR');
  });
});

test('the service account of a Pod', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'sa'));
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  await expect(inClusterSettings({})).rejects.toThrow('this is no Pod');
  await expect(inClusterSettings(env, folder)).rejects.toThrow('no service account token');
  writeFileSync(join(folder, 'token'), 't');
  writeFileSync(join(folder, 'ca.crt'), PEM);
  const settings = await inClusterSettings(env, folder);

  expect(settings.server.href).toBe('https://[fd00::1]/');
  expect(settings.tls.ca).toEqual({ file: join(folder, 'ca.crt') });
  expect(settings.auth).toEqual({ kind: 'token', source: { file: join(folder, 'token') } });
});
