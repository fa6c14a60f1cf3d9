/** The cases of Prometheus' own tests of the roles node, pod, service and ingress. */
import { describe, expect, test } from 'vitest';
import { kubernetesObject } from '../../../test/memory-cluster.ts';
import { inOrder, NOTHING_ATTACHED, relatedTo, shown } from '../../../test/shown-groups.ts';
import type { Ingress, Node, Pod, Service } from './discovered-objects.ts';
import { buildIngress } from './ingress-targets.ts';
import { buildNode } from './node-targets.ts';
import { buildPod } from './pod-targets.ts';
import { buildService } from './service-targets.ts';

const NAMESPACE = kubernetesObject(
  'Namespace',
  '',
  'default',
  {},
  {
    labels: { 'app.io/team': 'platform' },
    annotations: { 'contact.email': 'a@b.c' },
  },
);
const NAMESPACE_LABELS = `~namespace_label_app_io_team=platform
  ~namespace_labelpresent_app_io_team=true ~namespace_annotation_contact_email=a@b.c
  ~namespace_annotationpresent_contact_email=true`;

describe('role node', () => {
  const node = (status: object, metadata: object = {}): Node =>
    kubernetesObject(
      'Node',
      '',
      'n1',
      {
        spec: { providerID: 'aws:///z/i-1' },
        status: { daemonEndpoints: { kubeletEndpoint: { Port: 10250 } }, ...status },
      },
      metadata,
    );
  const internal = { addresses: [{ type: 'InternalIP', address: '1.2.3.4' }] };

  test('labels, annotations and conditions', () => {
    const conditions = [
      { type: 'MemoryPressure', status: 'False' },
      { type: 'Ready', status: 'Unknown' },
      { type: 'example.com/Odd', status: 'True' },
    ];
    const group = buildNode(
      node(
        { ...internal, conditions },
        { labels: { 'test-label': 'a', empty: '' }, annotations: { 'a.b/c': 'd' } },
      ),
    );
    expect(shown(group)).toEqual({
      source: 'node/n1',
      labels: inOrder(`~node_name=n1 ~node_provider_id=aws:///z/i-1 ~node_label_test_label=a
        ~node_labelpresent_test_label=true ~node_labelpresent_empty=true
        ~node_annotation_a_b_c=d ~node_annotationpresent_a_b_c=true
        ~node_condition_memorypressure=false ~node_condition_ready=unknown
        ~node_condition_example_com_odd=true`),
      targets: ['__address__=1.2.3.4:10250 ~node_address_InternalIP=1.2.3.4 instance=n1'],
    });
  });

  test.each([
    [['Hostname', 'LegacyHostIP', 'ExternalDNS'], 'ExternalDNS'],
    [['Hostname', 'ExternalDNS', 'ExternalIP'], 'ExternalIP'],
    [['ExternalIP', 'InternalDNS'], 'InternalDNS'],
    [['InternalDNS', 'InternalIP'], 'InternalIP'],
    [['Hostname', 'LegacyHostIP'], 'LegacyHostIP'],
    [['Hostname'], 'Hostname'],
  ])('of addresses %j it is reached under %s', (types, wanted) => {
    const addresses = types.flatMap((type) => [
      { type, address: `${type}.test` },
      { type, address: 'second' },
    ]);
    const [target] = buildNode(node({ addresses })).targets;
    expect(target?.get('__address__')).toBe(`${wanted}.test:10250`);
  });

  test('without an address it has no targets; IPv6 has brackets', () => {
    expect(buildNode(node({})).targets).toEqual([]);
    const v6 = buildNode(node({ addresses: [{ type: 'InternalIP', address: 'fd00::1' }] }));
    expect(v6.targets[0]?.get('__address__')).toBe('[fd00::1]:10250');
  });
});

