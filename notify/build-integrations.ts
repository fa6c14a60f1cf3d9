/** Makes the notifiers that a configuration asks for. */
import type {
  IntegrationConfig,
  IntegrationConfigs,
  IntegrationKind,
} from '../config/alertmanager/read-receivers.ts';
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import { ConfigErrors } from '../config/config-errors.ts';
import { PlaceError } from '../model/place-error.ts';
import type { IntegrationsByReceiver } from './notification-engine.ts';
import type { Integration, Notifier } from './notifier.ts';

/** How to make a notifier of each kind; kinds that are not here are not supported. */
export type NotifierFactories = {
  readonly [K in IntegrationKind]?: (config: IntegrationConfigs[K]) => Notifier;
};

/**
 * @param path of the configuration, for the error
 * @throws ConfigErrors naming every section of a kind that has no factory
 */
export function buildIntegrations(
  path: string,
  config: NotificationConfig,
  factories: NotifierFactories,
): IntegrationsByReceiver {
  const problems: PlaceError[] = [];
  const built = new Map<string, readonly Integration[]>();
  for (const { name, integrations } of config.receivers) {
    const list = integrations.flatMap((integration) => {
      const notifier = makeNotifier(integration, factories);
      if (notifier === undefined) {
        problems.push(notSupported(integration));
        return [];
      }
      const { kind, index } = integration;
      const { sendResolved } = integration.config;
      return [{ receiver: name, kind, index, sendResolved, notifier }];
    });
    built.set(name, list);
  }
  if (problems.length > 0) throw new ConfigErrors(path, problems);
  return built;
}

function makeNotifier(
  { kind, config }: IntegrationConfig,
  factories: NotifierFactories,
): Notifier | undefined {
  // Kind and configuration belong together, which the compiler does not see through the union.
  const factory = factories[kind] as
    | ((config: IntegrationConfig['config']) => Notifier)
    | undefined;
  return factory?.(config);
}

function notSupported({ kind, place }: IntegrationConfig): PlaceError {
  return new PlaceError(place, `${kind}_configs is not supported`, 'use another kind of receiver');
}
