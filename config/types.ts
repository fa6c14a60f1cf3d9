/**
 * The configuration as the program sees it: complete (every default applied), checked, immutable.
 * Times are milliseconds (`…Ms`), sizes bytes (`…Bytes`), paths absolute. Field by field it is
 * Prometheus 3.14's; docs/configuration.md has the names in the file.
 */

import type { Labels } from '../model/labels.ts';
import type { NotificationConfig } from './alertmanager/types.ts';
import type { ClusterConfig } from './cluster-types.ts';
import type { DiscoveryConfig } from './discovery-types.ts';
import type { HttpClientConfig, TlsConfig } from './http-client-types.ts';
import type {
  AuthConfig,
  CatalogueConfig,
  ClickhouseConfig,
  Durability,
  LimitsConfig,
  MessagesConfig,
  ProcessRole,
  RetentionConfig,
} from './own-types.ts';
import type { StateConfig } from './state-types.ts';

export type NameValidationScheme = 'utf8' | 'legacy';
export type NameEscapingScheme = 'allow-utf-8' | 'underscores' | 'dots' | 'values';

export type ScrapeProtocol =
  | 'PrometheusProto'
  | 'PrometheusText0.0.4'
  | 'PrometheusText1.0.0'
  | 'OpenMetricsText0.0.1'
  | 'OpenMetricsText1.0.0';

export interface GlobalConfig {
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly evaluationIntervalMs: number;
  readonly ruleQueryOffsetMs: number;
  /** Undefined: each scrape config chooses by whether it scrapes native histograms. */
  readonly scrapeProtocols: readonly ScrapeProtocol[] | undefined;
  readonly queryLogFile: string;
  readonly scrapeFailureLogFile: string;
  readonly externalLabels: Labels;
  /** Here and below, 0 means no limit. */
  readonly bodySizeLimitBytes: number;
  readonly sampleLimit: number;
  readonly targetLimit: number;
  readonly labelLimit: number;
  readonly labelNameLengthLimit: number;
  readonly labelValueLengthLimit: number;
  readonly keepDroppedTargets: number;
  readonly metricNameValidationScheme: NameValidationScheme;
  /** '' means: by the validation scheme. */
  readonly metricNameEscapingScheme: NameEscapingScheme | '';
  readonly scrapeNativeHistograms: boolean;
  readonly convertClassicHistogramsToNhcb: boolean;
  readonly alwaysScrapeClassicHistograms: boolean;
  readonly extraScrapeMetrics: boolean;
}

export type RelabelAction =
  | 'replace'
  | 'keep'
  | 'drop'
  | 'keepequal'
  | 'dropequal'
  | 'hashmod'
  | 'labelmap'
  | 'labeldrop'
  | 'labelkeep'
  | 'lowercase'
  | 'uppercase';

export interface RelabelConfig {
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  /** As written: RE2, to be anchored at both ends, `.` matching newlines. It compiles. */
  readonly regex: string;
  /** An unsigned 64-bit number; 0 unless the action is `hashmod`. */
  readonly modulus: bigint;
  readonly targetLabel: string;
  readonly replacement: string;
  readonly action: RelabelAction;
  readonly nameValidationScheme: NameValidationScheme;
}

/** Everything that comes from `global` is filled in. */
export interface ScrapeConfig {
  readonly jobName: string;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  /** Most wanted first; never empty. */
  readonly scrapeProtocols: readonly ScrapeProtocol[];
  /** '' means that a missing or unknown content type fails the scrape. */
  readonly fallbackScrapeProtocol: ScrapeProtocol | '';
  readonly scrapeNativeHistograms: boolean;
  readonly alwaysScrapeClassicHistograms: boolean;
  readonly convertClassicHistogramsToNhcb: boolean;
  readonly extraScrapeMetrics: boolean;
  readonly scrapeFailureLogFile: string;
  readonly metricsPath: string;
  readonly scheme: string;
  readonly enableCompression: boolean;
  readonly bodySizeLimitBytes: number;
  readonly sampleLimit: number;
  readonly targetLimit: number;
  readonly labelLimit: number;
  readonly labelNameLengthLimit: number;
  readonly labelValueLengthLimit: number;
  readonly nativeHistogramBucketLimit: number;
  readonly nativeHistogramMinBucketFactor: number;
  readonly keepDroppedTargets: number;
  readonly metricNameValidationScheme: NameValidationScheme;
  readonly metricNameEscapingScheme: NameEscapingScheme;
  readonly discovery: readonly DiscoveryConfig[];
  readonly httpClient: HttpClientConfig;
  readonly relabelConfigs: readonly RelabelConfig[];
  readonly metricRelabelConfigs: readonly RelabelConfig[];
}

export interface AlertmanagerConfig {
  readonly discovery: readonly DiscoveryConfig[];
  readonly httpClient: HttpClientConfig;
  readonly scheme: string;
  readonly pathPrefix: string;
  readonly timeoutMs: number;
  readonly apiVersion: 'v2';
  readonly relabelConfigs: readonly RelabelConfig[];
  readonly alertRelabelConfigs: readonly RelabelConfig[];
}

