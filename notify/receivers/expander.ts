/** The templates of one message. */
import type { Notification } from '../notifier.ts';
import type { NotificationData } from '../template/notification-data.ts';
import { messageData } from './message-data.ts';
import type { ReceiverContext } from './receiver.ts';

export interface Expander {
  readonly data: NotificationData;
  /** @throws TemplateError */
  readonly text: (template: string) => string;
  /** Escaped for HTML. @throws TemplateError */
  readonly html: (template: string) => string;
}

export function expander(
  notification: Notification,
  context: Pick<ReceiverContext, 'templates' | 'externalUrl'>,
): Expander {
  const data = messageData(notification, context);
  const { templates } = context;
  return {
    data,
    text: (template) => templates.expandText(template, data),
    html: (template) => templates.expandHtml(template, data),
  };
}
