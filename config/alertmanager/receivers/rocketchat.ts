/** Reads an entry of `rocketchat_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readHttpUrl, readSecretOrFile, readSections } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface RocketchatField {
  readonly title: string;
  readonly value: string;
  readonly short: boolean | undefined;
}

export interface RocketchatAction {
  readonly type: string;
  readonly text: string;
  readonly url: string;
  readonly msg: string;
}

export interface RocketchatConfig extends HttpReceiverConfig {
  readonly apiUrl: string;
  /** Undefined only where problems were found; so is the token. */
  readonly tokenId: SecretSource | undefined;
  readonly token: SecretSource | undefined;
  readonly channel: string;
  readonly color: string;
  readonly title: string;
  readonly titleLink: string;
  readonly text: string;
  readonly fields: readonly RocketchatField[];
  readonly shortFields: boolean;
  readonly emoji: string;
  readonly iconUrl: string;
  readonly imageUrl: string;
  readonly thumbUrl: string;
  readonly linkNames: boolean;
  readonly actions: readonly RocketchatAction[];
}

const COLOR = '{{ if eq .Status "firing" }}red{{ else }}green{{ end }}';

export function readRocketchat(section: YamlSection, global: NotificationGlobal): RocketchatConfig {
  const tokenId = readSecretOrFile(section, 'token_id') ?? global.rocketchatTokenId;
  const token = readSecretOrFile(section, 'token') ?? global.rocketchatToken;
  if (tokenId === undefined) {
    const text = 'no global Rocketchat TokenID set either inline or in a file';
    section.problem(undefined, text);
  } else if (token === undefined) {
    const text = 'no global Rocketchat Token set either inline or in a file';
    section.problem(undefined, text);
  }
  const template = (name: string): string => defaultTemplate(`rocketchat.default.${name}`);
  return {
    ...readHttpBase(section, global, false),
    apiUrl: readHttpUrl(section, 'api_url') ?? global.rocketchatApiUrl,
    tokenId,
    token,
    channel: section.string('channel'),
    color: section.string('color', COLOR),
    title: section.string('title', template('title')),
    titleLink: section.string('title_link', template('titlelink')),
    text: section.string('text', template('text')),
    fields: readSections(section, 'fields', 'rocketchat.RocketchatAttachmentField', (field) => ({
      title: field.string('title'),
      value: field.string('value'),
      short: field.optionalBoolean('short'),
    })),
    shortFields: section.boolean('short_fields'),
    emoji: section.string('emoji', template('emoji')),
    iconUrl: section.string('icon_url', template('iconurl')),
    imageUrl: section.string('image_url'),
    thumbUrl: section.string('thumb_url'),
    linkNames: section.boolean('link_names'),
    actions: readSections(section, 'actions', 'rocketchat.RocketchatAttachmentAction', readAction),
  };
}

/** These structs have names for JSON only, so in YAML their fields are run together. */
function readAction(section: YamlSection): RocketchatAction {
  section.know([
    'imageurl',
    'iswebview',
    'webviewheightratio',
    'msginchatwindow',
    'msgprocessingtype',
  ]);
  return {
    type: section.string('type'),
    text: section.string('text'),
    url: section.string('url'),
    msg: section.string('msg'),
  };
}
