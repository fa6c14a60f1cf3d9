/** Alertmanager's work: takes alerts, tells receivers, remembers what it told. */
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import { type Alert, type AlertSink, isResolvedAt } from '../model/alert.ts';
import { alertFingerprint } from '../model/alert-fingerprint.ts';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import type { Acknowledgement, Acknowledgements } from './acknowledgements.ts';
import type { AlertGroup } from './alert-group.ts';
import { AlertStore } from './alert-store.ts';
import { Dispatcher } from './dispatcher.ts';
import { Inhibitor } from './inhibitor.ts';
import { IntegrationRunner } from './integration-runner.ts';
import { NotificationLog } from './notification-log.ts';
import type { Integration } from './notifier.ts';
import type { NotifyObserver } from './notify-event.ts';
import type { NotifyStore } from './notify-store.ts';
import { Pipeline, type RouteMute } from './pipeline.ts';
import { Route } from './route.ts';
import { Silences } from './silences.ts';
import {
  decodeState,
  encodeDocument,
  groupDocumentKey,
  type NotifyState,
} from './state-documents.ts';
import { StateWriter } from './state-writer.ts';
import { TimeIntervals } from './time-intervals.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const RETENTION_MS = 120 * HOUR_MS;
const MAINTENANCE_MS = 15 * MINUTE_MS;
const ALERT_GC_MS = 30 * MINUTE_MS;
/** How much of an outage may be taken for life: alerts seem to run out this much sooner. */
const ALIVE_MS = 10 * SECOND_MS;

export interface EngineOptions {
  readonly clock: Clock;
  readonly store: NotifyStore;
  /** Told of every decision; must not throw. */
  readonly observe?: NotifyObserver;
  /** From 0 to 1, for the jitter of retries. */
  readonly random?: () => number;
  /** How long silences and the log are kept. */
  readonly retentionMs?: number;
  readonly maintenanceIntervalMs?: number;
  readonly alertGcIntervalMs?: number;
  /** 0, as elsewhere here: no limit. */
  /** Undefined: nobody can acknowledge. */
  readonly acknowledgements?: Acknowledgements;
  readonly groupsMax?: number;
  readonly silencesMax?: number;
  readonly alertsPerNameMax?: number;
  /** Nobody is told anything for so long after the start, while alerts come in. */
  readonly startDelayMs?: number;
}

export type IntegrationsByReceiver = ReadonlyMap<string, readonly Integration[]>;

/** What keeps an alert silent now; all empty when nothing does. */
export interface AlertSilencers {
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints. */
  readonly inhibitedBy: readonly string[];
}

/** What is built anew with each configuration. */
interface Generation {
  readonly root: Route;
  readonly inhibitor: Inhibitor;
  readonly pipeline: Pipeline;
  readonly dispatcher: Dispatcher;
}

export class NotificationEngine implements AlertSink {
  readonly silences: Silences;
  readonly #options: EngineOptions;
  readonly #alerts: AlertStore;
  readonly #log: NotificationLog;
  readonly #runner: IntegrationRunner;
  readonly #writer: StateWriter;
  readonly #observe: NotifyObserver;
  readonly #timers = new Map<string, () => void>();
  readonly #startAtMs: number;
  /** The groups of now, by the keys of their documents. */
  readonly #groups = new Map<string, AlertGroup>();
  /** Groups of configurations before that were at work when theirs ended. */
  #retired: readonly AlertGroup[] = [];
  #restoredFlushes: ReadonlyMap<string, number>;
  #generation: Generation;

