/** Microsoft Teams: a message card of its old connectors, or an adaptive card of Power Platform. */
import type {
  MsteamsConfig,
  MsteamsV2Config,
} from '../../config/alertmanager/receivers/msteams.ts';
import { markdownLinks } from '../extras/extras-text.ts';
import type { MessageExtras } from '../extras/message-extras.ts';
import type { Notifier } from '../notifier.ts';
import type { GoJsonValue } from './go-json.ts';
import { httpNotifier } from './http-notifier.ts';
import { urlSecrets } from './http-send.ts';
import { messageSecret } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';

/** Teams takes messages of 28 KB. */
const IMAGE_LENGTH_MAX = 21_000;
const TEXT = '{{ template "msteamsv2.default.text" . }}';
const CARD_COLORS = { firing: '8C1A1A', resolved: '2DC72D' } as const;
const TEXT_COLORS = { firing: 'Attention', resolved: 'Good' } as const;

export function msteamsNotifier(config: MsteamsConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const title = attempt.text(config.title);
    const text = attempt.text(config.text);
    const summary = attempt.text(config.summary);
    const url = await messageSecret(config.webhookUrl, 'read webhook_url_file');
    const body = {
      '@context': 'http://schema.org/extensions',
      type: 'MessageCard',
      title,
      summary,
      text,
      themeColor: CARD_COLORS[attempt.expand.data.status],
    };
    return attempt.post({ url, body, secrets: urlSecrets(url) });
  });
}

export function msteamsV2Notifier(config: MsteamsV2Config, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const title = attempt.text(config.title);
    const text = attempt.text(config.text);
    const url = await messageSecret(config.webhookUrl, 'read webhook_url_file');
    const extras = config.text === TEXT ? await attempt.extras() : undefined;
    const color = TEXT_COLORS[attempt.expand.data.status];
    const content = adaptiveCard(title, text, color, await cardExtras(extras));
    const attachment = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content,
    };
    const body = { type: 'message', attachments: [attachment] };
    return attempt.post({ url, body, secrets: urlSecrets(url) });
  });
}

/** Facts, the picture within the card, where it is small enough, and links. */
async function cardExtras(extras: MessageExtras | undefined) {
  if (extras === undefined) return [];
  const facts = extras.facts.map(({ name, value }) => ({ title: name, value }));
  const picture = await extras.smallPicture();
  const base64 = picture === undefined ? '' : Buffer.from(picture.png).toString('base64');
  const image = {
    type: 'Image',
    url: `data:image/png;base64,${base64}`,
    altText: extras.title,
    size: 'Stretch',
  };
  return [
    { type: 'FactSet', facts },
    ...(base64 === '' || base64.length > IMAGE_LENGTH_MAX ? [] : [image]),
    { type: 'TextBlock', text: markdownLinks(extras.links), wrap: true },
  ];
}

function adaptiveCard(title: string, text: string, color: string, more: readonly GoJsonValue[]) {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    body: [
      {
        type: 'TextBlock',
        text: title,
        weight: 'Bolder',
        size: 'Medium',
        wrap: true,
        style: 'heading',
        color,
      },
      { type: 'TextBlock', text, wrap: true },
      ...more,
    ],
    msteams: { width: 'full' },
  };
}
