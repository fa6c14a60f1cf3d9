/** Reads an entry of `mattermost_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readSecretUrlOrFile, readSections } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface MattermostField {
  readonly title: string;
  readonly value: string;
  readonly short: boolean | undefined;
}

export interface MattermostAttachment {
  readonly fallback: string;
  readonly color: string;
  readonly pretext: string;
  readonly text: string;
  readonly authorName: string;
  readonly authorLink: string;
  readonly authorIcon: string;
  readonly title: string;
  readonly titleLink: string;
  readonly fields: readonly MattermostField[];
  readonly thumbUrl: string;
  readonly footer: string;
  readonly footerIcon: string;
  readonly imageUrl: string;
}

export interface MattermostConfig extends HttpReceiverConfig, MattermostAttachment {
  /** Undefined only where problems were found. */
  readonly webhookUrl: SecretSource | undefined;
  readonly channel: string;
  readonly username: string;
  readonly iconUrl: string;
  readonly iconEmoji: string;
  readonly attachments: readonly MattermostAttachment[];
  readonly type: string;
  readonly props: { readonly card: string } | undefined;
  readonly priority:
    | {
        readonly priority: string;
        readonly requestedAck: boolean;
        readonly persistentNotifications: boolean;
      }
    | undefined;
}

export function readMattermost(section: YamlSection, global: NotificationGlobal): MattermostConfig {
  const webhookUrl = readSecretUrlOrFile(section, 'webhook_url') ?? global.mattermostWebhookUrl;
  if (webhookUrl === undefined) {
    const text = 'missing webhook_url or webhook_url_file on mattermost_config';
    section.problem(undefined, text);
  }
  return {
    ...readHttpBase(section, global),
    webhookUrl,
    channel: section.string('channel'),
    username: section.string('username', defaultTemplate('mattermost.default.username')),
    ...readAttachment(section, (name) => {
      const template = name === 'title_link' ? 'titlelink' : name;
      return defaultTemplate(`mattermost.default.${template}`);
    }),
    iconUrl: section.string('icon_url'),
    iconEmoji: section.string('icon_emoji'),
    attachments: readSections(section, 'attachments', 'mattermost.MattermostAttachment', (item) =>
      readAttachment(item, () => ''),
    ),
    type: section.string('type'),
    props: readProps(section),
    priority: readPriority(section),
  };
}

function readAttachment(
  section: YamlSection,
  absent: (name: string) => string,
): MattermostAttachment {
  return {
    fallback: section.string('fallback', absent('fallback')),
    color: section.string('color', absent('color')),
    pretext: section.string('pretext'),
    text: section.string('text', absent('text')),
    authorName: section.string('author_name'),
    authorLink: section.string('author_link'),
    authorIcon: section.string('author_icon'),
    title: section.string('title', absent('title')),
    titleLink: section.string('title_link', absent('title_link')),
    fields: readSections(section, 'fields', 'mattermost.plain', readField),
    thumbUrl: section.string('thumb_url'),
    footer: section.string('footer'),
    footerIcon: section.string('footer_icon'),
    imageUrl: section.string('image_url'),
  };
}

function readField(section: YamlSection): MattermostField {
  const title = section.string('title');
  const value = section.string('value');
  if (title === '') section.problem(undefined, 'missing title in Mattermost field configuration');
  else if (value === '') {
    section.problem(undefined, 'missing value in Mattermost field configuration');
  }
  return { title, value, short: section.optionalBoolean('short') };
}

function readProps(parent: YamlSection): MattermostConfig['props'] {
  const section = parent.section('props', 'mattermost.MattermostProps');
  if (section === undefined) return undefined;
  const card = section.string('card');
  section.finish();
  return { card };
}

function readPriority(parent: YamlSection): MattermostConfig['priority'] {
  const section = parent.section('priority', 'mattermost.MattermostPriority');
  if (section === undefined) return undefined;
  const priority = {
    priority: section.string('priority'),
    requestedAck: section.boolean('requested_ack'),
    persistentNotifications: section.boolean('persistent_notifications'),
  };
  section.finish();
  return priority;
}
