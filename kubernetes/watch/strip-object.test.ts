import { describe, expect, test } from 'vitest';
import { ObjectStripper } from './strip-object.ts';

const container = {
  name: 'c',
  image: 'registry.example/app:1',
  ports: [{ containerPort: 80 }],
  resources: { limits: { memory: '1Gi' } },
  env: [{ name: 'A', value: 'b' }],
  command: ['run'],
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
  readinessProbe: { httpGet: { port: 80 } },
};
const kept = {
  name: 'c',
  image: 'registry.example/app:1',
  ports: [{ containerPort: 80 }],
  resources: { limits: { memory: '1Gi' } },
};

function strip(object: object, kind: string) {
  return new ObjectStripper().strip(structuredClone(object) as never, kind);
}

describe('what is left of an arriving object', () => {
  test('nothing that is secret', () => {
    const secret = {
      metadata: { name: 's' },
      type: 'Opaque',
      data: { key: 'dmFsdWU=' },
      stringData: {},
    };
    expect(strip(secret, 'Secret')).toEqual({ metadata: { name: 's' }, type: 'Opaque' });
  });

  test('the data of other kinds', () => {
    const map = { metadata: { name: 'm' }, data: { key: 'value' } };
    expect(strip(map, 'ConfigMap')).toEqual(map);
  });

  test('who wrote last, of all who wrote', () => {
    const metadata = {
      name: 'a',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'x' },
      managedFields: [
        { manager: 'kubectl', time: '2026-01-01T00:00:05Z', fieldsV1: {} },
        { manager: 'controller', time: '2026-01-01T00:00:01Z', fieldsV1: {} },
      ],
    };
    expect(strip({ metadata }, 'Service')).toEqual({
      metadata: { name: 'a', annotations: { mine: 'x' }, lastManager: 'kubectl' },
    });
  });

  test('of a Pod what metrics, discovery and alarms read', () => {
    const pod = {
      spec: {
        containers: [container],
        initContainers: [container],
        affinity: { podAffinity: {} },
        volumes: [
          { name: 'token', projected: { sources: [{}], defaultMode: 420 } },
          { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
        ],
      },
      status: { containerStatuses: [{ name: 'c', restartCount: 1, volumeMounts: [] }] },
    };
    expect(strip(pod, 'Pod')).toEqual({
      spec: {
        containers: [kept],
        initContainers: [kept],
        volumes: [
          { name: 'token', projected: { defaultMode: 420 } },
          { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
        ],
      },
      status: { containerStatuses: [{ name: 'c', restartCount: 1 }] },
    });
  });

  test('templates that people write, not their copies', () => {
    const owner = {
      spec: {
        template: { metadata: { annotations: { a: 'b' } }, spec: { containers: [container] } },
      },
    };
    expect(strip(owner, 'Deployment')).toEqual(owner);
    expect(strip(owner, 'ReplicaSet')).toEqual({
      spec: { template: { metadata: {}, spec: { containers: [kept] } } },
    });
  });

  test('is what it was where objects are odd', () => {
    for (const odd of [{}, { metadata: null }, { spec: [] }, { spec: { containers: [null, 1] } }]) {
      expect(strip(odd, 'Pod')).toEqual(odd);
    }
  });

  test('equal tolerations are one list', () => {
    const stripper = new ObjectStripper();
    const pod = () => ({ spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } });
    const [one, two] = [stripper.strip(pod(), 'Pod'), stripper.strip(pod(), 'Pod')] as {
      spec: { tolerations: unknown };
    }[];
    expect(one?.spec.tolerations).toBe(two?.spec.tolerations);
  });
});
