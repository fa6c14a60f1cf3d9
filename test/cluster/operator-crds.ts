/** prometheus-operator's kinds for a test cluster: the names are theirs, what is in them is free. */

const KINDS: readonly (readonly [kind: string, plural: string, version: string])[] = [
  ['ServiceMonitor', 'servicemonitors', 'v1'],
  ['PodMonitor', 'podmonitors', 'v1'],
  ['Probe', 'probes', 'v1'],
  ['ScrapeConfig', 'scrapeconfigs', 'v1alpha1'],
  ['PrometheusRule', 'prometheusrules', 'v1'],
  ['AlertmanagerConfig', 'alertmanagerconfigs', 'v1beta1'],
];

/** One CustomResourceDefinition for each kind. */
export function operatorCrds(): readonly { readonly metadata: { readonly name: string } }[] {
  const group = 'monitoring.coreos.com';
  return KINDS.map(([kind, plural, version]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  }));
}
