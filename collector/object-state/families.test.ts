import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATE_METRICS_OPT_IN, STATE_RESOURCES } from '../../config/state-types.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { chooseFamilies } from './chosen-families.ts';
import { familyLines } from './exposition.ts';
import type { ObjectFamilies } from './family.ts';

const EVERY_KEY = Object.fromEntries(STATE_RESOURCES.map((name) => [name, ['*']]));
const ALL = chooseFamilies({
  resources: STATE_RESOURCES,
  labelsAllowList: EVERY_KEY,
  annotationsAllowList: EVERY_KEY,
  optIn: STATE_METRICS_OPT_IN,
});

/** Samples of an object, those of which every object has one left out. */
function linesOf(resource: string, object: object): readonly string[] {
  const { families, labels } = ALL.find(({ name }) => name === resource) as ObjectFamilies;
  const whole = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'o', namespace: 'n', uid: 'u', resourceVersion: '7' },
    ...object,
  };
  return families
    .flatMap((family) => familyLines(family, whole, labels(whole)).trim().split('\n'))
    .filter((line) => line !== '' && !/^kube_[a-z]+_(?:labels|annotations|owner)\{/.test(line));
}

function meta(more: object): object {
  return { metadata: { name: 'o', namespace: 'n', uid: 'u', resourceVersion: '7', ...more } };
}

