/** Every kind of receiver that can be sent to. */
import type { NotifierFactories } from '../build-integrations.ts';
import { EmailNotifier } from './email.ts';
import type { ReceiverContext } from './receiver.ts';
import { SlackNotifier } from './slack.ts';
import { WebhookNotifier } from './webhook.ts';

export function receiverFactories(context: ReceiverContext): NotifierFactories {
  return {
    email: (config) => new EmailNotifier(config, context),
    slack: (config) => new SlackNotifier(config, context),
    webhook: (config) => new WebhookNotifier(config, context),
  };
}
