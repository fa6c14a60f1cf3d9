/** Webex: Markdown to a room. */
import type { WebexConfig } from '../../config/alertmanager/receivers/webex.ts';
import type { Notifier } from '../notifier.ts';
import { httpNotifier } from './http-notifier.ts';
import { orAbsent } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateBytes } from './truncate.ts';

/** https://developer.webex.com/docs/api/v1/messages/create-a-message */
const MESSAGE_BYTES_MAX = 7439;

export function webexNotifier(config: WebexConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, (attempt) => {
    const markdown = truncateBytes(attempt.text(config.message), MESSAGE_BYTES_MAX);
    const body = { markdown, roomId: orAbsent(attempt.text(config.roomId)) };
    return attempt.post({ url: config.apiUrl, body });
  });
}
