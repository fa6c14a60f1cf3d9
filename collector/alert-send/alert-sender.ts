/** Alerts to other Alertmanagers: those of `alerting.alertmanagers`, wherever they are found. */
import { isDeepStrictEqual } from 'node:util';
import type { Registry } from 'prom-client';
import type { AlertmanagerConfig } from '../../config/types.ts';
import type { Alert, AlertSink } from '../../model/alert.ts';
import type { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import { HttpClient } from '../http/http-client.ts';
import { LabelBuilder } from '../relabel/label-builder.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { AlertQueue, alertsPath } from './alert-queue.ts';
import { AlertSendMetrics } from './alert-send-metrics.ts';

const PATH_LABEL = '__alerts_path__';

/** The Alertmanagers of one entry of the configuration. */
interface AlertmanagerSet {
  readonly config: AlertmanagerConfig;
  readonly http: HttpClient;
  readonly targets: Relabeler;
  readonly alerts: Relabeler;
  /** By URL. */
  queues: ReadonlyMap<string, AlertQueue>;
  dropped: readonly string[];
}

export interface AlertSenderOptions {
  /** Must not hold the metrics yet. */
  readonly registry: Registry;
  readonly logger: Logger;
}

export class AlertSender implements AlertSink {
  readonly #logger: Logger;
  readonly #metrics: AlertSendMetrics;
  /** By the name of the set in discovery. */
  #sets = new Map<string, AlertmanagerSet>();

  constructor({ registry, logger }: AlertSenderOptions) {
    this.#logger = logger;
    this.#metrics = new AlertSendMetrics(registry, () => this.active.length);
  }

  /** URLs that alerts go to. */
  get active(): readonly string[] {
    return [...new Set([...this.#sets.values()].flatMap(({ queues }) => [...queues.keys()]))];
  }

  /** URLs that relabelling has dropped. */
  get dropped(): readonly string[] {
    return [...this.#sets.values()].flatMap(({ dropped }) => dropped);
  }

  /** @param configs by the names under which `sync` brings their targets */
  applyConfig(configs: ReadonlyMap<string, AlertmanagerConfig>): void {
    const next = new Map<string, AlertmanagerSet>();
    for (const [name, config] of configs) {
      const old = this.#sets.get(name);
      next.set(
        name,
        old !== undefined && isDeepStrictEqual(old.config, config) ? old : newSet(config),
      );
    }
    for (const [name, old] of this.#sets) {
      if (next.get(name) !== old) void this.#end(old);
    }
    this.#sets = next;
  }

  sync(groupsBySet: ReadonlyMap<string, readonly TargetGroup[]>): void {
    for (const [name, set] of this.#sets) this.#syncSet(set, groupsBySet.get(name) ?? []);
  }

  send(alerts: readonly Alert[]): void {
    for (const set of this.#sets.values()) {
      if (set.queues.size === 0) continue;
      const relabelled = alerts.flatMap((alert) => {
        const { labels } = set.alerts.apply(alert.labels);
        return labels === undefined ? [] : [{ ...alert, labels }];
      });
      if (relabelled.length === 0) continue;
      for (const queue of set.queues.values()) queue.add(relabelled);
    }
  }

  /** Sends what waits, and lets go. */
  async stop(): Promise<void> {
    await Promise.all([...this.#sets.values()].map((set) => this.#end(set)));
    this.#sets = new Map();
  }

  #syncSet(set: AlertmanagerSet, groups: readonly TargetGroup[]): void {
    const queues = new Map<string, AlertQueue>();
    const dropped: string[] = [];
    for (const url of groups.flatMap((group) => targetUrls(set, group, dropped))) {
      if (queues.has(url)) continue;
      const { http, config } = set;
      const known = set.queues.get(url);
      const options = {
        url,
        http,
        timeoutMs: config.timeoutMs,
        metrics: this.#metrics,
        logger: this.#logger,
      };
      queues.set(url, known ?? new AlertQueue(options));
    }
    for (const [url, queue] of set.queues) {
      if (!queues.has(url)) void queue.end();
    }
    set.queues = queues;
    set.dropped = dropped;
  }

  async #end({ queues, http }: AlertmanagerSet): Promise<void> {
    await Promise.all([...queues.values()].map((queue) => queue.end()));
    http.close();
  }
}

function newSet(config: AlertmanagerConfig): AlertmanagerSet {
  return {
    config,
    http: new HttpClient(config.httpClient),
    targets: new Relabeler(config.relabelConfigs),
    alerts: new Relabeler(config.alertRelabelConfigs),
    queues: new Map(),
    dropped: [],
  };
}

function targetUrls(
  { config, targets }: AlertmanagerSet,
  group: TargetGroup,
  dropped: string[],
): readonly string[] {
  return group.targets.flatMap((own) => {
    const builder = new LabelBuilder(own);
    for (const [name, value] of group.labels.entries()) {
      if (builder.get(name) === '') builder.set(name, value);
    }
    builder.set('__scheme__', config.scheme);
    builder.set(PATH_LABEL, alertsPath(config));
    const labels = builder.labels();
    const relabelled = targets.apply(labels).labels;
    if (relabelled === undefined) {
      dropped.push(urlOf(labels));
      return [];
    }
    return relabelled.get('__address__') === '' ? [] : [urlOf(relabelled)];
  });
}

function urlOf(labels: Labels): string {
  return `${labels.get('__scheme__')}://${labels.get('__address__')}${labels.get(PATH_LABEL)}`;
}
