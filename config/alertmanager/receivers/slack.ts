/** Reads an entry of `slack_configs`. */
import type { HttpClientConfig } from '../../http-client-types.ts';
import type { SecretSource } from '../../secret.ts';
import { Secret } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import {
  readGoDurationMs,
  readHttpConfig,
  readHttpUrl,
  readSecretOrFile,
  readSecretUrlOrFile,
  readSections,
} from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig } from './base.ts';
import {
  readSlackAction,
  readSlackField,
  type SlackAction,
  type SlackField,
} from './slack-parts.ts';

export interface SlackConfig extends HttpReceiverConfig {
  /** Where to post: a webhook, or the app's URL when there is a token (then part of `http`). */
  readonly apiUrl: SecretSource | undefined;
  readonly channel: string;
  readonly username: string;
  readonly color: string;
  readonly title: string;
  readonly titleLink: string;
  readonly pretext: string;
  readonly text: string;
  readonly messageText: string;
  readonly fields: readonly SlackField[];
  readonly shortFields: boolean;
  readonly footer: string;
  readonly fallback: string;
  readonly callbackId: string;
  readonly iconEmoji: string;
  readonly iconUrl: string;
  readonly imageUrl: string;
  readonly thumbUrl: string;
  readonly linkNames: boolean;
  readonly mrkdwnIn: readonly string[];
  readonly actions: readonly SlackAction[];
  /** The message of a group is changed instead of a new one posted. */
  readonly updateMessage: boolean;
  /** 0: none of its own. */
  readonly timeoutMs: number;
}

const POST_MESSAGE_URL = 'https://slack.com/api/chat.postMessage';

export function readSlack(section: YamlSection, global: NotificationGlobal): SlackConfig {
  const template = (name: string): string => defaultTemplate(`slack.default.${name}`);
  return {
    sendResolved: section.boolean('send_resolved'),
    ...readTarget(section, global),
    channel: section.string('channel'),
    username: section.string('username', template('username')),
    color: section.string('color', template('color')),
    title: section.string('title', template('title')),
    titleLink: section.string('title_link', template('titlelink')),
    pretext: section.string('pretext', template('pretext')),
    text: section.string('text', template('text')),
    messageText: section.string('message_text'),
    fields: readSections(section, 'fields', 'config.plain', readSlackField),
    shortFields: section.boolean('short_fields'),
    footer: section.string('footer', template('footer')),
    fallback: section.string('fallback', template('fallback')),
    callbackId: section.string('callback_id', template('callbackid')),
    iconEmoji: section.string('icon_emoji', template('iconemoji')),
    iconUrl: section.string('icon_url', template('iconurl')),
    imageUrl: section.string('image_url'),
    thumbUrl: section.string('thumb_url'),
    linkNames: section.boolean('link_names'),
    mrkdwnIn: section.strings('mrkdwn_in'),
    actions: readSections(section, 'actions', 'config.plain', readSlackAction),
    updateMessage: section.boolean('update_message'),
    timeoutMs: readGoDurationMs(section, 'timeout'),
  };
}

interface Target {
  readonly apiUrl: SecretSource | undefined;
  readonly http: HttpClientConfig;
}

function readTarget(section: YamlSection, global: NotificationGlobal): Target {
  const ownUrl = readSecretUrlOrFile(section, 'api_url');
  const ownToken = readSecretOrFile(section, 'app_token');
  const appUrl = readHttpUrl(section, 'app_url') ?? global.slackAppUrl;
  const ownHttp = readHttpConfig(section);
  if (ownUrl !== undefined && ownToken !== undefined) {
    section.problem(
      'app_token',
      'at most one of api_url/api_url_file & app_token/app_token_file must be configured',
      'keep one of them',
    );
  }
  if (section.boolean('update_message') && !isPostMessage(ownUrl)) {
    const text = `update_message can only be used with bot tokens. api_url must be set to ${POST_MESSAGE_URL}`;
    section.problem('update_message', text);
  }
  const takesGlobalToken =
    ownToken === undefined &&
    ownHttp?.authorization === undefined &&
    (ownUrl === undefined || 'file' in ownUrl);
  const token = takesGlobalToken ? global.slackAppToken : ownToken;
  const apiUrl = ownUrl ?? global.slackApiUrl;
  const http = ownHttp ?? global.http;
  if (token === undefined) {
    if (apiUrl === undefined) {
      const text = 'no Slack API URL nor App token set either inline or in a file';
      section.problem(undefined, text);
    }
    return { apiUrl, http };
  }
  if (http.authorization !== undefined) {
    section.problem(undefined, "http authorization can't be set when using Slack App tokens");
  }
  return {
    apiUrl: { value: new Secret(appUrl) },
    http: { ...http, authorization: { type: 'Bearer', credentials: token } },
  };
}

function isPostMessage(url: SecretSource | undefined): boolean {
  return url !== undefined && 'value' in url && url.value.reveal() === POST_MESSAGE_URL;
}
