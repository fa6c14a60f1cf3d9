/** Makes the notifiers that a configuration asks for. */
import type {
  IntegrationConfig,
  IntegrationConfigs,
  IntegrationKind,
} from '../config/alertmanager/read-receivers.ts';
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import type { IntegrationsByReceiver } from './notification-engine.ts';
import type { Notifier } from './notifier.ts';

/** How to make a notifier of each kind. */
export type NotifierFactories = {
  readonly [K in IntegrationKind]: (config: IntegrationConfigs[K]) => Notifier;
};

export function buildIntegrations(
  { receivers }: Pick<NotificationConfig, 'receivers'>,
  factories: NotifierFactories,
): IntegrationsByReceiver {
  return new Map(
    receivers.map(({ name, integrations }) => {
      const list = integrations.map((integration) => {
        const { kind, index, config } = integration;
        const notifier = makeNotifier(integration, factories);
        return { receiver: name, kind, index, sendResolved: config.sendResolved, notifier };
      });
      return [name, list];
    }),
  );
}

function makeNotifier({ kind, config }: IntegrationConfig, factories: NotifierFactories): Notifier {
  // Kind and configuration belong together, which the compiler does not see through the union.
  const factory = factories[kind] as (config: IntegrationConfig['config']) => Notifier;
  return factory(config);
}
