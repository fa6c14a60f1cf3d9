/** Discord: an embed, posted through a webhook. */
import type { DiscordConfig } from '../../config/alertmanager/receivers/discord.ts';
import type { Notifier } from '../notifier.ts';
import { httpNotifier } from './http-notifier.ts';
import { urlSecrets } from './http-send.ts';
import { messageSecret } from './message-error.ts';
import { orAbsent } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const TITLE_RUNES_MAX = 256;
const DESCRIPTION_RUNES_MAX = 4096;
const CONTENT_RUNES_MAX = 2000;

const COLORS = { firing: 0x992d22, resolved: 0x2ecc71 } as const;

export function discordNotifier(config: DiscordConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const title = truncateRunes(attempt.text(config.title), TITLE_RUNES_MAX);
    const description = truncateRunes(attempt.text(config.message), DESCRIPTION_RUNES_MAX);
    const content = truncateRunes(attempt.text(config.content), CONTENT_RUNES_MAX);
    const url = await messageSecret(config.webhookUrl, 'read webhook_url_file');
    const color = COLORS[attempt.expand.data.status];
    const body = {
      content,
      embeds: [{ title, description, color }],
      username: orAbsent(config.username),
      avatar_url: orAbsent(config.avatarUrl),
    };
    return attempt.post({ url, body, secrets: urlSecrets(url) });
  });
}
