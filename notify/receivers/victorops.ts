/** VictorOps (Splunk On-Call): an incident of the group, recovered when the group is. */
import type { VictoropsConfig } from '../../config/alertmanager/receivers/victorops.ts';
import type { Notifier } from '../notifier.ts';
import { addPath } from './go-url-text.ts';
import { groupKeyHash } from './group-key-hash.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import { messageError, messageSecret } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

const MESSAGE_RUNES_MAX = 20_480;
const FIRING_TYPES = ['INFO', 'WARNING', 'CRITICAL'];

export function victoropsNotifier(config: VictoropsConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const apiKey = await messageSecret(config.apiKey, 'failed to read API key from file');
    try {
      const path = `${apiKey}/${attempt.text(config.routingKey)}`;
      const body = victoropsMessage(config, attempt);
      return await attempt.post({ url: addPath(config.apiUrl, path), body, secrets: [apiKey] });
    } catch (error) {
      throw messageError('templating error', error);
    }
  });
}

function victoropsMessage(
  config: VictoropsConfig,
  attempt: ServiceAttempt,
): ReadonlyMap<string, string> {
  const isFiring = attempt.notification.status === 'firing';
  const type = attempt.text(config.messageType);
  const firingType = FIRING_TYPES.includes(type) ? type : 'CRITICAL';
  return new Map([
    ['message_type', isFiring ? firingType : 'RECOVERY'],
    ['entity_id', groupKeyHash(attempt.notification.groupKey)],
    ['entity_display_name', attempt.text(config.entityDisplayName)],
    ['state_message', truncateRunes(attempt.text(config.stateMessage), MESSAGE_RUNES_MAX)],
    ['monitoring_tool', attempt.text(config.monitoringTool)],
    ...Object.entries(config.customFields).map(([name, template]) => {
      return [name, attempt.text(template)] as const;
    }),
  ]);
}
