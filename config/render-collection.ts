/** Renders `kubelet` and `components` of a cluster. */
import {
  type ClusterCollection,
  COMPONENTS,
  type ComponentCollection,
  type KubeletCollection,
} from './collection-types.ts';
import { type Rendered, renderDuration, renderFields } from './render-fields.ts';
import { renderRelabelConfig } from './render-scrape-config.ts';

export function renderKubelet(kubelet: KubeletCollection): Rendered {
  return renderFields([
    ['enabled', kubelet.enabled],
    ['mode', kubelet.mode],
    ['allow_api_proxy', kubelet.allowApiProxy],
    ['tls', kubelet.tls],
    ['ca_file', kubelet.caFile],
    ['?port', kubelet.port],
    ['profile', kubelet.profile],
    ['interval', renderDuration(kubelet.intervalMs)],
    ['probes_interval', renderDuration(kubelet.probesIntervalMs)],
    ['summary_interval', renderDuration(kubelet.summaryIntervalMs)],
    ['?metric_relabel_configs', kubelet.metricRelabelConfigs.map(renderRelabelConfig)],
  ]);
}

export function renderComponents(components: ClusterCollection['components']): Rendered {
  return renderFields(
    COMPONENTS.map((name) => [name, renderComponent(components[name], name === 'api_server')]),
  );
}

function renderComponent(component: ComponentCollection, isApiServer: boolean): Rendered {
  return renderFields([
    ['enabled', component.enabled],
    ['interval', renderDuration(component.intervalMs)],
    ['?urls', component.urls],
    ['drop_buckets', isApiServer ? component.dropsBuckets : undefined],
    ['?metric_relabel_configs', component.metricRelabelConfigs.map(renderRelabelConfig)],
  ]);
}