  private constructor(
    config: NotificationConfig,
    integrations: IntegrationsByReceiver,
    options: EngineOptions,
    state: NotifyState,
  ) {
    const { clock, store, observe = () => undefined, random = Math.random } = options;
    const retentionMs = options.retentionMs ?? RETENTION_MS;
    this.#options = options;
    this.#observe = observe;
    this.#startAtMs = clock.monotonicMs() + (options.startDelayMs ?? 0);
    this.#alerts = new AlertStore(options.alertsPerNameMax ?? 0);
    this.#writer = new StateWriter({
      store,
      clock,
      observe,
      encode: (name) => {
        return encodeDocument(name, {
          alert: (key) => this.#alerts.get(key),
          silence: (key) => this.silences.get(key),
          log: (key) => this.#log.get(key),
          group: (key) => this.#groups.get(key),
          nowMs: clock.nowMs,
        });
      },
    });
    this.#log = new NotificationLog(retentionMs, (key) => this.#writer.mark({ kind: 'log', key }));
    this.silences = new Silences({
      nowMs: clock.nowMs,
      retentionMs,
      silencesMax: options.silencesMax ?? 0,
      changed: (key) => this.#writer.mark({ kind: 'silence', key }),
    });
    this.#runner = new IntegrationRunner({
      clock,
      log: this.#log,
      random,
      observe,
      settled: () => this.#writer.settled(),
      isAcknowledged: ({ fingerprint, startsAtMs }, nowMs) =>
        options.acknowledgements?.of(fingerprint, { startsAtMs }, nowMs) !== undefined,
    });
    this.#restoredFlushes = this.#restore(state);
    this.#generation = this.#build(config, integrations);
    this.#restoredFlushes = new Map();
    this.#repeat('alive', ALIVE_MS, () => {
      if (this.#alerts.size > 0) this.#markAlive();
    });
    this.#repeat('maintenance', options.maintenanceIntervalMs ?? MAINTENANCE_MS, () =>
      this.#maintain(),
    );
    this.#repeat('alerts', options.alertGcIntervalMs ?? ALERT_GC_MS, () => this.#collectAlerts());
  }

  /**
   * Takes up the work where it was left, whether by a stop or a crash.
   * @throws Error of the store
   */
  static async start(
    config: NotificationConfig,
    integrations: IntegrationsByReceiver,
    options: EngineOptions,
  ): Promise<NotificationEngine> {
    const { clock, observe } = options;
    const state = decodeState(await options.store.load(), (message) => {
      observe?.({ kind: 'storeFailed', message, nowMs: clock.nowMs() });
    });
    return new NotificationEngine(config, integrations, options, state);
  }

  send(alerts: readonly Alert[]): void {
    const nowMs = this.#options.clock.nowMs();
    this.#markAlive();
    for (const report of alerts) {
      const fingerprint = alertFingerprint(report.labels);
      const alert = this.#alerts.put(fingerprint, report, nowMs);
      if (alert === undefined) {
        const alertName = report.labels.get('alertname');
        this.#observe({ kind: 'alertLimited', alertName, nowMs });
        continue;
      }
      this.#writer.mark({ kind: 'alert', key: fingerprint });
      this.#generation.inhibitor.put(fingerprint, alert);
      this.#generation.dispatcher.put(fingerprint, alert);
    }
  }

  /**
   * Another configuration, at once. Messages on their way are not cut off; alerts are grouped anew.
   * @returns resolves when the integrations of before are not used any more
   */
  reload(config: NotificationConfig, integrations: IntegrationsByReceiver): Promise<void> {
    const underWay = this.#runner.idle();
    this.#generation.dispatcher.stop();
    const flushing = [...this.#retired, ...this.groups()].filter(({ isFlushing }) => isFlushing);
    this.#retired = flushing;
    for (const key of this.#groups.keys()) this.#writer.mark({ kind: 'group', key });
    this.#groups.clear();
    this.#generation = this.#build(config, integrations);
    return underWay;
  }

  /** Ends the work: what is on its way is given up, and all is saved. */
  async stop(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const group of [...this.#retired, ...this.groups()]) group.abort();
    await this.#runner.idle();
    this.#markAlive();
    await this.#writer.settled();
    this.#writer.stop();
  }

  /** Resolves when all that was done is saved, or the store has refused it. */
  settled(): Promise<void> {
    return this.#writer.settled();
  }

  /** By fingerprint, resolved ones that are not yet forgotten among them. */
  alerts(): Iterable<readonly [string, Alert]> {
    return this.#alerts.entries();
  }

  alertOf(fingerprint: string): Alert | undefined {
    return this.#alerts.get(fingerprint);
  }

  /** Who has taken an alert upon themselves, if it holds now. */
  acknowledgementOf(fingerprint: string): Acknowledgement | undefined {
    const alert = this.#alerts.get(fingerprint);
    const nowMs = this.#options.clock.nowMs();
    return alert && this.#options.acknowledgements?.of(fingerprint, alert, nowMs);
  }

  groups(): Iterable<AlertGroup> {
    return this.#generation.dispatcher.groups();
  }

  get groupCount(): number {
    return this.#generation.dispatcher.groupCount;
  }

  /** The tree that is in force. */
  get routes(): Route {
    return this.#generation.root;
  }

  /** The routes that an alert takes. */
  routesOf(labels: Labels): readonly Route[] {
    return this.#generation.root.match(labels);
  }

  silencersOf(fingerprint: string, labels: Labels): AlertSilencers {
    const nowMs = this.#options.clock.nowMs();
    return {
      silencedBy: this.silences.silencedBy(fingerprint, labels, nowMs),
      inhibitedBy: this.#generation.inhibitor.inhibitedBy(labels, nowMs),
    };
  }

  isSilent(fingerprint: string, labels: Labels): boolean {
    const { silencedBy, inhibitedBy } = this.silencersOf(fingerprint, labels);
    return silencedBy.length + inhibitedBy.length > 0;
  }

  /** The intervals that keep a group silent now. */
  muteOf({ route }: Pick<AlertGroup, 'route'>): RouteMute | undefined {
    const nowMs = this.#options.clock.nowMs();
    return this.#generation.pipeline.routeMute(route.options, nowMs);
  }

  #build(config: NotificationConfig, integrations: IntegrationsByReceiver): Generation {
    const { clock, groupsMax = 0 } = this.#options;
    const observe = this.#observe;
    const root = new Route(config.route);
    const inhibitor = new Inhibitor(config.inhibitRules);
    const pipeline = new Pipeline({
      inhibitor,
      silences: this.silences,
      intervals: new TimeIntervals(config.timeIntervals),
      integrations,
      runner: this.#runner,
      observe,
    });
    const dispatcher: Dispatcher = new Dispatcher({
      clock,
      root,
      groupsMax,
      startAtMs: this.#startAtMs,
      restoredFlushAtMs: (id, labels) => this.#restoredFlushes.get(groupDocumentKey(id, labels)),
      flush: (flush) => pipeline.run(flush),
      changed: (group, isGone) => this.#noteGroup(group, isGone),
      observe,
    });
    for (const [fingerprint, alert] of this.#alerts.entries()) inhibitor.put(fingerprint, alert);
    for (const [fingerprint, alert] of this.#alerts.entries()) dispatcher.put(fingerprint, alert);
    return { root, inhibitor, pipeline, dispatcher };
  }

  #noteGroup(group: AlertGroup, isGone: boolean): void {
    const key = groupDocumentKey(group.route.id, group.groupLabels);
    // A group of the configuration before may end while its successor is at work.
    if (isGone && this.#groups.get(key) !== group) return;
    if (isGone) this.#groups.delete(key);
    else this.#groups.set(key, group);
    this.#writer.mark({ kind: 'group', key });
  }

  /** @returns when groups would have spoken next */
  #restore(state: NotifyState): ReadonlyMap<string, number> {
    const nowMs = this.#options.clock.nowMs();
    const outageMs = Math.max(0, nowMs - (state.aliveAtMs ?? nowMs));
    for (const alert of state.alerts) {
      // Nobody could tell us that it goes on, so the outage does not count.
      const wasFiring = alert.endsAtMs > nowMs - outageMs;
      const endsAtMs = wasFiring ? alert.endsAtMs + outageMs : alert.endsAtMs;
      const fingerprint = alertFingerprint(alert.labels);
      this.#alerts.put(fingerprint, { ...alert, endsAtMs }, nowMs);
      if (endsAtMs !== alert.endsAtMs) this.#writer.mark({ kind: 'alert', key: fingerprint });
    }
    this.silences.restore(state.silences);
    this.#log.restore(state.log);
    const flushes = state.groups.map(({ routeId, groupLabels, nextFlushAtMs }) => {
      return [groupDocumentKey(routeId, groupLabels), nextFlushAtMs] as const;
    });
    return new Map(flushes);
  }

  #markAlive(): void {
    this.#writer.mark({ kind: 'alive', key: '' });
  }

  #repeat(name: string, everyMs: number, run: () => void): void {
    const again = (): void => {
      run();
      this.#repeat(name, everyMs, run);
    };
    this.#timers.set(name, this.#options.clock.schedule(everyMs, again));
  }

  #maintain(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#log.collect(nowMs);
    this.silences.collect(nowMs);
    this.#generation.inhibitor.collect(nowMs);
    // What the store does not take now is tried again.
    void this.#options.acknowledgements
      ?.collect((fingerprint) => this.#alerts.get(fingerprint), nowMs)
      .catch((error: unknown) => {
        this.#observe({ kind: 'storeFailed', message: String(error), nowMs });
      });
  }

  /** Forgets resolved alerts, except those that somebody is still to be told of. */
  #collectAlerts(): void {
    const nowMs = this.#options.clock.nowMs();
    const grouped = new Set<string>();
    for (const group of this.groups()) {
      for (const fingerprint of group.alerts.keys()) grouped.add(fingerprint);
    }
    for (const [fingerprint, alert] of this.#alerts.entries()) {
      if (!isResolvedAt(alert, nowMs) || grouped.has(fingerprint)) continue;
      this.#alerts.delete(fingerprint);
      this.silences.forgetAlert(fingerprint);
      this.#generation.dispatcher.forget(fingerprint);
      this.#writer.mark({ kind: 'alert', key: fingerprint });
    }
  }
}