describe('role service', () => {
  const service = (name: string, spec: object, status: object = {}): Service =>
    kubernetesObject('Service', 'default', name, {
      spec: { ports: [{ name: 'p', protocol: 'TCP', port: 31900 }], ...spec },
      status,
    });
  const base = (name: string): string =>
    `__address__=${name}.default.svc:31900 ~service_port_name=p ~service_port_number=31900
     ~service_port_protocol=TCP`;

  test.each([
    [
      service('plain', { type: 'ClusterIP', clusterIP: '10.0.0.1' }),
      '~service_type=ClusterIP ~service_cluster_ip=10.0.0.1',
    ],
    [
      service('external', { type: 'ExternalName', externalName: 'foo.test' }),
      '~service_type=ExternalName ~service_external_name=foo.test',
    ],
    [
      service('lb', { type: 'LoadBalancer', clusterIP: '10.0.0.1', loadBalancerIP: '127.0.0.1' }),
      '~service_type=LoadBalancer ~service_cluster_ip=10.0.0.1 ~service_loadbalancer_ip=127.0.0.1',
    ],
    [
      service(
        'lb2',
        { type: 'LoadBalancer', clusterIP: '10.0.0.1', loadBalancerIP: '127.0.0.1' },
        { loadBalancer: { ingress: [{ ip: '192.168.1.15' }, {}, { ip: '2001:db8::1' }] } },
      ),
      `~service_type=LoadBalancer ~service_cluster_ip=10.0.0.1
       ~service_loadbalancer_ip=192.168.1.15,2001:db8::1`,
    ],
  ])('%#', (object, own) => {
    const { name } = object.metadata;
    expect(shown(buildService(object, relatedTo(), NOTHING_ATTACHED))).toEqual({
      source: `svc/default/${name}`,
      labels: inOrder(`~namespace=default ~service_name=${name}`),
      targets: [inOrder(`${base(name)} ${own}`)],
    });
  });

  test('each port is a target; the namespace gives labels where it is attached', () => {
    const object = service('two', {
      type: 'ClusterIP',
      ports: [
        { name: 'a', protocol: 'TCP', port: 1 },
        { name: 'b', protocol: 'UDP', port: 2 },
      ],
    });
    const attached = { ...NOTHING_ATTACHED, namespace: true };
    const group = buildService(object, relatedTo(NAMESPACE), attached);
    expect(group.targets.map((target) => target.get('__address__'))).toEqual([
      'two.default.svc:1',
      'two.default.svc:2',
    ]);
    expect(shown(group).labels).toBe(
      inOrder(`~namespace=default ~service_name=two ${NAMESPACE_LABELS}`),
    );
  });
});

