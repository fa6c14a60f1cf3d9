/** Reads an entry of `incidentio_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readGoDurationMs, readHttpUrl, readSecretOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface IncidentioConfig extends HttpReceiverConfig {
  readonly url: string | undefined;
  /** Where the URL is when `url` is undefined. */
  readonly urlFile: string | undefined;
  readonly alertSourceToken: SecretSource | undefined;
  /** 0: no limit. */
  readonly alertsMax: number;
  /** 0: none of its own. */
  readonly timeoutMs: number;
}

export function readIncidentio(section: YamlSection, global: NotificationGlobal): IncidentioConfig {
  const url = readHttpUrl(section, 'url');
  const urlFile = section.path('url_file');
  if (url === undefined && urlFile === '') {
    section.problem(undefined, 'one of url or url_file must be configured');
  }
  if (url !== undefined && urlFile !== '') {
    section.problem('url_file', 'at most one of url & url_file must be configured');
  }
  const alertSourceToken = readSecretOrFile(section, 'alert_source_token');
  const base = readHttpBase(section, global);
  const hasOwnHttp = section.valueNode('http_config') !== undefined;
  checkToken(section, alertSourceToken, hasOwnHttp, base.http.authorization !== undefined);
  return {
    ...base,
    url,
    urlFile: urlFile === '' ? undefined : urlFile,
    alertSourceToken,
    alertsMax: section.count('max_alerts'),
    timeoutMs: readGoDurationMs(section, 'timeout'),
  };
}

function checkToken(
  section: YamlSection,
  token: SecretSource | undefined,
  hasOwnHttp: boolean,
  hasAuthorization: boolean,
): void {
  if (!hasOwnHttp) return;
  if (hasAuthorization && token !== undefined) {
    section.problem(
      'http_config',
      'cannot specify alert_source_token or alert_source_token_file when using http_config.authorization',
    );
  }
  if (!hasAuthorization && token === undefined) {
    section.problem(
      'http_config',
      'at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured',
    );
  }
}
