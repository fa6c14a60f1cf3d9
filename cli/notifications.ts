/** Notifications in the running program: from the configuration to the engine that tells people. */
import type { Registry } from 'prom-client';
import type {
  AlertmanagerDeps,
  NotificationSource,
} from '../api/alertmanager/alertmanager-deps.ts';
import { receivedAlerts } from '../api/alertmanager/received-alerts.ts';
import { HttpClient } from '../collector/http/http-client.ts';
import { readTlsOptions } from '../collector/http/tls-options.ts';
import { mergeNotifications } from '../collector/operator/read-notification-object.ts';
import { noNotifications } from '../config/alertmanager/no-notifications.ts';
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import type { HttpClientConfig } from '../config/http-client-types.ts';
import type { Config } from '../config/types.ts';
import type { Alert, AlertSink } from '../model/alert.ts';
import type { AlertDecisionSink } from '../model/alert-decisions.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { DocumentStore, StateStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import { VERSION } from '../model/version.ts';
import { Acknowledgements } from '../notify/acknowledgements.ts';
import { DecisionRecorder } from '../notify/decision-recorder.ts';
import { type IntegrationsByReceiver, NotificationEngine } from '../notify/notification-engine.ts';
import type { NotifyEvent } from '../notify/notify-event.ts';
import { type NotifyMetrics, notifyMetrics } from '../notify/notify-metrics.ts';
import {
  type LoadedReceivers,
  loadReceivers,
  type ReceiverEnvironment,
} from '../notify/receivers/load-receivers.ts';
import type { ReceiverHttp } from '../notify/receivers/receiver.ts';
import { RecurringSilences } from '../notify/recurring-silences.ts';
import { StoredNotifyState } from '../notify/stored-notify-state.ts';
import type { NotificationTemplates } from '../notify/template/notification-templates.ts';
import type { ServeOptions } from './serve-options.ts';

/** Of an answer nothing but the reason of a refusal, and ids of messages, are read. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export interface NotificationParts {
  readonly state: StateStore;
  /** Who else is told of alerts of our own. */
  readonly others: AlertSink;
  readonly decisions: AlertDecisionSink;
  readonly documents: DocumentStore;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly options: ServeOptions['notifications'];
}

/** Receivers and routes that are in order, and not yet in force. */
export interface LoadedNotifications {
  readonly config: NotificationConfig;
  readonly receivers: LoadedReceivers;
  readonly externalUrl: string;
}

/**
 * Changes nothing yet.
 * @param objects what AlertmanagerConfigs of clusters say
 * @throws ConfigErrors
 */
export async function loadNotifications(
  config: Config,
  alertmanagerFile: string | undefined,
  externalUrl: URL,
  objects: readonly NotificationConfig[] = [],
  extras?: ReceiverEnvironment['extras'],
): Promise<LoadedNotifications> {
  const { path } = config;
  const notifications = mergeNotifications(config.notifications ?? noNotifications(), objects);
  const url = externalUrl.href.replace(/\/+$/, '');
  const environment: ReceiverEnvironment = {
    externalUrl: url,
    nowMs: Date.now,
    createHttp,
    readTls: readTlsOptions,
    extras,
  };
  const shown = alertmanagerFile ?? path ?? '(no configuration file)';
  const receivers = await loadReceivers(shown, notifications, environment);
  return { config: notifications, receivers, externalUrl: url };
}

function createHttp(config: HttpClientConfig): ReceiverHttp {
  const client = new HttpClient(config);
  return {
    request: (request) => client.request({ ...request, bodyBytesMax: ANSWER_BYTES_MAX }),
    close: () => client.close(),
  };
}

export class ProgramNotifications implements AlertSink, NotificationSource {
  readonly #parts: NotificationParts;
  readonly acknowledgements: Acknowledgements;
  readonly recurring: RecurringSilences;
  readonly #metrics: NotifyMetrics;
  readonly #recorder: DecisionRecorder;
  #engine: NotificationEngine | undefined;
  #loaded: LoadedNotifications | undefined;
  /** What alarm policies add to the configuration. */
  #adapt: (config: NotificationConfig) => NotificationConfig = (config) => config;

