/** Renders HTTP client settings, every secret as `<secret>`. */
import { redactUrl } from './go-url.ts';
import type {
  HttpClientConfig,
  OAuth2,
  PemSource,
  ProxyConfig,
  TlsConfig,
} from './http-client-types.ts';
import { type Rendered, renderFields, renderRecord } from './render-fields.ts';
import { SECRET_TEXT, type SecretSource } from './secret.ts';

type Field = readonly [string, unknown];

/** Fields to stand among others. */
export function renderHttpClient(config: HttpClientConfig): readonly Field[] {
  const { basicAuth, authorization, oauth2 } = config;
  return [
    [
      'basic_auth',
      basicAuth &&
        renderFields([
          ['?username', basicAuth.username],
          ['username_file', basicAuth.usernameFile],
          ...renderSecret('password', basicAuth.password),
        ]),
    ],
    [
      'authorization',
      authorization &&
        renderFields([
          ['type', authorization.type],
          ...renderSecret('credentials', authorization.credentials),
        ]),
    ],
    ['oauth2', oauth2 && renderOAuth2(oauth2)],
    ['tls_config', renderTls(config.tls)],
    ['follow_redirects', config.followRedirects],
    ['enable_http2', config.enableHttp2],
    ...renderProxy(config),
    [
      '?http_headers',
      renderRecord(config.httpHeaders, (header) => {
        return renderFields([
          ['?values', header.values],
          ['?secrets', header.secrets.map(() => SECRET_TEXT)],
          ['?files', header.files],
        ]);
      }),
    ],
  ];
}

export function renderSecret(name: string, source: SecretSource | undefined): readonly Field[] {
  if (source === undefined) return [];
  return 'file' in source ? [[`${name}_file`, source.file]] : [[name, SECRET_TEXT]];
}

function renderOAuth2(oauth2: OAuth2): Rendered {
  return renderFields([
    ['client_id', oauth2.clientId],
    ...renderSecret('client_secret', oauth2.clientSecret),
    ['?scopes', oauth2.scopes],
    ['token_url', oauth2.tokenUrl],
    ['?endpoint_params', renderRecord(oauth2.endpointParams)],
    ['tls_config', renderTls(oauth2.tls)],
    ...renderProxy(oauth2),
  ]);
}

function renderProxy(proxy: ProxyConfig): readonly Field[] {
  const headers = renderRecord(proxy.proxyConnectHeader, (values) => {
    return values.map(() => SECRET_TEXT);
  });
  return [
    ['?proxy_url', redactUrl(proxy.proxyUrl)],
    ['?no_proxy', proxy.noProxy],
    ['?proxy_from_environment', proxy.proxyFromEnvironment],
    ['?proxy_connect_header', headers],
  ];
}

/** Undefined when nothing was set. */
export function renderTls(tls: TlsConfig): Rendered | undefined {
  const fields = renderFields([
    ...renderPem('ca', tls.ca),
    ...renderPem('cert', tls.cert),
    ...renderSecret('key', tls.key),
    ['?server_name', tls.serverName],
    ['?insecure_skip_verify', tls.insecureSkipVerify],
    ['min_version', tls.minVersion],
    ['max_version', tls.maxVersion],
  ]);
  if (fields.size === 0) return undefined;
  return new Map([...fields, ['insecure_skip_verify', tls.insecureSkipVerify]]);
}

function renderPem(name: string, source: PemSource | undefined): readonly Field[] {
  if (source === undefined) return [];
  return 'file' in source ? [[`${name}_file`, source.file]] : [[name, source.text]];
}
