/** Renders service discoveries. */
import type {
  AnnotationDiscovery,
  DiscoveryConfig,
  KubernetesDiscovery,
} from './discovery-types.ts';
import { redactUrl } from './go-url.ts';
import { type Rendered, renderDuration, renderFields, renderLabels } from './render-fields.ts';
import { renderHttpClient } from './render-http-client.ts';

/** Fields to stand after those of a scrape config or an Alertmanager. */
export function renderDiscovery(
  configs: readonly DiscoveryConfig[],
): readonly (readonly [string, unknown])[] {
  const lists = new Map<string, unknown[]>();
  for (const config of configs) {
    if (config.kind === 'annotated') continue;
    const name = config.kind === 'static' ? 'static_configs' : `${config.kind}_sd_configs`;
    const list = lists.get(name) ?? [];
    list.push(...renderOne(config));
    lists.set(name, list);
  }
  return [...lists];
}

function renderOne(config: Exclude<DiscoveryConfig, AnnotationDiscovery>): readonly Rendered[] {
  switch (config.kind) {
    case 'static':
      return config.groups.map((group) => {
        return renderFields([
          ['targets', group.targets],
          ['?labels', renderLabels(group.labels)],
        ]);
      });
    case 'file':
      return [
        renderFields([
          ['files', config.files],
          ['refresh_interval', renderDuration(config.refreshIntervalMs)],
        ]),
      ];
    case 'http':
      return [
        renderFields([
          ...renderHttpClient(config.httpClient),
          ['refresh_interval', renderDuration(config.refreshIntervalMs)],
          ['url', redactUrl(config.url)],
        ]),
      ];
    case 'dns':
      return [
        renderFields([
          ['names', config.names],
          ['refresh_interval', renderDuration(config.refreshIntervalMs)],
          ['type', config.recordType],
          ['port', config.port],
        ]),
      ];
    case 'kubernetes':
      return [renderKubernetes(config)];
  }
}

function renderKubernetes(config: KubernetesDiscovery): Rendered {
  const { namespaces, attachMetadata } = config;
  const isNarrowed = namespaces.ownNamespace || namespaces.names.length > 0;
  const isAttached = Object.values(attachMetadata).some((isOn) => isOn);
  return renderFields([
    ['api_server', config.apiServer === undefined ? undefined : redactUrl(config.apiServer)],
    ['role', config.role],
    ['kubeconfig_file', config.kubeconfigFile ?? ''],
    ...renderHttpClient(config.httpClient),
    [
      'namespaces',
      isNarrowed
        ? renderFields([
            ['own_namespace', namespaces.ownNamespace],
            ['names', namespaces.names],
          ])
        : undefined,
    ],
    [
      '?selectors',
      config.selectors.map((selector) => {
        return renderFields([
          ['role', selector.role],
          ['?label', selector.label],
          ['?field', selector.field],
        ]);
      }),
    ],
    ['attach_metadata', isAttached ? renderFields(Object.entries(attachMetadata)) : undefined],
  ]);
}
