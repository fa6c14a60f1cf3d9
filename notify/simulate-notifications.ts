/** The notification engine in virtual time: what receivers would have been told. */
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import { VirtualClock } from '../model/virtual-clock.ts';
import { type IntegrationsByReceiver, NotificationEngine } from './notification-engine.ts';
import type { Notification, NotificationReason, NotifyResult } from './notifier.ts';
import type { SuppressionReason } from './notify-event.ts';
import type { NotifyStore } from './notify-store.ts';
import type { Silence } from './silence.ts';

export interface SimulationOptions {
  readonly config: NotificationConfig;
  /** Those of the past too: they hold when they held. */
  readonly silences: readonly Silence[];
  readonly startMs: number;
  readonly endMs: number;
  readonly notificationsMax: number;
  readonly signal: AbortSignal;
}

export interface SimulatedNotification {
  readonly atMs: number;
  readonly receiver: string;
  /** `email`, `webhook`, … */
  readonly integration: string;
  readonly reason: NotificationReason;
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly firingCount: number;
  readonly resolvedCount: number;
  /** Labels of its alerts. */
  readonly alerts: readonly Labels[];
}

export interface Simulation {
  readonly notifications: readonly SimulatedNotification[];
  /** Alerts left out of flushes, by what kept them silent. */
  readonly suppressed: Readonly<Partial<Record<SuppressionReason, number>>>;
  /** There would have been more: the rest is neither made nor counted. */
  readonly isCut: boolean;
}

/** Nothing has to outlive a simulation. */
const FORGETFUL: NotifyStore = {
  load: () => Promise.resolve([]),
  save: () => Promise.resolve(),
};

/** The event loop gets a turn after so many steps of the clock. */
const STEPS_PER_TURN = 20_000;

/**
 * @param messages in any order
 * @throws the signal's reason
 */
export async function simulateNotifications(
  messages: readonly { readonly atMs: number; readonly alert: Alert }[],
  options: SimulationOptions,
): Promise<Simulation> {
  return new SimulationRun(options).run(messages.toSorted((a, b) => a.atMs - b.atMs));
}

class SimulationRun {
  readonly #options: SimulationOptions;
  readonly #clock: VirtualClock;
  readonly #notifications: SimulatedNotification[] = [];
  readonly #suppressed = new Map<SuppressionReason, number>();
  #hasFlushed = false;
  #steps = 0;
  #isCut = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#clock = new VirtualClock(options.startMs);
  }

  async run(
    messages: readonly { readonly atMs: number; readonly alert: Alert }[],
  ): Promise<Simulation> {
    const { config, silences, endMs } = this.#options;
    const engine = await NotificationEngine.start(config, this.#integrations(config), {
      clock: this.#clock,
      store: FORGETFUL,
      random: () => 0.5,
      // Silences of the past are asked for in the past.
      retentionMs: Number.MAX_SAFE_INTEGER,
      observe: (event) => {
        if (event.kind === 'flushed') this.#hasFlushed = true;
        if (event.kind !== 'suppressed') return;
        const count = this.#suppressed.get(event.reason) ?? 0;
        this.#suppressed.set(event.reason, count + event.fingerprints.length);
      },
    });
    engine.silences.restore(silences);
    for (let at = 0; at < messages.length && !this.#isCut; ) {
      const { atMs } = messages[at] as { readonly atMs: number };
      await this.#advanceTo(Math.min(atMs, endMs));
      const batch: Alert[] = [];
      for (; messages[at]?.atMs === atMs; at++) {
        const { alert } = messages[at] as { readonly alert: Alert };
        batch.push(alert);
      }
      engine.send(batch);
      await this.#settle();
    }
    await this.#advanceTo(endMs);
    await engine.stop();
    return {
      notifications: this.#notifications,
      suppressed: Object.fromEntries(this.#suppressed),
      isCut: this.#isCut,
    };
  }

  async #advanceTo(timeMs: number): Promise<void> {
    const clock = this.#clock;
    while (!this.#isCut && clock.step(timeMs - clock.nowMs())) {
      if (this.#hasFlushed || ++this.#steps % STEPS_PER_TURN === 0) await this.#settle();
    }
    clock.advance(Math.max(0, timeMs - clock.nowMs()));
  }

  /** Until every promise that needs no timer has come to its end. */
  async #settle(): Promise<void> {
    this.#hasFlushed = false;
    await new Promise((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
    this.#options.signal.throwIfAborted();
  }

  #integrations(config: NotificationConfig): IntegrationsByReceiver {
    const entries = config.receivers.map(({ name, integrations }) => {
      const list = integrations.map(({ kind, index, config: { sendResolved } }) => ({
        receiver: name,
        kind,
        index,
        sendResolved,
        notifier: {
          notify: (message: Notification): Promise<NotifyResult> => {
            this.#note(kind, message);
            return Promise.resolve({ kind: 'sent' });
          },
        },
      }));
      return [name, list] as const;
    });
    return new Map(entries);
  }

  #note(integration: string, message: Notification): void {
    if (this.#notifications.length >= this.#options.notificationsMax) {
      this.#isCut = true;
      return;
    }
    const { receiver, reason, groupKey, groupLabels, alerts, nowMs } = message;
    const firingCount = alerts.filter(({ status }) => status === 'firing').length;
    this.#notifications.push({
      atMs: nowMs,
      receiver,
      integration,
      reason,
      groupKey,
      groupLabels,
      firingCount,
      resolvedCount: alerts.length - firingCount,
      alerts: alerts.map(({ labels }) => labels),
    });
  }
}
