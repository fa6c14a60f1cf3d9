/** Reads Alertmanager's `global`: what receivers use where they say nothing themselves. */
import type { HttpClientConfig, TlsConfig } from '../http-client-types.ts';
import { DEFAULT_HTTP_CLIENT, readTls } from '../read-http-client.ts';
import type { Secret, SecretSource } from '../secret.ts';
import type { YamlSection } from '../yaml-section.ts';
import {
  readHttpConfig,
  readHttpUrl,
  readSecretOrFile,
  readSecretUrlOrFile,
} from './read-fields.ts';
import { readHostPort } from './read-host-port.ts';

const RESOLVE_TIMEOUT_MS = 5 * 60_000;
const SLACK_APP_URL = 'https://slack.com/api/chat.postMessage';

export interface SmtpGlobal {
  readonly from: string;
  readonly hello: string;
  /** `host:port`; '' when there is none. */
  readonly smarthost: string;
  readonly authUsername: string;
  readonly authPassword: SecretSource | undefined;
  readonly authSecret: SecretSource | undefined;
  readonly authIdentity: string;
  readonly requireTls: boolean;
  readonly tls: TlsConfig;
  /** Undefined: on port 465 only. */
  readonly forceImplicitTls: boolean | undefined;
}

export interface NotificationGlobal {
  readonly resolveTimeoutMs: number;
  readonly http: HttpClientConfig;
  readonly smtp: SmtpGlobal;
  readonly slackApiUrl: SecretSource | undefined;
  readonly slackAppToken: SecretSource | undefined;
  readonly slackAppUrl: string;
  readonly pagerdutyUrl: string;
  readonly opsgenieApiUrl: string;
  readonly opsgenieApiKey: SecretSource | undefined;
  readonly wechatApiUrl: string;
  readonly wechatApiSecret: SecretSource | undefined;
  readonly wechatApiCorpId: string;
  readonly victoropsApiUrl: string;
  readonly victoropsApiKey: SecretSource | undefined;
  readonly telegramApiUrl: string;
  readonly telegramBotToken: SecretSource | undefined;
  readonly webexApiUrl: string;
  readonly rocketchatApiUrl: string;
  readonly rocketchatToken: SecretSource | undefined;
  readonly rocketchatTokenId: SecretSource | undefined;
  readonly jiraApiUrl: string | undefined;
  readonly mattermostWebhookUrl: SecretSource | undefined;
}

/**
 * @param section what stands under `global`; an empty one when it is absent. It may hold
 *   Prometheus' settings too, so it is not finished here
 */
export function readNotificationGlobal(section: YamlSection): NotificationGlobal {
  const url = (name: string, absent: string): string => readHttpUrl(section, name) ?? absent;
  const slackApiUrl = readSecretUrlOrFile(section, 'slack_api_url');
  const slackAppToken = readSecretOrFile(section, 'slack_app_token');
  const slackAppUrl = url('slack_app_url', SLACK_APP_URL);
  checkSlack(section, slackApiUrl, slackAppToken, slackAppUrl);
  return {
    resolveTimeoutMs: section.durationMs('resolve_timeout', RESOLVE_TIMEOUT_MS),
    http: readHttpConfig(section) ?? DEFAULT_HTTP_CLIENT,
    smtp: readSmtp(section),
    slackApiUrl,
    slackAppToken,
    slackAppUrl,
    pagerdutyUrl: url('pagerduty_url', 'https://events.pagerduty.com/v2/enqueue'),
    opsgenieApiUrl: url('opsgenie_api_url', 'https://api.opsgenie.com/'),
    opsgenieApiKey: readSecretOrFile(section, 'opsgenie_api_key'),
    wechatApiUrl: url('wechat_api_url', 'https://qyapi.weixin.qq.com/cgi-bin/'),
    wechatApiSecret: readSecretOrFile(section, 'wechat_api_secret'),
    wechatApiCorpId: section.string('wechat_api_corp_id'),
    victoropsApiUrl: url(
      'victorops_api_url',
      'https://alert.victorops.com/integrations/generic/20131114/alert/',
    ),
    victoropsApiKey: readSecretOrFile(section, 'victorops_api_key'),
    telegramApiUrl: url('telegram_api_url', 'https://api.telegram.org'),
    telegramBotToken: readSecretOrFile(section, 'telegram_bot_token'),
    webexApiUrl: url('webex_api_url', 'https://webexapis.com/v1/messages'),
    rocketchatApiUrl: url('rocketchat_api_url', 'https://open.rocket.chat/'),
    rocketchatToken: readSecretOrFile(section, 'rocketchat_token'),
    rocketchatTokenId: readSecretOrFile(section, 'rocketchat_token_id'),
    jiraApiUrl: readHttpUrl(section, 'jira_api_url'),
    mattermostWebhookUrl: readSecretUrlOrFile(section, 'mattermost_webhook_url'),
  };
}

function readSmtp(section: YamlSection): SmtpGlobal {
  return {
    from: section.string('smtp_from'),
    hello: section.string('smtp_hello', 'localhost'),
    smarthost: readHostPort(section, 'smtp_smarthost'),
    authUsername: section.string('smtp_auth_username'),
    authPassword: readSecretOrFile(section, 'smtp_auth_password'),
    authSecret: readSecretOrFile(section, 'smtp_auth_secret'),
    authIdentity: section.string('smtp_auth_identity'),
    requireTls: section.boolean('smtp_require_tls', true),
    tls: readTls(section.section('smtp_tls_config', 'config.plain')),
    forceImplicitTls: section.optionalBoolean('smtp_force_implicit_tls'),
  };
}

/** An app token goes to the app's URL; before there were tokens, people set that as `api_url`. */
function checkSlack(
  section: YamlSection,
  apiUrl: SecretSource | undefined,
  appToken: SecretSource | undefined,
  appUrl: string,
): void {
  if (apiUrl === undefined || appToken === undefined) return;
  if ('value' in apiUrl && isUrl(apiUrl.value, appUrl)) return;
  section.problem(
    'slack_api_url',
    'at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured',
    'keep one of them',
  );
}

function isUrl(secret: Secret, url: string): boolean {
  return secret.reveal() === url;
}
