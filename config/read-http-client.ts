/** Reads the fields of Prometheus' `<http_config>` and `<tls_config>`. */
import { isDeepStrictEqual } from 'node:util';
import type { Node } from 'yaml';
import { GoUrlError, parseGoUrl } from './go-url.ts';
import type {
  Authorization,
  BasicAuth,
  HeaderValues,
  HttpClientConfig,
  OAuth2,
  PemSource,
  ProxyConfig,
  TlsConfig,
  TlsVersion,
} from './http-client-types.ts';
import { Secret, type SecretSource } from './secret.ts';
import { isNullNode, type YamlReader } from './yaml-reader.ts';
import { readItems, readText, YamlSection } from './yaml-section.ts';

const TLS_VERSIONS: readonly TlsVersion[] = ['TLS10', 'TLS11', 'TLS12', 'TLS13'];

/** Headers that our HTTP client sets itself: prometheus/common, `config/headers.go`. */
const RESERVED_HEADERS = new Set([
  'authorization',
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
  'x-prometheus-scrape-timeout-seconds',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

const NO_TLS: TlsConfig = {
  ca: undefined,
  cert: undefined,
  key: undefined,
  serverName: '',
  insecureSkipVerify: false,
  minVersion: undefined,
  maxVersion: undefined,
};

export const DEFAULT_HTTP_CLIENT: HttpClientConfig = {
  basicAuth: undefined,
  authorization: undefined,
  oauth2: undefined,
  tls: NO_TLS,
  followRedirects: true,
  enableHttp2: true,
  proxyUrl: '',
  noProxy: '',
  proxyFromEnvironment: false,
  proxyConnectHeader: {},
  httpHeaders: {},
};

export function isDefaultHttpClient(config: HttpClientConfig): boolean {
  return isDeepStrictEqual(config, DEFAULT_HTTP_CLIENT);
}

/** Reads the fields that stand beside others in `section`; does not finish it. */
export function readHttpClient(
  section: YamlSection,
  defaults: HttpClientConfig = DEFAULT_HTTP_CLIENT,
): HttpClientConfig {
  const basicAuth = readBasicAuth(section);
  const oauth2 = readOAuth2(section);
  const authorization = readAuthorization(section, basicAuth, oauth2);
  if (oauth2 !== undefined && basicAuth !== undefined) {
    section.problem(
      'oauth2',
      'at most one of basic_auth, oauth2 & authorization must be configured',
    );
  }
  return {
    basicAuth,
    authorization,
    oauth2,
    tls: readTls(section.section('tls_config', 'config.plain')),
    followRedirects: section.boolean('follow_redirects', defaults.followRedirects),
    enableHttp2: section.boolean('enable_http2', defaults.enableHttp2),
    ...readProxy(section),
    httpHeaders: readHttpHeaders(section),
  };
}

/** A secret given as `name` or in the file `name_file`. */
export function readSecretField(section: YamlSection, name: string): SecretSource | undefined {
  const value = section.string(name);
  const file = section.path(`${name}_file`);
  if (value !== '') return { value: new Secret(value) };
  return file === '' ? undefined : { file };
}

function readBasicAuth(parent: YamlSection): BasicAuth | undefined {
  const section = parent.section('basic_auth', 'config.plain');
  if (section === undefined) return undefined;
  const username = section.string('username');
  const usernameFile = section.path('username_file');
  refuseReferences(section, ['username_ref', 'password_ref']);
  atMostOne(section, 'basic_auth ', ['username', 'username_file'], 'username_ref');
  atMostOne(section, 'basic_auth ', ['password', 'password_file'], 'password_ref');
  const password = readSecretField(section, 'password');
  section.finish();
  return { username, usernameFile: usernameFile === '' ? undefined : usernameFile, password };
}

function readAuthorization(
  parent: YamlSection,
  basicAuth: BasicAuth | undefined,
  oauth2: OAuth2 | undefined,
): Authorization | undefined {
  const bearer = readSecretField(parent, 'bearer_token');
  const bearerName = parent.string('bearer_token') === '' ? 'bearer_token_file' : 'bearer_token';
  if (parent.string('bearer_token') !== '' && parent.string('bearer_token_file') !== '') {
    parent.problem(
      bearerName,
      'at most one of bearer_token & bearer_token_file must be configured',
    );
  }
  const section = parent.section('authorization', 'config.plain');
  if (bearer !== undefined && (basicAuth !== undefined || oauth2 !== undefined)) {
    parent.problem(
      bearerName,
      'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
    );
  }
  if (section === undefined) {
    return bearer === undefined ? undefined : { type: 'Bearer', credentials: bearer };
  }
  if (bearer !== undefined) {
    const text = 'authorization is not compatible with bearer_token & bearer_token_file';
    parent.problem(bearerName, text);
  }
  if (basicAuth !== undefined || oauth2 !== undefined) {
    const text = 'at most one of basic_auth, oauth2 & authorization must be configured';
    parent.problemAtName('authorization', text);
  }
  const type = section.string('type').trim();
  if (type.toLowerCase() === 'basic') {
    section.problem(
      'type',
      'authorization type cannot be set to "basic", use "basic_auth" instead',
    );
  }
  if (section.string('credentials') !== '' && section.string('credentials_file') !== '') {
    const text = 'at most one of authorization credentials & credentials_file must be configured';
    section.problem('credentials_file', text);
  }
  refuseReferences(section, ['credentials_ref']);
  const credentials = readSecretField(section, 'credentials');
  section.finish();
  return { type: type === '' ? 'Bearer' : type, credentials };
}

function readOAuth2(parent: YamlSection): OAuth2 | undefined {
  const section = parent.section('oauth2', 'config.plain');
  if (section === undefined) return undefined;
  const clientId = section.string('client_id');
  if (clientId === '') section.problem('client_id', 'oauth2 client_id must be configured');
  const tokenUrl = section.string('token_url');
  if (tokenUrl === '') section.problem('token_url', 'oauth2 token_url must be configured');
  refuseReferences(section, ['client_secret_ref']);
  atMostOne(section, 'oauth2 ', ['client_secret', 'client_secret_file'], 'client_secret_ref');
  const config: OAuth2 = {
    clientId,
    clientSecret: readSecretField(section, 'client_secret'),
    scopes: section.strings('scopes'),
    tokenUrl,
    endpointParams: section.stringMap('endpoint_params'),
    tls: readTls(section.section('tls_config', 'config.plain')),
    ...readProxy(section),
  };
  section.finish();
  return config;
}

/** @param section undefined means no `tls_config`; else it is read to its end */
export function readTls(section: YamlSection | undefined): TlsConfig {
  if (section === undefined) return NO_TLS;
  refuseReferences(section, ['ca_ref', 'cert_ref', 'key_ref']);
  atMostOne(section, '', ['ca', 'ca_file'], 'ca_ref');
  atMostOne(section, '', ['cert', 'cert_file'], 'cert_ref');
  if (section.string('key') !== '' && section.string('key_file') !== '') {
    section.problem('key_file', 'at most one of key and key_file must be configured');
  }
  const cert = readPem(section, 'cert');
  const key = readSecretField(section, 'key');
  if (cert !== undefined && key === undefined) {
    section.problem(
      undefined,
      'exactly one of key or key_file must be configured when a client certificate is configured',
    );
  }
  if (key !== undefined && cert === undefined) {
    section.problem(
      undefined,
      'exactly one of cert or cert_file must be configured when a client key is configured',
    );
  }
  const config: TlsConfig = {
    ca: readPem(section, 'ca'),
    cert,
    key,
    serverName: section.string('server_name'),
    insecureSkipVerify: section.boolean('insecure_skip_verify'),
    minVersion: readTlsVersion(section, 'min_version'),
    maxVersion: readTlsVersion(section, 'max_version'),
  };
  const { minVersion: min, maxVersion: max } = config;
  if (min !== undefined && max !== undefined && max < min) {
    section.problem(
      'max_version',
      'tls_config.max_version must be greater than or equal to tls_config.min_version if both are specified',
    );
  }
  section.finish();
  return config;
}

function readTlsVersion(section: YamlSection, name: string): TlsVersion | undefined {
  const known: readonly (TlsVersion | '')[] = TLS_VERSIONS;
  const found = section.choice(name, known, '', (text) => `unknown TLS version: ${text}`);
  return found === '' ? undefined : found;
}

function readPem(section: YamlSection, name: string): PemSource | undefined {
  const text = section.string(name);
  const file = section.path(`${name}_file`);
  if (text !== '') return { text };
  return file === '' ? undefined : { file };
}

function readProxy(section: YamlSection): ProxyConfig {
  const proxyUrl = readUrl(section, 'proxy_url');
  const noProxy = section.string('no_proxy');
  const fromEnvironment = section.boolean('proxy_from_environment');
  const headers = readSecretLists(section);
  if (Object.keys(headers).length > 0 && !fromEnvironment && proxyUrl === '') {
    section.problem(
      'proxy_connect_header',
      'if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured',
    );
  }
  if (fromEnvironment && proxyUrl !== '') {
    const text = 'if proxy_from_environment is configured, proxy_url must not be configured';
    section.problem('proxy_url', text);
  }
  if (fromEnvironment && noProxy !== '') {
    const text = 'if proxy_from_environment is configured, no_proxy must not be configured';
    section.problem('no_proxy', text);
  }
  if (proxyUrl === '' && noProxy !== '' && !fromEnvironment) {
    section.problem('no_proxy', 'if no_proxy is configured, proxy_url must also be configured');
  }
  return { proxyUrl, noProxy, proxyFromEnvironment: fromEnvironment, proxyConnectHeader: headers };
}

function readSecretLists(section: YamlSection): Readonly<Record<string, readonly Secret[]>> {
  const entries = section.entries('proxy_connect_header', 'map[string][]config.Secret');
  return Object.fromEntries(
    entries.map(([name, , value]) => [name, readSecrets(section.reader, value)]),
  );
}

function readSecrets(reader: YamlReader, node: Node): readonly Secret[] {
  if (isNullNode(node)) return [];
  return readItems(reader, node, '[]config.Secret', 'a list of texts').flatMap((item) => {
    const text = readText(reader, item);
    return text === undefined ? [] : [new Secret(text)];
  });
}

function readHttpHeaders(section: YamlSection): Readonly<Record<string, HeaderValues>> {
  const entries = section.entries('http_headers', 'map[string]config.Header');
  return Object.fromEntries(
    entries.map(([name, key, value]) => {
      if (RESERVED_HEADERS.has(name.toLowerCase())) {
        const text = `setting header ${JSON.stringify(canonicalHeader(name))} is not allowed`;
        section.reader.addProblem(key, text, 'remove it');
      }
      return [name, readHeaderValues(section.reader, value)];
    }),
  );
}

function readHeaderValues(reader: YamlReader, node: Node): HeaderValues {
  if (isNullNode(node)) return { values: [], secrets: [], files: [] };
  const section = new YamlSection(reader, node, 'config.Header');
  const secrets = section.valueNode('secrets');
  const config: HeaderValues = {
    values: section.strings('values'),
    secrets: secrets === undefined ? [] : readSecrets(reader, secrets),
    files: section.paths('files'),
  };
  section.finish();
  return config;
}

/** `x-request-id` as `X-Request-Id`. */
function canonicalHeader(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** A URL that Go's parser takes; '' when absent. */
export function readUrl(section: YamlSection, name: string): string {
  const text = section.string(name);
  if (text === '') return '';
  try {
    parseGoUrl(text);
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    section.problem(name, error.message, 'write it as https://host:port/path');
  }
  return text;
}

function atMostOne(
  section: YamlSection,
  prefix: string,
  [first, second]: readonly [string, string],
  third: string,
): void {
  if (section.string(first) === '' || section.string(second) === '') return;
  const text = `at most one of ${prefix}${first}, ${second} & ${third} must be configured`;
  section.problem(second, text);
}

/** `…_ref` names a secret in a secret manager, which neither Prometheus nor we have. */
function refuseReferences(section: YamlSection, names: readonly string[]): void {
  for (const name of names) {
    if (section.string(name) === '') continue;
    const text = `${name} is not supported: there is no secret manager`;
    section.problemAtName(name, text, `use ${name.replace(/_ref$/, '_file')}`);
  }
}
