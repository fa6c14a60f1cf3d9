/** The cases of Prometheus' own tests of the roles endpoints and endpointslice. */
import { describe, expect, test } from 'vitest';
import { kubernetesObject } from '../../../test/memory-cluster.ts';
import { inOrder, NOTHING_ATTACHED, relatedTo, shown } from '../../../test/shown-groups.ts';
import type { EndpointSlice, Endpoints } from './discovered-objects.ts';
import { buildEndpoints } from './endpoints-targets.ts';
import { buildEndpointSlice } from './endpointslice-targets.ts';

const TCP = { protocol: 'TCP' };
const POD = kubernetesObject('Pod', 'default', 'p', {
  spec: {
    nodeName: 'n1',
    containers: [
      { name: 'c1', image: 'c1:1', ports: [{ name: 'main', containerPort: 9000, ...TCP }] },
      { name: 'c2', image: 'c2:1', ports: [{ name: 'side', containerPort: 9001, ...TCP }] },
    ],
    initContainers: [
      { name: 'ic1', image: 'ic1:1', ports: [{ name: 'init', containerPort: 1111, ...TCP }] },
      { name: 'ic2', image: 'ic2:1', ports: [{ name: 'init', containerPort: 9111, ...TCP }] },
    ],
  },
  status: { hostIP: '2.3.4.5', podIP: '1.2.3.4' },
});
const POD_LABELS = `~pod_name=p ~pod_ip=1.2.3.4 ~pod_host_ip=2.3.4.5 ~pod_node_name=n1
  ~pod_ready=unknown ~pod_uid=uid-p`;
const REFERENCE = { kind: 'Pod', namespace: 'default', name: 'p' };
const NODES = ['foobar', 'barbaz'].map((name) =>
  kubernetesObject('Node', '', name, {}, { labels: { az: `us-${name}` } }),
);
const nodeLabels = (name: string): string =>
  `~node_name=${name} ~node_label_az=us-${name} ~node_labelpresent_az=true`;
const SERVICE = kubernetesObject('Service', 'default', 'e', {}, { labels: { 'app/name': 'test' } });
const SERVICE_LABELS =
  '~service_name=e ~service_label_app_name=test ~service_labelpresent_app_name=true';
const container = (name: string, port: string, number: number, isInit: boolean): string =>
  `~pod_container_name=${name} ~pod_container_image=${name}:1 ~pod_container_port_name=${port}
   ~pod_container_port_number=${number} ~pod_container_port_protocol=TCP
   ~pod_container_init=${isInit} ${POD_LABELS}`;