describe('families of objects', () => {
  test('are the 336 of kube-state-metrics, each once', () => {
    const names = ALL.flatMap(({ families }) => families.map(({ name }) => name));
    expect(names.length).toBe(336);
    expect(new Set(names).size).toBe(336);
    expect(ALL.map(({ name }) => name)).toEqual(STATE_RESOURCES);
  });

  test('a Pod whose container crashes again and again', () => {
    const lines = linesOf('pods', {
      spec: {
        nodeName: 'n1',
        containers: [
          {
            name: 'c',
            image: 'i:1',
            resources: {
              requests: { cpu: '100m', memory: '1Gi', 'nvidia.com/gpu': '1', odd: '3' },
            },
          },
        ],
      },
      status: {
        phase: 'Running',
        conditions: [
          { type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' },
        ],
        containerStatuses: [
          {
            name: 'c',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: {
              terminated: {
                exitCode: 137,
                reason: 'OOMKilled',
                finishedAt: '2026-01-01T00:00:01Z',
              },
            },
          },
        ],
      },
    });
    const pod = 'namespace="n",pod="o",uid="u"';
    expect(lines).toEqual(
      expect.arrayContaining([
        `kube_pod_container_status_waiting_reason{${pod},container="c",reason="CrashLoopBackOff"} 1`,
        `kube_pod_container_status_last_terminated_reason{${pod},container="c",reason="OOMKilled"} 1`,
        `kube_pod_container_status_last_terminated_exitcode{${pod},container="c"} 137`,
        `kube_pod_container_status_restarts_total{${pod},container="c"} 4`,
        `kube_pod_status_ready{${pod},condition="true"} 0`,
        `kube_pod_status_ready{${pod},condition="false"} 1`,
        `kube_pod_status_ready{${pod},condition="unknown"} 0`,
        `kube_pod_status_phase{${pod},phase="Running"} 1`,
        `kube_pod_container_resource_requests{${pod},container="c",node="n1",resource="cpu",unit="core"} 0.1`,
        `kube_pod_container_resource_requests{${pod},container="c",node="n1",resource="memory",unit="byte"} 1.073741824e+09`,
        `kube_pod_container_resource_requests{${pod},container="c",node="n1",resource="nvidia_com_gpu",unit="integer"} 1`,
      ]),
    );
    expect(lines.some((line) => line.includes('odd'))).toBe(false);
    expect(
      lines.some((line) => line.startsWith('kube_pod_container_status_terminated_reason')),
    ).toBe(false);
  });

  test('a Deployment in the middle of an update', () => {
    const lines = linesOf('deployments', {
      ...meta({ generation: 3 }),
      spec: {
        replicas: 10,
        strategy: { rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      },
      status: {
        replicas: 12,
        updatedReplicas: 4,
        conditions: [{ type: 'Progressing', status: 'True', reason: 'Somehow' }],
      },
    });
    const own = 'namespace="n",deployment="o"';
    expect(lines).toEqual([
      `kube_deployment_metadata_generation{${own}} 3`,
      `kube_deployment_spec_paused{${own}} 0`,
      `kube_deployment_spec_replicas{${own}} 10`,
      `kube_deployment_spec_strategy_rollingupdate_max_surge{${own}} 3`,
      `kube_deployment_spec_strategy_rollingupdate_max_unavailable{${own}} 2`,
      `kube_deployment_status_condition{${own},reason="unknown",condition="Progressing",status="true"} 1`,
      `kube_deployment_status_condition{${own},reason="unknown",condition="Progressing",status="false"} 0`,
      `kube_deployment_status_condition{${own},reason="unknown",condition="Progressing",status="unknown"} 0`,
      `kube_deployment_status_observed_generation{${own}} 0`,
      `kube_deployment_status_replicas{${own}} 12`,
      `kube_deployment_status_replicas_available{${own}} 0`,
      `kube_deployment_status_replicas_ready{${own}} 0`,
      `kube_deployment_status_replicas_unavailable{${own}} 0`,
      `kube_deployment_status_replicas_updated{${own}} 4`,
    ]);
  });

  test('a Job that failed, and one that failed for a reason nobody knows', () => {
    const failed = (reason: string): readonly string[] =>
      linesOf('jobs', {
        status: { failed: 3, conditions: [{ type: 'Failed', status: 'True', reason }] },
      }).filter((line) => line.startsWith('kube_job_status_failed'));
    const own = 'namespace="n",job_name="o"';
    expect(failed('DeadlineExceeded')).toEqual([
      `kube_job_status_failed{${own},reason="BackoffLimitExceeded"} 0`,
      `kube_job_status_failed{${own},reason="DeadlineExceeded"} 1`,
      `kube_job_status_failed{${own},reason="Evicted"} 0`,
    ]);
    expect(failed('Fire').at(-1)).toBe(`kube_job_status_failed{${own},reason=""} 3`);
  });

  test('a CronJob by its zone, an autoscaler without a minimum, a quota', () => {
    expect(
      linesOf('cronjobs', {
        spec: { schedule: '30 2 * * *', timeZone: 'Asia/Tokyo' },
        status: { lastScheduleTime: '2026-01-01T17:30:00Z' },
      }),
    ).toContain('kube_cronjob_next_schedule_time{namespace="n",cronjob="o"} 1.767375e+09');
    expect(
      linesOf('horizontalpodautoscalers', {
        spec: {
          maxReplicas: 5,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } },
          ],
        },
      }),
    ).toEqual(
      expect.arrayContaining([
        'kube_horizontalpodautoscaler_spec_min_replicas{namespace="n",horizontalpodautoscaler="o"} 1',
        'kube_horizontalpodautoscaler_spec_target_metric{namespace="n",horizontalpodautoscaler="o",metric_name="cpu",metric_target_type="utilization",container=""} 80',
      ]),
    );
    expect(linesOf('resourcequotas', { status: { hard: { 'requests.cpu': '1500m' } } })).toContain(
      'kube_resourcequota{namespace="n",resourcequota="o",resource="requests.cpu",type="hard"} 1.5',
    );
  });

  test('volumes, webhooks, certificates and leases', () => {
    expect(linesOf('persistentvolumes', { spec: { iscsi: { iqn: 'q' } } }).join('\n')).toContain(
      'iscsi_iqn="q",iscsi_lun="0"',
    );
    expect(
      linesOf('certificatesigningrequests', {
        spec: { signerName: 's' },
        status: { certificate: Buffer.from('abcde').toString('base64') },
      }),
    ).toContain(
      'kube_certificatesigningrequest_cert_length{certificatesigningrequest="o",signer_name="s"} 5',
    );
    expect(linesOf('leases', { spec: { renewTime: '2026-01-01T00:00:00.123456Z' } })).toEqual([
      'kube_lease_renew_time{lease="o",namespace="n"} 1.7672256e+09',
    ]);
    expect(
      linesOf('validatingwebhookconfigurations', { webhooks: [{ name: 'w', clientConfig: {} }] }),
    ).toContain(
      'kube_validatingwebhookconfiguration_webhook_clientconfig_service{namespace="n",validatingwebhookconfiguration="o",webhook_name="w",service_name="",service_namespace=""} 1',
    );
  });

  test('a quote, a backslash and a line feed in a label are escaped', () => {
    expect(linesOf('roles', meta({ name: 'a"b\\c\nd' }))[0]).toContain('role="a\\"b\\\\c\\nd"');
  });

  test('an object that leaves out whatever it may gives no error', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 9 })), (dice) => {
        const object = {
          ...(without(FULL, dice) as object),
          apiVersion: 'v1',
          kind: 'X',
          metadata: META,
        };
        for (const { families, labels } of ALL) {
          for (const family of families) familyLines(family, object, labels(object));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('an object that has nothing but its metadata', () => {
    const bare: KubernetesObject = { apiVersion: 'v1', kind: 'X', metadata: META };
    const half = { ...bare, spec: {}, status: {} };
    for (const { families, labels } of ALL) {
      for (const family of families) {
        for (const object of [bare, half]) familyLines(family, object, labels(object));
      }
    }
  });
});

const META = { name: 'o', namespace: 'n', uid: 'u', resourceVersion: '' };

