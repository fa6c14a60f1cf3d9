/** Mattermost: attachments, posted through a webhook. */
import type {
  MattermostAttachment,
  MattermostConfig,
} from '../../config/alertmanager/receivers/mattermost.ts';
import { quote } from '../../config/go-text.ts';
import type { Notifier } from '../notifier.ts';
import type { GoJsonValue } from './go-json.ts';
import { httpNotifier } from './http-notifier.ts';
import { urlSecrets } from './http-send.ts';
import { MessageError, messageSecret } from './message-error.ts';
import { orAbsent, withPrefix } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

const TEXT_RUNES_MAX = 16_383;
const PRIORITIES = ['urgent', 'important', 'standard'];

type Expand = (template: string) => string;

export function mattermostNotifier(config: MattermostConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const url = await messageSecret(config.webhookUrl, '');
    if (url === '') throw new MessageError('webhook url missing');
    const text: Expand = (template) => attempt.text(template);
    const channel = text(config.channel);
    const outcome = await attempt.sendJson({
      url,
      body: mattermostMessage(config, channel, text),
      secrets: urlSecrets(url),
    });
    if (outcome.kind === 'failed') return outcome.result;
    return withPrefix(`channel ${quote(channel)}: `, attempt.judge(outcome));
  });
}

/** With attachments of its own, the text stands before them; otherwise within the only one. */
function mattermostMessage(config: MattermostConfig, channel: string, text: Expand): GoJsonValue {
  const { attachments, props } = config;
  const hasOwn = attachments.length > 0;
  const card = props === undefined ? '' : text(props.card);
  return {
    text: hasOwn ? orAbsent(truncateRunes(text(config.text), TEXT_RUNES_MAX)) : undefined,
    channel: orAbsent(channel),
    username: orAbsent(text(config.username)),
    icon_url: orAbsent(text(config.iconUrl)),
    icon_emoji: orAbsent(text(config.iconEmoji)),
    attachments: (hasOwn ? attachments : [config]).map((one) => attachment(one, text)),
    type: orAbsent(text(config.type)),
    props: props === undefined || props.card === '' ? undefined : { card: orAbsent(card) },
    priority: priority(config.priority, text),
  };
}

function attachment(from: MattermostAttachment, text: Expand): GoJsonValue {
  const fields = from.fields.map(({ title, value, short }) => {
    return { title: orAbsent(text(title)), value: orAbsent(text(value)), short };
  });
  return {
    fallback: orAbsent(text(from.fallback)),
    color: orAbsent(text(from.color)),
    pretext: orAbsent(text(from.pretext)),
    text: orAbsent(text(from.text)),
    author_name: orAbsent(text(from.authorName)),
    author_link: orAbsent(text(from.authorLink)),
    author_icon: orAbsent(text(from.authorIcon)),
    title: orAbsent(text(from.title)),
    title_link: orAbsent(text(from.titleLink)),
    fields: fields.length === 0 ? undefined : fields,
    thumb_url: orAbsent(text(from.thumbUrl)),
    footer: orAbsent(text(from.footer)),
    footer_icon: orAbsent(text(from.footerIcon)),
    image_url: orAbsent(text(from.imageUrl)),
  };
}

/** What Mattermost refuses together is left out. */
function priority(config: MattermostConfig['priority'], text: Expand): GoJsonValue {
  if (config === undefined || config.priority === '') return undefined;
  const wanted = text(config.priority).toLowerCase();
  const level = PRIORITIES.includes(wanted) ? wanted : 'standard';
  const { requestedAck, persistentNotifications } = config;
  return {
    priority: level,
    requested_ack: (requestedAck && level !== 'standard') || undefined,
    persistent_notifications: (persistentNotifications && level === 'urgent') || undefined,
  };
}