describe('role endpoints', () => {
  const endpoints = (subsets: object[] | undefined, metadata: object = {}): Endpoints =>
    kubernetesObject(
      'Endpoints',
      'default',
      'e',
      subsets === undefined ? {} : { subsets },
      metadata,
    );
  const plain = endpoints(
    [
      {
        addresses: [{ ip: '1.2.3.4', hostname: 'h1', nodeName: 'foobar' }],
        ports: [{ name: 'p', port: 9000, ...TCP }],
      },
      {
        addresses: [{ ip: '2.3.4.5' }],
        notReadyAddresses: [{ ip: '2.3.4.5' }],
        ports: [{ name: 'p', port: 9001, ...TCP }],
      },
      {
        addresses: [{ ip: '6.7.8.9', targetRef: { kind: 'Node', name: 'barbaz' } }],
        ports: [{ name: 'p', port: 9002, ...TCP }],
      },
    ],
    { annotations: { 'test.annotation': 'test' } },
  );
  const port = '~endpoint_port_name=p ~endpoint_port_protocol=TCP';
  const GROUP = `~namespace=default ~endpoints_name=e ~endpoints_annotation_test_annotation=test
    ~endpoints_annotationpresent_test_annotation=true`;

  test.each([
    ['without a service', [], false, ''],
    ['with a service', [SERVICE], false, SERVICE_LABELS],
    ['with nodes', [SERVICE, ...NODES], true, SERVICE_LABELS],
  ])('address × port, %s', (_name, objects, node, labels) => {
    const attached = { ...NOTHING_ATTACHED, node };
    expect(shown(buildEndpoints(plain, relatedTo(...objects), attached))).toEqual({
      source: 'endpoints/default/e',
      labels: inOrder(`${GROUP} ${labels}`),
      targets: [
        `__address__=1.2.3.4:9000 ~endpoint_hostname=h1 ~endpoint_node_name=foobar ${port}
         ~endpoint_ready=true ${node ? nodeLabels('foobar') : ''}`,
        `__address__=2.3.4.5:9001 ${port} ~endpoint_ready=true`,
        `__address__=2.3.4.5:9001 ${port} ~endpoint_ready=false`,
        `__address__=6.7.8.9:9002 ~endpoint_address_target_kind=Node ${port} ~endpoint_ready=true
         ~endpoint_address_target_name=barbaz ${node ? nodeLabels('barbaz') : ''}`,
      ].map(inOrder),
    });
  });

  test('a Pod gives its labels, and targets for the ports that no endpoint has', () => {
    const object = endpoints([
      {
        addresses: [{ ip: '4.3.2.1', targetRef: REFERENCE }],
        ports: [
          { name: 'a', port: 9000, ...TCP },
          { name: 'b', port: 9111, ...TCP },
        ],
      },
    ]);
    const of = (address: string, name: string): string =>
      `__address__=${address} ~endpoint_address_target_kind=Pod ~endpoint_address_target_name=p
       ~endpoint_port_name=${name} ~endpoint_port_protocol=TCP ~endpoint_ready=true`;
    expect(shown(buildEndpoints(object, relatedTo(POD), NOTHING_ATTACHED)).targets).toEqual(
      [
        `${of('4.3.2.1:9000', 'a')} ${container('c1', 'main', 9000, false)}`,
        `${of('4.3.2.1:9111', 'b')} ${container('ic2', 'init', 9111, true)}`,
        `__address__=1.2.3.4:9001 ${container('c2', 'side', 9001, false)}`,
        `__address__=1.2.3.4:1111 ${container('ic1', 'init', 1111, true)}`,
      ].map(inOrder),
    );
  });

  test('a Pod without an address has no targets but the endpoints', () => {
    const waiting = { ...POD, status: {} };
    const object = endpoints([
      { addresses: [{ ip: '4.3.2.1', targetRef: REFERENCE }], ports: [{ port: 9000 }] },
    ]);
    expect(buildEndpoints(object, relatedTo(waiting), NOTHING_ATTACHED).targets).toHaveLength(1);
  });

  test('no subsets, no targets', () => {
    expect(buildEndpoints(endpoints(undefined), relatedTo(), NOTHING_ATTACHED).targets).toEqual([]);
  });
});