  constructor(parts: NotificationParts) {
    this.#parts = parts;
    this.acknowledgements = new Acknowledgements(parts.documents);
    this.recurring = new RecurringSilences({
      clock: SYSTEM_CLOCK,
      documents: parts.documents,
      silences: () => this.engine.silences,
      logger: parts.logger,
    });
    const isKnown = (alert: string) => this.#engine?.alertOf(alert) !== undefined;
    this.#recorder = new DecisionRecorder(parts.decisions, isKnown);
    this.#metrics = notifyMetrics(parts.registry, SYSTEM_CLOCK, () => this.#engine);
  }

  /** What is in force. Only after `apply` has resolved once. */
  get config(): NotificationConfig {
    return this.#adapt(this.#started.loaded.config);
  }

  get integrations(): IntegrationsByReceiver {
    return this.#started.loaded.receivers.integrations;
  }

  get templates(): NotificationTemplates {
    return this.#started.loaded.receivers.templates;
  }

  get externalUrl(): string {
    return this.#started.loaded.externalUrl;
  }

  get engine(): NotificationEngine {
    return this.#started.engine;
  }

  /** Puts a configuration in force; the first time the engine takes up where it was left. */
  async apply(loaded: LoadedNotifications): Promise<void> {
    const { config, receivers } = loaded;
    this.#metrics.know(config);
    const before = this.#loaded;
    this.#loaded = loaded;
    if (this.#engine === undefined) {
      this.#engine = await NotificationEngine.start(this.#adapt(config), receivers.integrations, {
        clock: SYSTEM_CLOCK,
        store: new StoredNotifyState(this.#parts.state),
        observe: (event) => this.#observe(event),
        acknowledgements: this.acknowledgements,
        ...this.#parts.options,
      });
      this.recurring.start();
      return;
    }
    // Messages on their way end first; their connections are closed then.
    void this.#engine
      .reload(this.#adapt(config), receivers.integrations)
      .then(() => before?.receivers.close());
  }

  /** Routes, inhibition and hours of alarm policies, in place of those given before. */
  setAdapt(adapt: (config: NotificationConfig) => NotificationConfig): void {
    this.#adapt = adapt;
    const loaded = this.#loaded;
    if (loaded === undefined || this.#engine === undefined) return;
    void this.#engine.reload(adapt(loaded.config), loaded.receivers.integrations);
  }

  /** Alerts of rules and of the program itself. */
  send(alerts: readonly Alert[]): void {
    this.#engine?.send(alerts);
    this.#parts.others.send(alerts);
  }

  /** For Alertmanager's API. */
  apiDeps(startTimeMs: number): AlertmanagerDeps {
    const received = receivedAlerts(this.#parts.registry);
    return { source: this, now: Date.now, startTimeMs, version: VERSION, received };
  }

  async stop(): Promise<void> {
    this.recurring.stop();
    await this.#engine?.stop();
    this.#loaded?.receivers.close();
  }

  get #started(): { readonly engine: NotificationEngine; readonly loaded: LoadedNotifications } {
    if (this.#engine === undefined || this.#loaded === undefined) {
      throw new Error('notifications have not started');
    }
    return { engine: this.#engine, loaded: this.#loaded };
  }

  #observe(event: NotifyEvent): void {
    this.#metrics.observe(event);
    this.#recorder.observe(event);
    const { logger } = this.#parts;
    switch (event.kind) {
      case 'failed': {
        const { receiver, integration, groupKey: aggrGroup, message: error } = event;
        return logger.error('notify for alerts failed', {
          receiver,
          integration,
          aggrGroup,
          error,
        });
      }
      case 'attempted': {
        if (event.problem === undefined) return undefined;
        const { receiver, integration, groupKey: aggrGroup, problem: error } = event;
        return logger.warn('notify attempt failed', { receiver, integration, aggrGroup, error });
      }
      case 'sent': {
        const { receiver, integration, groupKey: aggrGroup, attemptCount: attempts } = event;
        return logger.debug('notify success', { receiver, integration, aggrGroup, attempts });
      }
      case 'storeFailed':
        return logger.error('the state of notifications was not saved', { error: event.message });
      case 'alertLimited':
        return logger.error('too many alerts of one name', { alertname: event.alertName });
      case 'groupLimited':
        return logger.error('too many groups of alerts', { aggrGroup: event.groupKey });
      default:
        return undefined;
    }
  }
}
