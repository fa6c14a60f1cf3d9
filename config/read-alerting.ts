/** Reads `alerting`: the Alertmanagers outside that alerts go to. */
import { readDiscovery } from './read-discovery.ts';
import { readHttpClient } from './read-http-client.ts';
import { readRelabelConfigs } from './read-relabel.ts';
import { refuseUnsupportedAuth } from './read-remote.ts';
import type { AlertingConfig, AlertmanagerConfig, NameValidationScheme } from './types.ts';
import { isNullNode } from './yaml-reader.ts';
import { hasItems, YamlSection } from './yaml-section.ts';

const TIMEOUT_MS = 10_000;

export function readAlerting(root: YamlSection, scheme: NameValidationScheme): AlertingConfig {
  const section = root.section('alerting', 'config.plain');
  if (section === undefined) return { alertRelabelConfigs: [], alertmanagers: [] };
  const config: AlertingConfig = {
    alertRelabelConfigs: readRelabelConfigs(
      section,
      'alert_relabel_configs',
      scheme,
      'empty or null alert relabeling rule',
    ),
    alertmanagers: readAlertmanagers(section, scheme),
  };
  section.finish();
  return config;
}

function readAlertmanagers(
  parent: YamlSection,
  scheme: NameValidationScheme,
): readonly AlertmanagerConfig[] {
  const goType = 'config.AlertmanagerConfigs';
  const nodes = parent.items('alertmanagers', goType, 'a list of Alertmanagers') ?? [];
  return nodes.flatMap((node) => {
    if (isNullNode(node)) {
      const fix = 'remove it or write where the Alertmanager is';
      parent.reader.addProblem(node, 'empty or null Alertmanager config section', fix);
      return [];
    }
    const section = new YamlSection(parent.reader, node, 'config.AlertmanagerConfig');
    return [readAlertmanager(section, scheme)];
  });
}

function readAlertmanager(section: YamlSection, scheme: NameValidationScheme): AlertmanagerConfig {
  refuseUnsupportedAuth(section);
  const config: AlertmanagerConfig = {
    discovery: readDiscovery(section, !hasItems(section, 'relabel_configs')),
    httpClient: readHttpClient(section),
    scheme: section.string('scheme', 'http'),
    pathPrefix: section.string('path_prefix'),
    timeoutMs: section.durationMs('timeout', TIMEOUT_MS),
    apiVersion: section.choice('api_version', ['v2'], 'v2', (text) => {
      return `expected Alertmanager api version to be one of [v2] but got ${text}`;
    }),
    relabelConfigs: readRelabelConfigs(
      section,
      'relabel_configs',
      scheme,
      'empty or null Alertmanager target relabeling rule',
    ),
    alertRelabelConfigs: readRelabelConfigs(
      section,
      'alert_relabel_configs',
      scheme,
      'empty or null Alertmanager alert relabeling rule',
    ),
  };
  section.finish();
  return config;
}
