/** Discord: an embed, posted through a webhook. */
import type { DiscordConfig } from '../../config/alertmanager/receivers/discord.ts';
import { discordFields, PICTURE_NAME } from '../extras/attachment-fields.ts';
import type { Notifier } from '../notifier.ts';
import { goJson } from './go-json.ts';
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

const MESSAGE = '{{ template "discord.default.message" . }}';

const COLORS = { firing: 0x992d22, resolved: 0x2ecc71 } as const;

export function discordNotifier(config: DiscordConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const title = truncateRunes(attempt.text(config.title), TITLE_RUNES_MAX);
    const description = truncateRunes(attempt.text(config.message), DESCRIPTION_RUNES_MAX);
    const content = truncateRunes(attempt.text(config.content), CONTENT_RUNES_MAX);
    const url = await messageSecret(config.webhookUrl, 'read webhook_url_file');
    const color = COLORS[attempt.expand.data.status];
    const isDefault = config.message === MESSAGE;
    const extras = isDefault ? await attempt.extras() : undefined;
    const body = {
      content,
      embeds: [{ title, description, color, ...discordFields(extras) }],
      username: orAbsent(config.username),
      avatar_url: orAbsent(config.avatarUrl),
    };
    const secrets = urlSecrets(url);
    const picture = extras?.picture;
    if (picture === undefined) return attempt.post({ url, body, secrets });
    const parts = [
      { name: 'payload_json', body: goJson(body), contentType: 'application/json' },
      { name: 'files[0]', body: picture.png, contentType: 'image/png', filename: PICTURE_NAME },
    ];
    return attempt.judge(await attempt.sendForm({ url, parts, secrets }));
  });
}
