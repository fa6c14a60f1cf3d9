/** Reads the section `global`. */
import { Labels } from '../model/labels.ts';
import { expandEnv } from './expand-env.ts';
import { quote } from './go-text.ts';
import { readLabels } from './read-labels.ts';
import { readScrapeProtocols } from './scrape-protocols.ts';
import type { GlobalConfig, NameEscapingScheme, NameValidationScheme } from './types.ts';
import type { YamlSection } from './yaml-section.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export const ESCAPING_SCHEMES: readonly NameEscapingScheme[] = [
  'allow-utf-8',
  'underscores',
  'dots',
  'values',
];

export const DEFAULT_GLOBAL: GlobalConfig = {
  scrapeIntervalMs: MINUTE_MS,
  scrapeTimeoutMs: 10 * SECOND_MS,
  evaluationIntervalMs: MINUTE_MS,
  ruleQueryOffsetMs: 0,
  scrapeProtocols: undefined,
  queryLogFile: '',
  scrapeFailureLogFile: '',
  externalLabels: Labels.EMPTY,
  bodySizeLimitBytes: 0,
  sampleLimit: 0,
  targetLimit: 0,
  labelLimit: 0,
  labelNameLengthLimit: 0,
  labelValueLengthLimit: 0,
  keepDroppedTargets: 0,
  metricNameValidationScheme: 'utf8',
  metricNameEscapingScheme: 'allow-utf-8',
  scrapeNativeHistograms: false,
  convertClassicHistogramsToNhcb: false,
  alwaysScrapeClassicHistograms: false,
  extraScrapeMetrics: false,
};

/** Alertmanager's `global`, which shares the section; judged with the receivers. */
const ALERTMANAGER_FIELDS = [
  'resolve_timeout',
  'http_config',
  'smtp_from',
  'smtp_hello',
  'smtp_smarthost',
  'smtp_auth_username',
  'smtp_auth_password',
  'smtp_auth_password_file',
  'smtp_auth_secret',
  'smtp_auth_secret_file',
  'smtp_auth_identity',
  'smtp_require_tls',
  'smtp_tls_config',
  'smtp_force_implicit_tls',
  'slack_api_url',
  'slack_api_url_file',
  'slack_app_token',
  'slack_app_token_file',
  'slack_app_url',
  'pagerduty_url',
  'opsgenie_api_url',
  'opsgenie_api_key',
  'opsgenie_api_key_file',
  'wechat_api_url',
  'wechat_api_secret',
  'wechat_api_secret_file',
  'wechat_api_corp_id',
  'victorops_api_url',
  'victorops_api_key',
  'victorops_api_key_file',
  'telegram_api_url',
  'telegram_bot_token',
  'telegram_bot_token_file',
  'webex_api_url',
  'rocketchat_api_url',
  'rocketchat_token',
  'rocketchat_token_file',
  'rocketchat_token_id',
  'rocketchat_token_id_file',
  'jira_api_url',
  'mattermost_webhook_url',
  'mattermost_webhook_url_file',
];

/** @param section undefined means no `global`, or an empty one */
export function readGlobal(section: YamlSection | undefined): GlobalConfig {
  if (section === undefined) return DEFAULT_GLOBAL;
  const { reader } = section;
  const scheme = readValidationScheme(section) ?? DEFAULT_GLOBAL.metricNameValidationScheme;
  const intervalMs = section.durationMs('scrape_interval') || DEFAULT_GLOBAL.scrapeIntervalMs;
  const timeoutMs = section.durationMs('scrape_timeout');
  if (timeoutMs > intervalMs) {
    section.problem('scrape_timeout', 'global scrape timeout greater than scrape interval');
  }
  const config: GlobalConfig = {
    scrapeIntervalMs: intervalMs,
    scrapeTimeoutMs: timeoutMs || Math.min(DEFAULT_GLOBAL.scrapeTimeoutMs, intervalMs),
    evaluationIntervalMs:
      section.durationMs('evaluation_interval') || DEFAULT_GLOBAL.evaluationIntervalMs,
    ruleQueryOffsetMs: section.durationMs('rule_query_offset'),
    scrapeProtocols: readScrapeProtocols(section, ' for global config'),
    queryLogFile: section.path('query_log_file'),
    scrapeFailureLogFile: section.path('scrape_failure_log_file'),
    externalLabels: readLabels(section, 'external_labels', scheme, (value) => {
      return expandEnv(value, (name) => reader.env[name] ?? '');
    }),
    ...readLimits(section),
    metricNameValidationScheme: scheme,
    metricNameEscapingScheme: section.choice(
      'metric_name_escaping_scheme',
      ['', ...ESCAPING_SCHEMES] as const,
      '',
      (text) => unknownEscaping('global', text),
    ),
    scrapeNativeHistograms: section.boolean('scrape_native_histograms'),
    convertClassicHistogramsToNhcb: section.boolean('convert_classic_histograms_to_nhcb'),
    alwaysScrapeClassicHistograms: section.boolean('always_scrape_classic_histograms'),
    extraScrapeMetrics: section.boolean('extra_scrape_metrics'),
  };
  section.know(ALERTMANAGER_FIELDS);
  section.finish();
  return config;
}

type Limits = Pick<
  GlobalConfig,
  | 'bodySizeLimitBytes'
  | 'sampleLimit'
  | 'targetLimit'
  | 'labelLimit'
  | 'labelNameLengthLimit'
  | 'labelValueLengthLimit'
  | 'keepDroppedTargets'
>;

/** Limits that a scrape config has too; there, 0 means those of `inherited`. */
export function readLimits(section: YamlSection, inherited?: Limits): Limits {
  return {
    bodySizeLimitBytes:
      section.sizeBytes('body_size_limit') || (inherited?.bodySizeLimitBytes ?? 0),
    sampleLimit: section.count('sample_limit') || (inherited?.sampleLimit ?? 0),
    targetLimit: section.count('target_limit') || (inherited?.targetLimit ?? 0),
    labelLimit: section.count('label_limit') || (inherited?.labelLimit ?? 0),
    labelNameLengthLimit:
      section.count('label_name_length_limit') || (inherited?.labelNameLengthLimit ?? 0),
    labelValueLengthLimit:
      section.count('label_value_length_limit') || (inherited?.labelValueLengthLimit ?? 0),
    keepDroppedTargets:
      section.count('keep_dropped_targets') || (inherited?.keepDroppedTargets ?? 0),
  };
}

/** Undefined when absent or empty. */
export function readValidationScheme(section: YamlSection): NameValidationScheme | undefined {
  const known = ['', 'utf8', 'legacy'] as const;
  const found = section.choice('metric_name_validation_scheme', known, '', (text) => {
    return `unrecognized ValidationScheme: ${quote(text)}`;
  });
  return found === '' ? undefined : found;
}

export function unknownEscaping(where: string, text: string): string {
  const known = ESCAPING_SCHEMES.map((scheme) => `'${scheme}'`);
  const list = `${known.slice(0, -1).join(', ')}, or ${known.at(-1) ?? ''}`;
  return `unknown ${where} name escaping method specified, must be one of ${list}, got ${quote(text)}`;
}
