/** What the API is told of, and who takes what is sent to it. */
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import type {
  IntegrationsByReceiver,
  NotificationEngine,
} from '../../notify/notification-engine.ts';
import type { NotificationTemplates } from '../../notify/template/notification-templates.ts';
import type { ReceivedAlerts } from './received-alerts.ts';

/** The engine and the configuration that is in force. */
export interface NotificationSource {
  readonly engine: NotificationEngine;
  readonly config: NotificationConfig;
  readonly integrations: IntegrationsByReceiver;
  readonly templates: NotificationTemplates;
  /** As people open the program, without a slash at its end. */
  readonly externalUrl: string;
}

export interface AlertmanagerDeps {
  readonly source: NotificationSource;
  readonly now: () => number;
  readonly startTimeMs: number;
  readonly version: string;
  readonly received: ReceivedAlerts;
}
