/** A notification engine in virtual time, with receivers that write down what they are told. */

import type { NotificationConfig } from '../config/alertmanager/types.ts';
import { Problems } from '../config/config-errors.ts';
import { readAlertmanagerFile } from '../config/read-config.ts';
import type { Alert } from '../model/alert.ts';
import { Labels } from '../model/labels.ts';
import {
  type EngineOptions,
  type IntegrationsByReceiver,
  NotificationEngine,
} from '../notify/notification-engine.ts';
import type { Notification, NotifyResult } from '../notify/notifier.ts';
import type { NotifyEvent } from '../notify/notify-event.ts';
import type { NotifyDocument, NotifyDocumentName, NotifyStore } from '../notify/notify-store.ts';
import { VirtualClock } from './virtual-clock.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

/** A store that forgets nothing but what is deleted; survives the engine that uses it. */
export class MemoryNotifyStore implements NotifyStore {
  readonly documents = new Map<string, NotifyDocument>();
  /** What `save` is to fail with. */
  failure: Error | undefined;

  load(): Promise<readonly NotifyDocument[]> {
    return Promise.resolve([...this.documents.values()]);
  }

  save(changed: readonly NotifyDocument[], deleted: readonly NotifyDocumentName[]): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    for (const document of changed) {
      this.documents.set(`${document.kind} ${document.key}`, document);
    }
    for (const { kind, key } of deleted) this.documents.delete(`${kind} ${key}`);
    return Promise.resolve();
  }
}

export interface Told {
  readonly atSeconds: number;
  readonly notification: Notification;
}

export type Answer = (notification: Notification, signal: AbortSignal) => Promise<NotifyResult>;

/** @throws ConfigErrors */
export function notificationConfig(text: string): NotificationConfig {
  const problems = new Problems();
  const context = { problems, dir: '/', env: {}, agentMode: false };
  const config = readAlertmanagerFile('alertmanager.yml', text, context);
  problems.throwIfAny('alertmanager.yml');
  if (config === undefined) throw new Error('no configuration');
  return config;
}

export class NotifyRig {
  readonly clock: VirtualClock;
  readonly store: MemoryNotifyStore;
  readonly told: Told[] = [];
  readonly attemptsAt: number[] = [];
  readonly events: NotifyEvent[] = [];
  /** How receivers answer; all take what they are told by default. */
  answer: Answer = () => Promise.resolve({ kind: 'sent' });
  readonly #startMs: number;
  #engine: NotificationEngine | undefined;

  constructor(store = new MemoryNotifyStore(), startMs = Date.UTC(2026, 0, 1)) {
    this.store = store;
    this.#startMs = startMs;
    this.clock = new VirtualClock(startMs);
  }

  get engine(): NotificationEngine {
    if (this.#engine === undefined) throw new Error('not started');
    return this.#engine;
  }

  async start(text: string, options: Partial<EngineOptions> = {}): Promise<this> {
    const config = notificationConfig(text);
    this.#engine = await NotificationEngine.start(config, this.integrations(config), {
      clock: this.clock,
      store: this.store,
      observe: (event) => this.events.push(event),
      random: () => 0.5,
      ...options,
    });
    return this;
  }

  reload(text: string): void {
    const config = notificationConfig(text);
    void this.engine.reload(config, this.integrations(config));
  }

  /** As `kill -9`: nothing is told any more, nothing saved; the store stays. Time goes on. */
  crash(): void {
    const fresh = new VirtualClock(this.clock.nowMs());
    Object.assign(this, { clock: fresh });
    this.#engine = undefined;
  }

  /** One recording integration for each that is configured. */
  integrations(config: NotificationConfig): IntegrationsByReceiver {
    const entries = config.receivers.map(({ name, integrations }) => {
      const list = integrations.map(({ kind, index, config: { sendResolved } }) => ({
        receiver: name,
        kind,
        index,
        sendResolved,
        notifier: {
          notify: (notification: Notification, signal: AbortSignal): Promise<NotifyResult> => {
            return this.#notify(notification, signal);
          },
        },
      }));
      return [name, list] as const;
    });
    return new Map(entries);
  }

  async #notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    this.attemptsAt.push(this.seconds);
    const result = await this.answer(notification, signal);
    if (result.kind === 'sent') this.told.push({ atSeconds: this.seconds, notification });
    return result;
  }

  /** Since the start. */
  get seconds(): number {
    return (this.clock.nowMs() - this.#startMs) / SECOND_MS;
  }

  /** Lets time pass until the second, and everything that is due happen. */
  async until(seconds: number): Promise<void> {
    await settle();
    for (;;) {
      const leftMs = (seconds - this.seconds) * SECOND_MS;
      if (!this.clock.step(leftMs)) break;
      await settle();
    }
    this.clock.advance((seconds - this.seconds) * SECOND_MS);
    await settle();
  }

  /** An alert named X, told apart by its id. */
  fire(id: string, more: FireOptions = {}): void {
    this.engine.send([this.#alert(id, more)]);
  }

  #alert(id: string, more: FireOptions): Alert {
    const nowMs = this.clock.nowMs();
    const { startsAt, endsAt, labels = {} } = more;
    return {
      labels: Labels.fromRecord({ alertname: 'X', id, ...labels }),
      annotations: Labels.EMPTY,
      startsAtMs: startsAt === undefined ? nowMs : this.#startMs + startsAt * SECOND_MS,
      endsAtMs: endsAt === undefined ? nowMs + HOUR_MS : this.#startMs + endsAt * SECOND_MS,
      generatorUrl: '',
      updatedAtMs: nowMs,
      timesOut: more.timesOut ?? false,
    };
  }

  resolve(id: string, more: FireOptions = {}): void {
    this.fire(id, { startsAt: 0, endsAt: this.seconds, ...more });
  }

  /** `9 r: firing A -B`: told at second 9 that A fires and B is resolved. */
  get log(): readonly string[] {
    return this.told.map(({ atSeconds, notification }) => {
      const alerts = notification.alerts.map(({ labels, status }) => {
        return (status === 'resolved' ? '-' : '') + labels.get('id');
      });
      const time = Math.round(atSeconds * 10) / 10;
      return `${time} ${notification.receiver}: ${notification.status} ${alerts.join(' ')}`;
    });
  }
}

export interface FireOptions {
  /** Seconds since the start of the rig. */
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly timesOut?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Until every promise that needs no timer has come to its end. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