/** Fields of objects of many kinds, so that every family finds something. */
const CONTAINER_STATE = {
  waiting: { reason: 'r' },
  running: { startedAt: '2026-01-01T00:00:00Z' },
  terminated: { exitCode: 1, reason: 'r', startedAt: 'x', finishedAt: '2026-01-01T00:00:00Z' },
};
const METRIC = {
  metric: { name: 'm' },
  name: 'm',
  target: { value: '1' },
  current: { value: '2' },
};
const FULL = {
  type: 'Opaque',
  provisioner: 'p',
  addressType: 'IPv4',
  secrets: [{ name: 's' }],
  imagePullSecrets: [{ name: 's' }],
  roleRef: { kind: 'Role', name: 'r' },
  subsets: [
    { addresses: [{ ip: '1.1.1.1' }], notReadyAddresses: [{ ip: 'i' }], ports: [{ port: 1 }] },
  ],
  ports: [{ name: 'p', protocol: 'TCP', port: 1 }],
  endpoints: [
    {
      addresses: ['1.1.1.1'],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name: 'p' },
      hints: { forZones: [{ name: 'z' }] },
    },
  ],
  webhooks: [{ name: 'w', clientConfig: { service: { name: 's', namespace: 'n' } } }],
  spec: {
    containers: [
      { name: 'c', image: 'i', resources: { requests: { cpu: '1' }, limits: { cpu: 'x' } } },
    ],
    initContainers: [{ name: 'c', restartPolicy: 'Always' }],
    volumes: [
      { name: 'v', persistentVolumeClaim: { claimName: 'c' } },
      { name: 'e', ephemeral: {} },
    ],
    tolerations: [{ key: 'k', tolerationSeconds: 3 }],
    resourceClaims: [{ name: 'r', resourceClaimTemplateName: 't' }],
    overhead: { cpu: '1m', memory: '1' },
    nodeSelector: { a: 'b' },
    taints: [{ key: 'k', effect: 'NoSchedule' }],
    podCIDRs: ['10.0.0.0/8'],
    strategy: { rollingUpdate: { maxSurge: '1%', maxUnavailable: 'x' } },
    replicas: 3,
    schedule: '* * * * *',
    timeZone: 'Nowhere',
    ordinals: { start: 1 },
    metrics: [
      { type: 'Resource', resource: METRIC },
      { type: 'Pods', pods: METRIC },
      { type: 'Odd' },
    ],
    behavior: { scaleUp: { tolerance: '0.1' } },
    scaleTargetRef: { apiVersion: 'v1', kind: 'k', name: 'n' },
    csi: { driver: 'd', volumeAttributes: { mounter: 'm' } },
    fc: { wwids: ['a', 'b'], lun: 1 },
    claimRef: { name: 'c', namespace: 'n' },
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    source: { persistentVolumeName: 'p' },
    rules: [{ host: 'h', http: { paths: [{ path: '/', backend: { service: { name: 's' } } }] } }],
    tls: [{ hosts: ['h'], secretName: 's' }],
    externalIPs: ['1.2.3.4'],
    limits: [{ type: 'Pod', max: { cpu: '1' } }],
    paramKind: { kind: 'k' },
    paramRef: { name: 'p' },
    validationActions: ['Deny'],
    ingress: [{}],
    egress: [{}],
  },
  status: {
    phase: 'Running',
    reason: 'Evicted',
    qosClass: 'Burstable',
    podIPs: [{ ip: '::1' }, { ip: 'x' }],
    startTime: '2026-01-01T00:00:00Z',
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: null },
      { type: 'DisruptionTarget', status: 'True' },
      { type: 'Failed', status: 'True' },
    ],
    containerStatuses: [{ name: 'c', state: CONTAINER_STATE, lastState: CONTAINER_STATE }],
    initContainerStatuses: [{ name: 'c', state: CONTAINER_STATE }],
    resourceClaimStatuses: [{ name: 'r', resourceClaimName: 'c' }],
    capacity: { cpu: '1', 'a/b': '1', '/': '1' },
    allocatable: { pods: '110' },
    addresses: [{ type: 'InternalIP', address: '1.1.1.1' }],
    nodeInfo: { kernelVersion: 'k' },
    currentMetrics: [{ type: 'Object', object: METRIC }, { type: 'External' }],
    loadBalancer: { ingress: [{ ip: '1.1.1.1' }] },
    hard: { pods: '1' },
    used: { pods: '0' },
    attachmentMetadata: { a: 'b' },
    failed: 2,
    active: [{}],
  },
};

/** A copy with fields left out, null, or lists emptied, as the dice fall. */
function without(value: unknown, dice: Iterator<number>): unknown {
  const roll = (): number => dice.next().value as number;
  if (Array.isArray(value)) {
    return roll() === 0 ? [] : value.map((one: unknown) => without(one, dice));
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const fate = roll();
    if (fate === 0) return [];
    // Null stands for a field that is left out, but not for a part of a list.
    return [[name, fate === 1 ? null : without(field, dice)]];
  });
  return Object.fromEntries(kept);
}