describe('role pod', () => {
  const spec = {
    nodeName: 'n1',
    containers: [
      {
        name: 'c0',
        image: 'c0:latest',
        ports: [
          { name: 'p0', protocol: 'TCP', containerPort: 9000 },
          { name: 'p1', protocol: 'UDP', containerPort: 9001 },
        ],
      },
      { name: 'c1', image: 'c1:latest' },
    ],
    initContainers: [{ name: 'init', image: 'init:latest' }],
  };
  const status = {
    podIP: '1.2.3.4',
    hostIP: '2.3.4.5',
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'c0', containerID: 'docker://a' }],
    initContainerStatuses: [{ name: 'init', containerID: 'containerd://b' }],
  };
  const pod = (metadata: object = {}, more: object = {}): Pod =>
    kubernetesObject('Pod', 'default', 'p', { spec, status: { ...status, ...more } }, metadata);
  const OWN = `~namespace=default ~pod_name=p ~pod_ip=1.2.3.4 ~pod_host_ip=2.3.4.5
    ~pod_node_name=n1 ~pod_phase=Running ~pod_ready=true ~pod_uid=uid-p`;
  const owned = (kind: string, name: string): object => ({
    ownerReferences: [
      { kind: 'Other', name: 'x', uid: '1', apiVersion: 'v1' },
      { kind, name, uid: '2', apiVersion: 'v1', controller: true },
    ],
  });

  test('each port of each container, one target for a container without any', () => {
    const group = buildPod(
      pod({ labels: { 'a/b': 'c' }, annotations: { 'd/e': 'f' }, ...owned('Kind', 'owner') }),
      relatedTo(),
      NOTHING_ATTACHED,
    );
    const c0 = '~pod_container_name=c0 ~pod_container_image=c0:latest ~pod_container_init=false';
    expect(shown(group)).toEqual({
      source: 'pod/default/p',
      labels: inOrder(`${OWN} ~pod_label_a_b=c ~pod_labelpresent_a_b=true ~pod_annotation_d_e=f
        ~pod_annotationpresent_d_e=true ~pod_controller_kind=Kind ~pod_controller_name=owner`),
      targets: [
        `__address__=1.2.3.4:9000 ${c0} ~pod_container_id=docker://a ~pod_container_port_name=p0
         ~pod_container_port_number=9000 ~pod_container_port_protocol=TCP`,
        `__address__=1.2.3.4:9001 ${c0} ~pod_container_id=docker://a ~pod_container_port_name=p1
         ~pod_container_port_number=9001 ~pod_container_port_protocol=UDP`,
        `__address__=1.2.3.4 ~pod_container_name=c1 ~pod_container_image=c1:latest
         ~pod_container_init=false`,
        `__address__=1.2.3.4 ~pod_container_name=init ~pod_container_image=init:latest
         ~pod_container_init=true ~pod_container_id=containerd://b`,
      ].map(inOrder),
    });
  });

  test('without an address it has no targets', () => {
    expect(buildPod(pod({}, { podIP: '' }), relatedTo(), NOTHING_ATTACHED).targets).toEqual([]);
  });

  test('readiness that nobody tells is unknown', () => {
    const group = buildPod(pod({}, { conditions: [] }), relatedTo(), NOTHING_ATTACHED);
    expect(group.labels.get('__meta_kubernetes_pod_ready')).toBe('unknown');
  });

  const node = kubernetesObject('Node', '', 'n1', {}, { labels: { zone: 'a' } });
  const set = kubernetesObject('ReplicaSet', 'default', 'rs', {}, owned('Deployment', 'web'));
  const job = kubernetesObject('Job', 'default', 'j', {}, owned('CronJob', 'nightly'));
  test.each([
    [
      'node',
      pod(),
      { node: true },
      '~node_name=n1 ~node_label_zone=a ~node_labelpresent_zone=true',
    ],
    ['namespace', pod(), { namespace: true }, NAMESPACE_LABELS],
    [
      'deployment',
      pod(owned('ReplicaSet', 'rs')),
      { deployment: true },
      '~pod_controller_kind=ReplicaSet ~pod_controller_name=rs ~pod_deployment_name=web',
    ],
    [
      'no deployment',
      pod(owned('ReplicaSet', 'gone')),
      { deployment: true },
      '~pod_controller_kind=ReplicaSet ~pod_controller_name=gone',
    ],
    [
      'job',
      pod(owned('Job', 'j')),
      { job: true },
      '~pod_controller_kind=Job ~pod_controller_name=j ~pod_job_name=j',
    ],
    [
      'cronjob',
      pod(owned('Job', 'j')),
      { cronjob: true },
      '~pod_controller_kind=Job ~pod_controller_name=j ~pod_cronjob_name=nightly',
    ],
  ])('attached: %s', (_name, object, attach, own) => {
    const group = buildPod(object, relatedTo(node, NAMESPACE, set, job), {
      ...NOTHING_ATTACHED,
      ...attach,
    });
    expect(shown(group).labels).toBe(inOrder(`${OWN} ${own}`));
  });

  test('on a node that a selector left out it has no targets', () => {
    const attached = { ...NOTHING_ATTACHED, node: true };
    expect(buildPod(pod(), relatedTo(), attached).targets).toEqual([]);
  });
});

describe('role ingress', () => {
  const rules = [
    { host: 'example.com', http: { paths: [{ path: '/' }, { path: '/foo' }] } },
    { host: 'nobackend.example.com', http: {} },
    { host: 'test.example.com', http: { paths: [{}] } },
    { host: 'bare.example.com' },
  ];

  test.each([
    [[], 'http', 'http'],
    [['example.com', 'test.example.com'], 'https', 'https'],
    [['example.com'], 'https', 'http'],
    [['*.example.com'], 'http', 'https'],
    [['*.com'], 'https', 'http'],
  ])('TLS for %j', (hosts, first, second) => {
    const ingress: Ingress = kubernetesObject(
      'Ingress',
      'default',
      'i',
      { spec: { ingressClassName: 'nginx', tls: [{ hosts }], rules } },
      { labels: { 'a/b': 'c' } },
    );
    const attached = { ...NOTHING_ATTACHED, namespace: true };
    const target = (host: string, scheme: string, path: string): string =>
      inOrder(
        `__address__=${host} ~ingress_host=${host} ~ingress_scheme=${scheme} ~ingress_path=${path}`,
      );
    const bare = hosts[0] === '*.example.com' ? 'https' : 'http';
    expect(shown(buildIngress(ingress, relatedTo(NAMESPACE), attached))).toEqual({
      source: 'ingress/default/i',
      labels: inOrder(`~namespace=default ~ingress_name=i ~ingress_class_name=nginx
        ~ingress_label_a_b=c ~ingress_labelpresent_a_b=true ${NAMESPACE_LABELS}`),
      targets: [
        target('example.com', first, '/'),
        target('example.com', first, '/foo'),
        target('test.example.com', second, '/'),
        target('bare.example.com', bare, '/'),
      ],
    });
  });
});
