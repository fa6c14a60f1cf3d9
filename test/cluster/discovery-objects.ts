/** Objects of every role in the forms that discovery tells apart, in a namespace of their own. */

export const DISCOVERY_NAMESPACE = 'discovery';

const object = (apiVersion: string, kind: string, name: string, rest: object, metadata = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: DISCOVERY_NAMESPACE, ...metadata },
  ...rest,
});

const port = { name: 'http', port: 80, protocol: 'TCP' };

export const DISCOVERY_OBJECTS = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: DISCOVERY_NAMESPACE,
      labels: { 'team.test/name': 'sre' },
      annotations: { note: 'made by a test' },
    },
  },
  object('v1', 'Service', 'external', {
    spec: { type: 'ExternalName', externalName: 'a.test', ports: [port] },
  }),
  object('v1', 'Service', 'balanced', {
    spec: {
      type: 'LoadBalancer',
      loadBalancerIP: '192.0.2.7',
      selector: { app: 'none' },
      ports: [port],
    },
  }),
  object(
    'v1',
    'Service',
    'by-hand',
    {
      spec: {
        clusterIP: 'None',
        ipFamilyPolicy: 'SingleStack',
        ports: [port, { name: 'dns', port: 53, protocol: 'UDP' }],
      },
    },
    { labels: { 'a.b/c-d': 'x' }, annotations: { 'e.f/g': 'y z' } },
  ),
  object('v1', 'Endpoints', 'by-hand', {
    subsets: [
      {
        addresses: [
          { ip: '192.0.2.1', hostname: 'h1', nodeName: 'node-1' },
          { ip: '192.0.2.2', targetRef: { kind: 'Node', name: 'node-1' } },
        ],
        notReadyAddresses: [{ ip: '192.0.2.3' }],
        ports: [port, { name: 'dns', port: 53, protocol: 'UDP' }],
      },
    ],
  }),
  object(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    'by-hand-v6',
    {
      addressType: 'IPv6',
      ports: [{ ...port, appProtocol: 'http' }, { name: 'none' }],
      endpoints: [
        {
          addresses: ['2001:db8::1'],
          conditions: { ready: false, serving: true, terminating: true },
          hostname: 'h2',
          nodeName: 'node-1',
          zone: 'z1',
        },
      ],
    },
    { labels: { 'kubernetes.io/service-name': 'by-hand' } },
  ),
  object('networking.k8s.io/v1', 'Ingress', 'sites', {
    spec: {
      ingressClassName: 'some',
      tls: [{ hosts: ['*.sites.test'] }],
      rules: [
        { host: 'a.sites.test' },
        {
          host: 'sites.test',
          http: {
            paths: ['/', '/x'].map((path) => ({
              path,
              pathType: 'Prefix',
              backend: { service: { name: 'by-hand', port: { number: 80 } } },
            })),
          },
        },
      ],
    },
  }),
] as const;
