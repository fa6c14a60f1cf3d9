/** Complete parts of configurations, with the defaults that Prometheus has. */
import type { HttpClientConfig, OAuth2, TlsConfig } from '../config/http-client-types.ts';
import type { RelabelConfig, ScrapeConfig } from '../config/types.ts';
import { Labels } from '../model/labels.ts';

export function tlsConfig(parts: Partial<TlsConfig> = {}): TlsConfig {
  return {
    ca: undefined,
    cert: undefined,
    key: undefined,
    serverName: '',
    insecureSkipVerify: false,
    minVersion: undefined,
    maxVersion: undefined,
    ...parts,
  };
}

const NO_PROXY = { proxyUrl: '', noProxy: '', proxyFromEnvironment: false, proxyConnectHeader: {} };

export function httpClientConfig(parts: Partial<HttpClientConfig> = {}): HttpClientConfig {
  return {
    ...NO_PROXY,
    basicAuth: undefined,
    authorization: undefined,
    oauth2: undefined,
    tls: tlsConfig(),
    followRedirects: true,
    enableHttp2: true,
    httpHeaders: {},
    ...parts,
  };
}

export function oauth2Config(tokenUrl: string, parts: Partial<OAuth2> = {}): OAuth2 {
  return {
    ...NO_PROXY,
    clientId: 'client',
    clientSecret: undefined,
    scopes: [],
    tokenUrl,
    endpointParams: {},
    tls: tlsConfig(),
    ...parts,
  };
}

export function relabelConfig(parts: Partial<RelabelConfig>): RelabelConfig {
  return {
    sourceLabels: [],
    separator: ';',
    regex: '(.*)',
    modulus: 0n,
    targetLabel: '',
    replacement: '$1',
    action: 'replace',
    nameValidationScheme: 'utf8',
    ...parts,
  };
}

/** @param addresses static targets */
export function scrapeConfig(
  addresses: readonly string[],
  parts: Partial<ScrapeConfig> = {},
): ScrapeConfig {
  return {
    jobName: 'job',
    honorLabels: false,
    honorTimestamps: true,
    trackTimestampsStaleness: false,
    params: {},
    scrapeIntervalMs: 1000,
    scrapeTimeoutMs: 1000,
    scrapeProtocols: ['OpenMetricsText1.0.0', 'PrometheusText0.0.4'],
    fallbackScrapeProtocol: 'PrometheusText0.0.4',
    scrapeNativeHistograms: false,
    alwaysScrapeClassicHistograms: false,
    convertClassicHistogramsToNhcb: false,
    extraScrapeMetrics: false,
    scrapeFailureLogFile: '',
    metricsPath: '/metrics',
    scheme: 'http',
    enableCompression: true,
    bodySizeLimitBytes: 0,
    sampleLimit: 0,
    targetLimit: 0,
    labelLimit: 0,
    labelNameLengthLimit: 0,
    labelValueLengthLimit: 0,
    nativeHistogramBucketLimit: 0,
    nativeHistogramMinBucketFactor: 0,
    keepDroppedTargets: 0,
    metricNameValidationScheme: 'utf8',
    metricNameEscapingScheme: 'allow-utf-8',
    discovery: [
      { kind: 'static', groups: [{ source: '0', targets: addresses, labels: Labels.EMPTY }] },
    ],
    httpClient: httpClientConfig(),
    relabelConfigs: [],
    metricRelabelConfigs: [],
    ...parts,
  };
}
