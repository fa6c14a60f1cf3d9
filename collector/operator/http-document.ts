/** How the operator's objects say with what credentials to ask: as fields of `<http_config>`. */
import { type Document, field, list, renamed, text } from './document.ts';
import type { KeyValues } from './key-references.ts';

/** Everything that an endpoint, prober or discovery may have; what is absent stays absent. */
export function httpDocument(from: unknown, values: KeyValues): Document {
  return {
    basic_auth: basicAuth(field(from, 'basicAuth'), values),
    authorization: authorization(field(from, 'authorization'), values),
    oauth2: oauth2(field(from, 'oauth2'), values),
    tls_config: tls(field(from, 'tlsConfig'), values),
    bearer_token: values.secret(field(from, 'bearerTokenSecret')),
    bearer_token_file: text(from, 'bearerTokenFile'),
    follow_redirects: field(from, 'followRedirects'),
    // The operator writes it in both ways.
    enable_http2: field(from, 'enableHttp2') ?? field(from, 'enableHTTP2'),
    ...proxyDocument(from, values),
  };
}

export function proxyDocument(from: unknown, values: KeyValues): Document {
  const headers = field(from, 'proxyConnectHeader');
  return {
    ...renamed(from, {
      proxyUrl: 'proxy_url',
      noProxy: 'no_proxy',
      proxyFromEnvironment: 'proxy_from_environment',
    }),
    proxy_connect_header:
      typeof headers !== 'object' || headers === null
        ? undefined
        : Object.fromEntries(
            Object.keys(headers).map((name) => [
              name,
              list(headers, name).map((selector) => values.secret(selector) ?? ''),
            ]),
          ),
  };
}

function basicAuth(from: unknown, values: KeyValues): Document | undefined {
  if (from === undefined) return undefined;
  return {
    username: values.secret(field(from, 'username')),
    password: values.secret(field(from, 'password')),
  };
}

function authorization(from: unknown, values: KeyValues): Document | undefined {
  if (from === undefined) return undefined;
  return {
    type: text(from, 'type')?.trim() || 'Bearer',
    credentials: values.secret(field(from, 'credentials')),
    credentials_file: text(from, 'credentialsFile'),
  };
}

function oauth2(from: unknown, values: KeyValues): Document | undefined {
  if (from === undefined) return undefined;
  return {
    client_id: values.secretOrConfigMap(field(from, 'clientId')),
    client_secret: values.secret(field(from, 'clientSecret')),
    ...renamed(from, {
      tokenUrl: 'token_url',
      scopes: 'scopes',
      endpointParams: 'endpoint_params',
    }),
    tls_config: tls(field(from, 'tlsConfig'), values),
    ...proxyDocument(from, values),
  };
}

export function tls(from: unknown, values: KeyValues): Document | undefined {
  if (from === undefined) return undefined;
  return {
    ca: values.secretOrConfigMap(field(from, 'ca')),
    cert: values.secretOrConfigMap(field(from, 'cert')),
    key: values.secret(field(from, 'keySecret')),
    ...renamed(from, {
      caFile: 'ca_file',
      certFile: 'cert_file',
      keyFile: 'key_file',
      serverName: 'server_name',
      insecureSkipVerify: 'insecure_skip_verify',
      minVersion: 'min_version',
      maxVersion: 'max_version',
    }),
  };
}
