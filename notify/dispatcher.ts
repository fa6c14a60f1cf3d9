/** Puts alerts into groups, and starts and ends the groups. */
import type { Alert } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import { AlertGroup } from './alert-group.ts';
import type { GroupFlush } from './integration-runner.ts';
import type { NotifyObserver } from './notify-event.ts';
import type { Route } from './route.ts';

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly root: Route;
  /** 0: no limit. */
  readonly groupsMax: number;
  /** No group speaks before this time of the monotonic clock. */
  readonly startAtMs: number;
  /** When a group of before would have spoken next; undefined for one that is new. */
  readonly restoredFlushAtMs: (routeId: string, groupLabels: Labels) => number | undefined;
  readonly flush: (flush: GroupFlush) => Promise<boolean>;
  /** A group is new, has another time to speak, or is gone. */
  readonly changed: (group: AlertGroup, isGone: boolean) => void;
  readonly observe: NotifyObserver;
}

/** A node of the tree that takes an alert, and the labels of its group there. */
interface Destination {
  readonly route: Route;
  readonly groupLabels: Labels;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** By fingerprint: alerts come again every minute or so, and always go the same ways. */
  readonly #destinations = new Map<string, readonly Destination[]>();
  /** By the id of the route, then by the key of the group's labels. */
  readonly #groups = new Map<string, Map<string, AlertGroup>>();
  #groupCount = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  get groupCount(): number {
    return this.#groupCount;
  }

  *groups(): Generator<AlertGroup> {
    for (const groups of this.#groups.values()) yield* groups.values();
  }

  put(fingerprint: string, alert: Alert): void {
    for (const destination of this.#destinationsOf(fingerprint, alert.labels)) {
      this.#put(fingerprint, alert, destination);
    }
  }

  /** An alert is no more. */
  forget(fingerprint: string): void {
    this.#destinations.delete(fingerprint);
  }

  /** No more flushes; those that are running go on. */
  stop(): void {
    for (const group of this.groups()) group.stop();
  }

  #destinationsOf(fingerprint: string, labels: Labels): readonly Destination[] {
    const known = this.#destinations.get(fingerprint);
    if (known !== undefined) return known;
    const routes = this.#options.root.match(labels);
    const found = routes.map((route) => ({ route, groupLabels: route.groupLabels(labels) }));
    this.#destinations.set(fingerprint, found);
    return found;
  }

  #put(fingerprint: string, alert: Alert, { route, groupLabels }: Destination): void {
    const groups = this.#groups.get(route.id) ?? new Map<string, AlertGroup>();
    this.#groups.set(route.id, groups);
    const known = groups.get(groupLabels.key);
    if (known !== undefined) {
      if (!known.alerts.has(fingerprint)) this.#observeRouted(known, fingerprint, alert);
      return known.put(fingerprint, alert);
    }
    const { clock, groupsMax, flush, changed, observe } = this.#options;
    if (groupsMax > 0 && this.#groupCount >= groupsMax) {
      const groupKey = route.groupKey(groupLabels);
      const { receiver } = route.options;
      const { labels } = alert;
      const nowMs = clock.nowMs();
      observe({ kind: 'groupLimited', groupKey, receiver, fingerprint, labels, nowMs });
      return;
    }
    const group = new AlertGroup({
      clock,
      route,
      groupLabels,
      flush,
      scheduled: (scheduled) => changed(scheduled, false),
      emptied: (emptied) => this.#remove(groups, emptied),
    });
    groups.set(groupLabels.key, group);
    this.#groupCount++;
    this.#observeRouted(group, fingerprint, alert);
    group.put(fingerprint, alert);
    group.start(this.#firstDelayMs(group, alert));
  }

  #observeRouted({ key, route }: AlertGroup, fingerprint: string, { labels }: Alert): void {
    const { clock, observe } = this.#options;
    const { receiver } = route.options;
    observe({ kind: 'routed', groupKey: key, receiver, fingerprint, labels, nowMs: clock.nowMs() });
  }

  #remove(groups: Map<string, AlertGroup>, group: AlertGroup): void {
    if (groups.get(group.groupLabels.key) !== group) return;
    groups.delete(group.groupLabels.key);
    this.#groupCount--;
    this.#options.changed(group, true);
  }

  /** An alert that has waited long enough elsewhere (before a restart, say) is not made to wait. */
  #firstDelayMs({ route, groupLabels }: AlertGroup, alert: Alert): number {
    const { clock, startAtMs, restoredFlushAtMs } = this.#options;
    const nowMs = clock.nowMs();
    const { groupWaitMs, groupIntervalMs } = route.options;
    const isOld = alert.startsAtMs + groupWaitMs < nowMs;
    const newDelayMs = isOld ? 0 : groupWaitMs;
    const restoredAtMs = restoredFlushAtMs(route.id, groupLabels);
    // The clock may have been set meanwhile, or the configuration changed.
    const ownDelayMs =
      restoredAtMs === undefined
        ? newDelayMs
        : Math.min(restoredAtMs - nowMs, Math.max(groupWaitMs, groupIntervalMs));
    return Math.max(ownDelayMs, startAtMs - clock.monotonicMs(), 0);
  }
}
