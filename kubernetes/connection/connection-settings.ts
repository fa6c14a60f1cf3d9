/** Everything that is needed to speak to one API server; secrets are in it as `Secret`. */
import type { TlsConfig } from '../../config/http-client-types.ts';
import type { SecretSource } from '../../config/secret.ts';

/** A program that prints credentials: KEP-541, `client.authentication.k8s.io`. */
export interface ExecPlugin {
  readonly apiVersion: string;
  /** A name that PATH finds, or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What to tell who does not have the program; '' for nothing. */
  readonly installHint: string;
  /** The program is told the server and its CA. */
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

export type ClusterAuth =
  /** Perhaps a client certificate, which is part of `tls`. */
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly source: SecretSource; readonly scheme?: string }
  | {
      readonly kind: 'basic';
      readonly username: SecretSource;
      readonly password: SecretSource | undefined;
    }
  | { readonly kind: 'exec'; readonly plugin: ExecPlugin };

/** Whom the server is asked to take us for. */
export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ConnectionSettings {
  /** With a path when the server is behind one. */
  readonly server: URL;
  readonly tls: TlsConfig;
  /** '' for none; http, https or socks5. */
  readonly proxyUrl: string;
  readonly auth: ClusterAuth;
  readonly impersonate: Impersonation | undefined;
}
