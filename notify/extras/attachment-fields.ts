/** Facts and links as the fields that attachments and cards of chats have. */
import { markdownLinks } from './extras-text.ts';
import type { MessageExtras } from './message-extras.ts';

/** Of the file that an embed names. */
export const PICTURE_NAME = 'chart.png';
const FIELD_LENGTH_MAX = 1000;
const FIELDS_MAX = 20;
const SHORT_LENGTH_MAX = 40;

/** Of an embed of Discord; the picture is a file of the same message. */
export function discordFields(extras: MessageExtras | undefined) {
  if (extras === undefined) return {};
  const fields = fieldsOf(extras).map(({ title, value, short }) => {
    return { name: title, value, inline: short };
  });
  const image =
    extras.picture === undefined ? {} : { image: { url: `attachment://${PICTURE_NAME}` } };
  const links =
    extras.links.length === 0
      ? []
      : [{ name: '\u200b', value: markdownLinks(extras.links), inline: false }];
  return { fields: [...fields, ...links], ...image };
}

/** Of an attachment as Slack, Mattermost and Rocket.Chat have them. */
export function fieldsOf(extras: MessageExtras) {
  return extras.facts.slice(0, FIELDS_MAX).map(({ name, value }) => ({
    title: name,
    value: value.slice(0, FIELD_LENGTH_MAX),
    short: value.length <= SHORT_LENGTH_MAX,
  }));
}