export interface AlertingConfig {
  readonly alertRelabelConfigs: readonly RelabelConfig[];
  readonly alertmanagers: readonly AlertmanagerConfig[];
}

export type RemoteWriteMessage = 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request';

export interface QueueConfig {
  readonly capacity: number;
  readonly shardsMax: number;
  readonly shardsMin: number;
  readonly samplesPerSendMax: number;
  readonly batchSendDeadlineMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  readonly retryOnHttp429: boolean;
  /** 0 means that no sample is too old. */
  readonly sampleAgeLimitMs: number;
}

export interface RemoteWriteConfig {
  readonly url: string;
  readonly remoteTimeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly writeRelabelConfigs: readonly RelabelConfig[];
  /** '' when not given. */
  readonly name: string;
  readonly sendExemplars: boolean;
  readonly sendNativeHistograms: boolean;
  readonly roundRobinDns: boolean;
  readonly protobufMessage: RemoteWriteMessage;
  readonly failedRequestLogging: boolean;
  readonly httpClient: HttpClientConfig;
  readonly queue: QueueConfig;
  readonly metadata: {
    readonly send: boolean;
    readonly sendIntervalMs: number;
    readonly samplesPerSendMax: number;
  };
}

export interface RemoteReadConfig {
  readonly url: string;
  readonly remoteTimeoutMs: number;
  readonly chunkedReadLimitBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly readRecent: boolean;
  readonly name: string;
  readonly httpClient: HttpClientConfig;
  readonly requiredMatchers: Labels;
  readonly filterExternalLabels: boolean;
}

/** What of Prometheus' storage settings has a meaning here, and what is only kept for printing. */
export interface StorageConfig {
  readonly outOfOrderTimeWindowMs: number;
  readonly staleSeriesCompactionThreshold: number;
  readonly chunkEncodingFloats: '' | 'xor' | 'xor2';
  /** 0 when not given; `retention` (ours) has the value that counts. */
  readonly retentionTimeMs: number;
  readonly retentionSizeBytes: number;
  readonly retentionPercentage: number;
  /** 0 or less turns exemplars off. */
  readonly exemplarsMax: number;
}

export interface TracingConfig {
  readonly clientType: 'http' | 'grpc';
  readonly endpoint: string;
  readonly samplingFraction: number;
  readonly insecure: boolean;
  readonly tls: TlsConfig;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: '' | 'gzip';
  readonly timeoutMs: number;
}

export type OtlpTranslationStrategy =
  | 'UnderscoreEscapingWithSuffixes'
  | 'UnderscoreEscapingWithoutSuffixes'
  | 'NoUTF8EscapingWithSuffixes'
  | 'NoTranslation';

export interface OtlpConfig {
  readonly promoteAllResourceAttributes: boolean;
  readonly promoteResourceAttributes: readonly string[];
  readonly ignoreResourceAttributes: readonly string[];
  readonly translationStrategy: OtlpTranslationStrategy;
  readonly keepIdentifyingResourceAttributes: boolean;
  readonly convertHistogramsToNhcb: boolean;
  readonly promoteScopeMetadata: boolean;
  readonly labelNameUnderscoreSanitization: boolean;
  readonly labelNamePreserveMultipleUnderscores: boolean;
}

export interface Config {
  /** The file this comes from, or undefined when the program runs without one. */
  readonly path: string | undefined;
  readonly global: GlobalConfig;
  readonly runtime: { readonly gogc: number };
  readonly alerting: AlertingConfig;
  /** Absolute patterns, the last part may be a glob. */
  readonly ruleFiles: readonly string[];
  readonly scrapeConfigFiles: readonly string[];
  /** Those of this file, then those of `scrapeConfigFiles`. */
  readonly scrapeConfigs: readonly ScrapeConfig[];
  /** Those of this file alone, which is what `/api/v1/status/config` shows. */
  readonly mainScrapeConfigs: readonly ScrapeConfig[];
  readonly storage: StorageConfig;
  readonly tracing: TracingConfig | undefined;
  readonly remoteWrite: readonly RemoteWriteConfig[];
  readonly remoteRead: readonly RemoteReadConfig[];
  readonly otlp: OtlpConfig;
  /** Alertmanager's sections; undefined when there are none, and so nobody to tell. */
  readonly notifications: NotificationConfig | undefined;
  /** Undefined when the file has no such section. */
  readonly clusters: readonly ClusterConfig[] | undefined;
  readonly catalogue: CatalogueConfig;
  readonly messages: MessagesConfig;
  readonly state: StateConfig;
  readonly clickhouse: ClickhouseConfig | undefined;
  readonly auth: AuthConfig;
  readonly retention: RetentionConfig;
  /** All four when not given. */
  readonly roles: readonly ProcessRole[];
  readonly limits: LimitsConfig;
  readonly durability: Durability;
}
