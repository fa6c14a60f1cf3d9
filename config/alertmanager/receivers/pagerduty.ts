/** Reads an entry of `pagerduty_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readGoDurationMs, readHttpUrl, readSecretOrFile, readSections } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { readYamlValue, type YamlValue } from '../yaml-value.ts';
import { type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface PagerdutyLink {
  readonly href: string;
  readonly text: string;
}

export interface PagerdutyImage {
  readonly src: string;
  readonly alt: string;
  readonly href: string;
}

export interface PagerdutyConfig extends HttpReceiverConfig {
  /** Of the older API, which counts when it is there. */
  readonly serviceKey: SecretSource | undefined;
  readonly routingKey: SecretSource | undefined;
  readonly url: string;
  readonly client: string;
  readonly clientUrl: string;
  readonly description: string;
  /** Values are templates at any depth. */
  readonly details: Readonly<Record<string, YamlValue>>;
  readonly images: readonly PagerdutyImage[];
  readonly links: readonly PagerdutyLink[];
  readonly source: string;
  readonly severity: string;
  readonly class: string;
  readonly component: string;
  readonly group: string;
  /** 0: none of its own. */
  readonly timeoutMs: number;
}

const DEFAULT_DETAILS: Readonly<Record<string, YamlValue>> = {
  firing: '{{ .Alerts.Firing | toJson }}',
  resolved: '{{ .Alerts.Resolved | toJson }}',
  num_firing: '{{ .Alerts.Firing | len }}',
  num_resolved: '{{ .Alerts.Resolved | len }}',
};

export function readPagerduty(section: YamlSection, global: NotificationGlobal): PagerdutyConfig {
  const serviceKey = readSecretOrFile(section, 'service_key');
  const routingKey = readSecretOrFile(section, 'routing_key');
  if (serviceKey === undefined && routingKey === undefined) {
    section.problem(undefined, 'missing service or routing key in PagerDuty config');
  }
  const client = section.string('client', '{{ template "pagerduty.default.client" . }}');
  const details = section.entries('details', 'map[string]interface {}').map(([name, , value]) => {
    return [name, readYamlValue(section.reader, value)] as const;
  });
  return {
    ...readHttpBase(section, global),
    serviceKey,
    routingKey,
    url: readHttpUrl(section, 'url') ?? global.pagerdutyUrl,
    client,
    clientUrl: section.string('client_url', '{{ template "pagerduty.default.clientURL" . }}'),
    description: section.string('description', '{{ template "pagerduty.default.description" .}}'),
    details: { ...DEFAULT_DETAILS, ...Object.fromEntries(details) },
    images: readSections(section, 'images', 'pagerduty.PagerdutyImage', (image) => ({
      src: image.string('src'),
      alt: image.string('alt'),
      href: image.string('href'),
    })),
    links: readSections(section, 'links', 'pagerduty.PagerdutyLink', (link) => ({
      href: link.string('href'),
      text: link.string('text'),
    })),
    source: section.string('source') || client,
    severity: section.string('severity'),
    class: section.string('class'),
    component: section.string('component'),
    group: section.string('group'),
    timeoutMs: readGoDurationMs(section, 'timeout'),
  };
}
