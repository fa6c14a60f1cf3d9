/** How we speak HTTP to others: Prometheus' `<http_config>`. File paths are absolute. */
import type { Secret, SecretSource } from './secret.ts';

export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

/** A certificate or key: as text in the configuration, or a file read at use. */
export type PemSource = { readonly text: string } | { readonly file: string };

export interface TlsConfig {
  readonly ca: PemSource | undefined;
  readonly cert: PemSource | undefined;
  readonly key: SecretSource | undefined;
  /** '' means the host of the URL. */
  readonly serverName: string;
  readonly insecureSkipVerify: boolean;
  readonly minVersion: TlsVersion | undefined;
  readonly maxVersion: TlsVersion | undefined;
}

export interface ProxyConfig {
  /** '' means no proxy (unless `proxyFromEnvironment`). */
  readonly proxyUrl: string;
  /** Comma-separated hosts, networks, domains. */
  readonly noProxy: string;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY count. */
  readonly proxyFromEnvironment: boolean;
  readonly proxyConnectHeader: Readonly<Record<string, readonly Secret[]>>;
}

export interface BasicAuth {
  readonly username: string;
  readonly usernameFile: string | undefined;
  readonly password: SecretSource | undefined;
}

export interface Authorization {
  /** The word before the credentials, `Bearer` by default. */
  readonly type: string;
  readonly credentials: SecretSource | undefined;
}

export interface OAuth2 extends ProxyConfig {
  readonly clientId: string;
  readonly clientSecret: SecretSource | undefined;
  readonly scopes: readonly string[];
  readonly tokenUrl: string;
  readonly endpointParams: Readonly<Record<string, string>>;
  readonly tls: TlsConfig;
}

/** One header that goes with each request: all of these values, in this order. */
export interface HeaderValues {
  readonly values: readonly string[];
  readonly secrets: readonly Secret[];
  readonly files: readonly string[];
}

/** At most one of basicAuth, authorization and oauth2 is there. */
export interface HttpClientConfig extends ProxyConfig {
  readonly basicAuth: BasicAuth | undefined;
  readonly authorization: Authorization | undefined;
  readonly oauth2: OAuth2 | undefined;
  readonly tls: TlsConfig;
  readonly followRedirects: boolean;
  readonly enableHttp2: boolean;
  readonly httpHeaders: Readonly<Record<string, HeaderValues>>;
}
