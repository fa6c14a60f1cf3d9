/** What the readers of all kinds of receivers share. */
import type { HttpClientConfig } from '../../http-client-types.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readHttpConfig } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';

export interface HttpReceiverConfig {
  readonly sendResolved: boolean;
  readonly http: HttpClientConfig;
}

/** `send_resolved` and `http_config`, which as a whole replaces the global one. */
export function readHttpBase(
  section: YamlSection,
  global: NotificationGlobal,
  sendResolved = true,
): HttpReceiverConfig {
  return {
    sendResolved: section.boolean('send_resolved', sendResolved),
    http: readHttpConfig(section) ?? global.http,
  };
}

/** The text of a template that our default templates define. */
export function defaultTemplate(name: string): string {
  return `{{ template "${name}" . }}`;
}
