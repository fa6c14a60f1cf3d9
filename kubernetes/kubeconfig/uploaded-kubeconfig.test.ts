import { describe, expect, test } from 'vitest';
import { kubeconfig } from '../../test/cluster-rig.ts';
import { resolveUploaded } from './uploaded-kubeconfig.ts';

const exec = {
  apiVersion: 'client.authentication.k8s.io/v1',
  command: 'aws',
  args: ['eks', 'get-token'],
  env: [{ name: 'AWS_PROFILE', value: 'p' }],
};

function resolve(user: object, execPlugins: readonly string[] = [], cluster: object = {}) {
  return resolveUploaded(kubeconfig('https://k', user, cluster), '', { execPlugins });
}

describe('a kubeconfig that was sent', () => {
  test('connects by what is in it', () => {
    expect(resolve({ token: 't' }).auth.kind).toBe('token');
    expect(resolve({ exec }, ['aws', 'kubelogin']).auth).toMatchObject({
      kind: 'exec',
      plugin: { command: 'aws', env: { AWS_PROFILE: 'p' } },
    });
  });

  test('runs nothing that is not allowed by its plain name', () => {
    expect(() => resolve({ exec })).toThrow('the program aws may not be run');
    expect(() => resolve({ exec: { ...exec, command: './aws' } }, ['aws'])).toThrow('/aws may not');
    expect(() => resolve({ exec: { ...exec, command: '/tmp/aws' } }, ['aws'])).toThrow('/tmp/aws');
    for (const name of ['PATH', 'LD_PRELOAD', 'AWS_CONFIG_FILE']) {
      const changed = { ...exec, env: [{ name, value: '/tmp' }] };
      expect(() => resolve({ exec: changed }, ['aws'])).toThrow(`variables ${name} may not be set`);
    }
  });

  test('reads no file of this machine', () => {
    expect(() => resolve({ tokenFile: '/f' })).toThrow(/^tokenFile: files of this machine/);
    expect(() => resolve({ 'client-certificate': 'c', 'client-key': 'k' })).toThrow(
      'client-certificate, client-key: files',
    );
    expect(() => resolve({}, [], { 'certificate-authority': '/ca' })).toThrow('authority: files');
  });
});
