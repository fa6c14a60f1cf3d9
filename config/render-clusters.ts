/** Renders the section `clusters`. */
import type { ClusterAccess, ClusterConfig } from './cluster-types.ts';
import { redactUrl } from './go-url.ts';
import { renderComponents, renderKubelet } from './render-collection.ts';
import { type Rendered, renderFields } from './render-fields.ts';
import { renderHttpClient } from './render-http-client.ts';

export function renderCluster(cluster: ClusterConfig): Rendered {
  return renderFields([
    ['?name', cluster.name],
    ['enabled', cluster.enabled],
    ...renderAccess(cluster.access),
    ['?namespaces', cluster.namespaces],
    ['kubelet', renderKubelet(cluster.collection.kubelet)],
    ['components', renderComponents(cluster.collection.components)],
    ['scrape_annotations', cluster.discovery.annotations],
    ['operator_objects', cluster.discovery.operator],
    ['operator_files', cluster.discovery.operatorFiles],
  ]);
}

function renderAccess(access: ClusterAccess): readonly (readonly [string, unknown])[] {
  switch (access.kind) {
    case 'in-cluster':
      return [['in_cluster', true]];
    case 'server':
      return [['api_server', redactUrl(access.url)], ...renderHttpClient(access.httpClient)];
    case 'kubeconfig':
      return [
        ['kubeconfig_file', access.file],
        ['contexts', access.contexts === 'current' ? undefined : access.contexts],
        ['exec_plugins', access.execPlugins],
      ];
  }
}
