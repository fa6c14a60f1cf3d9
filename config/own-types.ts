/** Sections that Prometheus does not have. */
import type { Matcher } from '../model/matcher.ts';
import type { TlsConfig } from './http-client-types.ts';
import type { SecretSource } from './secret.ts';

/** A ClickHouse server. Without this section the embedded engine is used. */
export interface ClickhouseConfig {
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: SecretSource | undefined;
  readonly tls: TlsConfig;
  /** Name of the ClickHouse cluster for replicated tables; '' means one server. */
  readonly cluster: string;
  readonly requestTimeoutMs: number;
}

export type AccessRole = 'none' | 'viewer' | 'editor' | 'admin';

export interface AuthToken {
  readonly name: string;
  readonly token: SecretSource;
  readonly role: AccessRole;
}

export interface AuthUser {
  readonly name: string;
  readonly password: SecretSource;
  readonly role: AccessRole;
}

export interface AuthConfig {
  /** What a request without credentials may do. */
  readonly anonymousRole: AccessRole;
  readonly tokens: readonly AuthToken[];
  readonly users: readonly AuthUser[];
}

export interface RetentionRule {
  /** All must match. */
  readonly matchers: readonly Matcher[];
  readonly timeMs: number;
}

export interface RetentionConfig {
  readonly timeMs: number;
  /** The first rule that matches a series counts, else `timeMs`. */
  readonly byMatcher: readonly RetentionRule[];
}

/** When the built-in metrics of Kubernetes are recorded; `auto`: while a cluster is known. */
export type CatalogueRecording = 'auto' | 'always' | 'never';

export interface CatalogueConfig {
  readonly record: CatalogueRecording;
  /** Also record what the dashboards of kube-prometheus read. */
  readonly mixinRules: boolean;
}

/** What messages of alarm policies have besides their templates. */
export interface MessagesConfig {
  readonly facts: boolean;
  /** Charts; only with facts. */
  readonly pictures: boolean;
  readonly language: 'en' | 'zh-CN';
  /** IANA name. */
  readonly timezone: string;
}

export type ProcessRole = 'collect' | 'query' | 'rules' | 'web';

/** `fsync`: acknowledged samples survive power loss; `crash`: they survive the process. */
export type Durability = 'fsync' | 'crash';

/** 0 means no limit, unless said otherwise. */
export interface LimitsConfig {
  readonly seriesMax: number;
  /** Of the head; 0 means a quarter of the memory that the process may use. */
  readonly memoryBytesMax: number;
  readonly spoolBytesMax: number;
  /** How far behind the newest sample of its series a sample may be. */
  readonly outOfOrderWindowMs: number;
  /** Of a request to a receiver, decompressed. */
  readonly receiveBodyBytesMax: number;
  readonly querySamplesMax: number;
  readonly queryConcurrencyMax: number;
  readonly queryTimeoutMs: number;
}