describe('role endpointslice', () => {
  const slice = (rest: object, labels: object = { 'kubernetes.io/service-name': 'e' }) =>
    kubernetesObject('EndpointSlice', 'default', 's', rest, { labels }) as EndpointSlice;
  const conditions = { ready: true, serving: true, terminating: false };
  const plain = slice({
    addressType: 'IPv4',
    ports: [{ name: 'p', port: 9000, protocol: 'TCP', appProtocol: 'http' }],
    endpoints: [
      {
        addresses: ['1.2.3.4'],
        conditions,
        hostname: 'h1',
        targetRef: {},
        nodeName: 'foobar',
        deprecatedTopology: { 'a/b': 'value' },
        zone: 'us-east-1a',
      },
      { addresses: ['2.3.4.5'], conditions: { ready: false, serving: true, terminating: true } },
      { addresses: ['4.5.6.7'], targetRef: { kind: 'Node', name: 'barbaz' } },
    ],
  });
  const port = `~endpointslice_port=9000 ~endpointslice_port_app_protocol=http
    ~endpointslice_port_name=p ~endpointslice_port_protocol=TCP`;
  const GROUP = `~namespace=default ~endpointslice_name=s ~endpointslice_address_type=IPv4
    ~endpointslice_label_kubernetes_io_service_name=e
    ~endpointslice_labelpresent_kubernetes_io_service_name=true`;
  const states = (ready: boolean, serving: boolean, terminating: boolean): string =>
    `~endpointslice_endpoint_conditions_ready=${ready}
     ~endpointslice_endpoint_conditions_serving=${serving}
     ~endpointslice_endpoint_conditions_terminating=${terminating}`;

  test.each([
    ['without a service', [], false, ''],
    ['with a service', [SERVICE], false, SERVICE_LABELS],
    ['with nodes', [SERVICE, ...NODES], true, SERVICE_LABELS],
  ])('address × port, %s', (_name, objects, node, labels) => {
    const attached = { ...NOTHING_ATTACHED, node };
    expect(shown(buildEndpointSlice(plain, relatedTo(...objects), attached))).toEqual({
      source: 'endpointslice/default/s',
      labels: inOrder(`${GROUP} ${labels}`),
      targets: [
        `__address__=1.2.3.4:9000 ${port} ${states(true, true, false)}
         ~endpointslice_endpoint_hostname=h1 ~endpointslice_endpoint_node_name=foobar
         ~endpointslice_endpoint_topology_a_b=value
         ~endpointslice_endpoint_topology_present_a_b=true
         ~endpointslice_endpoint_zone=us-east-1a ${node ? nodeLabels('foobar') : ''}`,
        `__address__=2.3.4.5:9000 ${port} ${states(false, true, true)}`,
        `__address__=4.5.6.7:9000 ${port} ~endpointslice_address_target_kind=Node
         ~endpointslice_address_target_name=barbaz ${node ? nodeLabels('barbaz') : ''}`,
      ].map(inOrder),
    });
  });

  test('a Pod gives its labels, and targets for the ports that no endpoint has', () => {
    const object = slice({
      addressType: 'IPv4',
      ports: [
        { name: 'a', port: 9000, ...TCP },
        { name: 'b', port: 9111, ...TCP },
        { name: 'none' },
      ],
      endpoints: [{ addresses: ['4.3.2.1'], targetRef: REFERENCE }],
    });
    const of = (address: string): string =>
      `__address__=${address} ~endpointslice_address_target_kind=Pod
       ~endpointslice_address_target_name=p`;
    const ported = (name: string, number: number): string =>
      `${of(`4.3.2.1:${number}`)} ~endpointslice_port=${number} ~endpointslice_port_name=${name}
       ~endpointslice_port_protocol=TCP`;
    expect(shown(buildEndpointSlice(object, relatedTo(POD), NOTHING_ATTACHED)).targets).toEqual(
      [
        `${ported('a', 9000)} ${container('c1', 'main', 9000, false)}`,
        `${ported('b', 9111)} ${container('ic2', 'init', 9111, true)}`,
        `${of('4.3.2.1')} ~endpointslice_port_name=none ${POD_LABELS}`,
        `__address__=1.2.3.4:9001 ${container('c2', 'side', 9001, false)}`,
        `__address__=1.2.3.4:1111 ${container('ic1', 'init', 1111, true)}`,
      ].map(inOrder),
    );
  });

  test.each([
    ['PreferDualStack', ['IPv4', 'IPv6'], 1],
    ['RequireDualStack', ['IPv4', 'IPv6'], 1],
    ['PreferDualStack', ['IPv6', 'IPv4'], 0],
    ['PreferDualStack', [], 1],
    ['SingleStack', ['IPv6'], 1],
    [undefined, ['IPv6'], 1],
  ])('of a service with %s and %j the IPv4 slice has %i targets', (policy, families, count) => {
    const spec = policy === undefined ? {} : { ipFamilyPolicy: policy };
    const service = { ...SERVICE, spec: { ...spec, ipFamilies: families } };
    const object = slice({
      addressType: 'IPv4',
      ports: [{ port: 9000 }],
      endpoints: [{ addresses: ['1.2.3.4'] }],
    });
    const group = buildEndpointSlice(object, relatedTo(service), NOTHING_ATTACHED);
    expect(group.targets).toHaveLength(count);
    expect(group.labels.get('__meta_kubernetes_service_name')).toBe('e');
  });

  test.each([[null], [[]]])('endpoints %j are none', (endpoints) => {
    const object = slice({ endpoints, ports: null });
    expect(buildEndpointSlice(object, relatedTo(), NOTHING_ATTACHED).targets).toEqual([]);
  });
});
