/** Every kind of receiver that can be sent to. */
import type { NotifierFactories } from '../build-integrations.ts';
import type { ReceiverContext } from './receiver.ts';
import { WebhookNotifier } from './webhook.ts';

export function receiverFactories(context: ReceiverContext): NotifierFactories {
  return {
    webhook: (config) => new WebhookNotifier(config, context),
  };
}
