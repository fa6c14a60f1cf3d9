/** Reads `remote_write` and `remote_read`. */
import { quote } from './go-text.ts';
import type { HttpClientConfig } from './http-client-types.ts';
import { DEFAULT_HTTP_CLIENT, readHttpClient, readUrl } from './read-http-client.ts';
import { readLabels } from './read-labels.ts';
import { readRelabelConfigs } from './read-relabel.ts';
import type {
  NameValidationScheme,
  QueueConfig,
  RemoteReadConfig,
  RemoteWriteConfig,
  RemoteWriteMessage,
} from './types.ts';
import { isNullNode } from './yaml-reader.ts';
import { YamlSection } from './yaml-section.ts';

const SECOND_MS = 1000;
const MESSAGES: readonly RemoteWriteMessage[] = [
  'prometheus.WriteRequest',
  'io.prometheus.write.v2.Request',
];
const UNSUPPORTED_AUTH = ['sigv4', 'azuread', 'google_iam'];
const REMOTE_WRITE_HTTP_CLIENT: HttpClientConfig = { ...DEFAULT_HTTP_CLIENT, enableHttp2: false };

/** Headers that belong to the protocol. */
const RESERVED_HEADERS = new Set([
  'host',
  'content-encoding',
  'content-length',
  'content-type',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'www-authenticate',
  'accept-encoding',
  'x-prometheus-remote-write-version',
  'x-prometheus-remote-read-version',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

/** @param authorizationProblem Prometheus' text for a header `authorization` */
export function readHeaders(
  section: YamlSection,
  authorizationProblem: string,
): Readonly<Record<string, string>> {
  for (const [name, key] of section.entries('headers', 'map[string]string')) {
    const lower = name.toLowerCase();
    if (lower === 'authorization') {
      section.reader.addProblem(key, authorizationProblem);
    } else if (RESERVED_HEADERS.has(lower)) {
      const text = `${name} is a reserved header. It must not be changed`;
      section.reader.addProblem(key, text, 'remove it');
    }
  }
  return section.stringMap('headers');
}

const AUTHORIZATION_PROBLEM =
  'authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter';

/** The field `remote_write` of the file. */
export function readRemoteWrite(
  root: YamlSection,
  scheme: NameValidationScheme,
): readonly RemoteWriteConfig[] {
  return readNamed(root, 'remote_write', 'config.plain', (section) => {
    return readRemoteWriteConfig(section, scheme);
  });
}

/** The field `remote_read` of the file. */
export function readRemoteRead(root: YamlSection): readonly RemoteReadConfig[] {
  return readNamed(root, 'remote_read', 'config.plain', readRemoteReadConfig);
}

function readNamed<T extends { readonly name: string }>(
  root: YamlSection,
  field: 'remote_write' | 'remote_read',
  goType: string,
  read: (section: YamlSection) => T,
): readonly T[] {
  const words = field.replace('_', ' ');
  const names = new Set<string>();
  return (root.items(field, `[]*${goType}`, 'a list') ?? []).flatMap((node) => {
    if (isNullNode(node)) {
      const fix = 'remove it or give it a url';
      root.reader.addProblem(node, `empty or null ${words} config section`, fix);
      return [];
    }
    const section = new YamlSection(root.reader, node, goType);
    const config = read(section);
    if (config.name !== '' && names.has(config.name)) {
      const text = `found multiple ${words} configs with job name ${quote(config.name)}`;
      section.problem('name', text, 'rename one of them');
    }
    names.add(config.name);
    return [config];
  });
}

function readRemoteWriteConfig(
  section: YamlSection,
  scheme: NameValidationScheme,
): RemoteWriteConfig {
  refuseUnsupportedAuth(section);
  const known: readonly RemoteWriteMessage[] = MESSAGES;
  const config: RemoteWriteConfig = {
    url: readRequiredUrl(section, 'remote_write'),
    remoteTimeoutMs: section.durationMs('remote_timeout', 30 * SECOND_MS),
    headers: readHeaders(section, AUTHORIZATION_PROBLEM),
    writeRelabelConfigs: readRelabelConfigs(
      section,
      'write_relabel_configs',
      scheme,
      'empty or null relabeling rule in remote write config',
    ),
    name: section.string('name'),
    sendExemplars: section.boolean('send_exemplars'),
    sendNativeHistograms: section.boolean('send_native_histograms'),
    roundRobinDns: section.boolean('round_robin_dns'),
    protobufMessage: section.choice(
      'protobuf_message',
      known,
      'prometheus.WriteRequest',
      (text) => {
        const list = MESSAGES.join(', ');
        return `invalid protobuf_message value: unknown type for remote write protobuf message ${text}, supported: ${list}`;
      },
    ),
    failedRequestLogging: section.boolean('failed_request_logging'),
    httpClient: readHttpClient(section, REMOTE_WRITE_HTTP_CLIENT),
    queue: readQueue(section),
    metadata: readMetadata(section),
  };
  section.finish();
  return config;
}

export function refuseUnsupportedAuth(section: YamlSection): void {
  section.know(UNSUPPORTED_AUTH);
  for (const name of UNSUPPORTED_AUTH) {
    if (!section.has(name)) continue;
    const text = `${name} is not supported: requests are not signed for clouds`;
    section.problemAtName(
      name,
      text,
      'use a proxy that signs, or basic_auth, authorization, oauth2',
    );
  }
}

function readRequiredUrl(section: YamlSection, field: string): string {
  const node = section.valueNode('url');
  if (node === undefined) section.problem('url', `url for ${field} is empty`, 'add url');
  return node === undefined ? '' : readUrl(section, 'url');
}

function readQueue(parent: YamlSection): QueueConfig {
  const section = parent.section('queue_config', 'config.QueueConfig');
  const config: QueueConfig = {
    capacity: section?.integer('capacity', 10_000) ?? 10_000,
    shardsMax: section?.integer('max_shards', 50) ?? 50,
    shardsMin: section?.integer('min_shards', 1) ?? 1,
    samplesPerSendMax: section?.integer('max_samples_per_send', 2000) ?? 2000,
    batchSendDeadlineMs: section?.durationMs('batch_send_deadline', 5000) ?? 5000,
    backoffMinMs: section?.durationMs('min_backoff', 30) ?? 30,
    backoffMaxMs: section?.durationMs('max_backoff', 5000) ?? 5000,
    retryOnHttp429: section?.boolean('retry_on_http_429') ?? false,
    sampleAgeLimitMs: section?.durationMs('sample_age_limit') ?? 0,
  };
  if (section !== undefined) checkQueue(section, config);
  section?.finish();
  return config;
}

function checkQueue(section: YamlSection, config: QueueConfig): void {
  const positive: readonly (readonly [string, number])[] = [
    ['max_shards', config.shardsMax],
    ['min_shards', config.shardsMin],
    ['max_samples_per_send', config.samplesPerSendMax],
    ['capacity', config.capacity],
  ];
  for (const [name, value] of positive) {
    if (value <= 0) section.problem(name, `remote write queue ${name} must be positive`);
  }
  if (config.shardsMax > 0 && config.shardsMin > config.shardsMax) {
    const text = 'remote write queue min_shards must not be greater than max_shards';
    section.problem('min_shards', text);
  }
  if (config.backoffMaxMs < config.backoffMinMs) {
    section.problem(
      'max_backoff',
      'remote write queue max_backoff must not be less than min_backoff',
    );
  }
}

function readMetadata(parent: YamlSection): RemoteWriteConfig['metadata'] {
  const section = parent.section('metadata_config', 'config.MetadataConfig');
  const config = {
    send: section?.boolean('send', true) ?? true,
    sendIntervalMs: section?.durationMs('send_interval', 60 * SECOND_MS) ?? 60 * SECOND_MS,
    samplesPerSendMax: section?.integer('max_samples_per_send', 2000) ?? 2000,
  };
  section?.finish();
  return config;
}

function readRemoteReadConfig(section: YamlSection): RemoteReadConfig {
  const config: RemoteReadConfig = {
    url: readRequiredUrl(section, 'remote_read'),
    remoteTimeoutMs: section.durationMs('remote_timeout', 60 * SECOND_MS),
    chunkedReadLimitBytes: section.count('chunked_read_limit', 50_000_000),
    headers: readHeaders(section, AUTHORIZATION_PROBLEM),
    readRecent: section.boolean('read_recent'),
    name: section.string('name'),
    httpClient: readHttpClient(section),
    requiredMatchers: readLabels(section, 'required_matchers', 'utf8'),
    filterExternalLabels: section.boolean('filter_external_labels', true),
  };
  section.finish();
  return config;
}
