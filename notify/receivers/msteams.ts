/** Microsoft Teams: a message card of its old connectors, or an adaptive card of Power Platform. */
import type {
  MsteamsConfig,
  MsteamsV2Config,
} from '../../config/alertmanager/receivers/msteams.ts';
import type { Notifier } from '../notifier.ts';
import { httpNotifier } from './http-notifier.ts';
import { urlSecrets } from './http-send.ts';
import { messageSecret } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';

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
    const content = adaptiveCard(title, text, TEXT_COLORS[attempt.expand.data.status]);
    const attachment = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content,
    };
    const body = { type: 'message', attachments: [attachment] };
    return attempt.post({ url, body, secrets: urlSecrets(url) });
  });
}

function adaptiveCard(title: string, text: string, color: string) {
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
    ],
    msteams: { width: 'full' },
  };
}
