/** The running program: every part made once, wired to the others, and stopped in order. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { type Gauge, Registry } from 'prom-client';
import { type AppDeps, createApp } from '../api/app.ts';
import { FileQueryLog } from '../api/query/query-log.ts';
import { RunningQueries } from '../api/query/running-queries.ts';
import { recordClusterHistory } from '../collector/cluster-history/cluster-history.ts';
import { type Collector, createCollector } from '../collector/collector.ts';
import { ObjectState } from '../collector/object-state/object-state.ts';
import { ForwardingSink } from '../collector/remote-send/forwarding-sink.ts';
import type { RemoteWriteManager } from '../collector/remote-send/remote-write-manager.ts';
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import { loadConfig } from '../config/load-config.ts';
import { renderConfig } from '../config/render-config.ts';
import type { Config } from '../config/types.ts';
import type { ConnectedClusters } from '../kubernetes/cluster-registry.ts';
import type { ClusterDefinition } from '../kubernetes/kubeconfig/known-clusters.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import { formatDurationMs } from '../model/duration.ts';
import type { Logger } from '../model/logger.ts';
import { VERSION } from '../model/version.ts';
import { createEngine, type Engine } from '../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { AliasSource } from '../rules/catalogue/alias-source.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { backTestDeps } from './back-tests.ts';
import { createClusters, openProgramClusters, type ProgramClusters } from './clusters.ts';
import { featureTable, parserOptions } from './features.ts';
import { type HttpServer, listen } from './http-server.ts';
import { LateMessageExtras } from './message-extras.ts';
import {
  type LoadedNotifications,
  loadNotifications,
  ProgramNotifications,
} from './notifications.ts';
import { ProgramOperator } from './operator.ts';
import { OwnAlarms } from './own-alarms.ts';
import { ProgramPolicies, policyDeps } from './policies.ts';
import { programMetrics } from './program-metrics.ts';
import { createReceivers, createRemoteRead, createRemoteWrite } from './receivers.ts';
import {
  catalogueWindowMs,
  isCatalogueRecorded,
  type LoadedRules,
  loadRuleStates,
  loadRules,
  ProgramRules,
} from './rules.ts';
import type { ServeOptions } from './serve-options.ts';
import { startTracing, type Tracing } from './tracing.ts';
import { whyDeps } from './why.ts';

export interface Program {
  /** Where it answers. */
  readonly url: string;
  /** Loads the configuration anew, all or nothing. @throws ConfigErrors, RuleFileErrors */
  reload(): Promise<void>;
  /** Resolves when everything is on disk and closed. */
  stop(): Promise<void>;
}

/**
 * @param onQuit asked for by `POST /-/quit`
 * @throws ConfigErrors, RuleFileErrors, DirectoryInUseError, Error of the listening socket
 */
export async function startProgram(
  options: ServeOptions,
  logger: Logger,
  onQuit: () => void,
): Promise<Program> {
  const parts = new ProgramParts(options, logger, onQuit);
  await parts.start();
  return parts;
}

class ProgramParts implements Program {
  readonly #options: ServeOptions;
  readonly #logger: Logger;
  readonly #onQuit: () => void;
  readonly #registry = new Registry();
  readonly #startTimeMs = Date.now();
  readonly #queryLog: FileQueryLog;
  readonly #reloadOk: Gauge;
  readonly #reloadTime: Gauge;
  readonly #messages = new LateMessageExtras();
  /** Set by `start`, which is over before anything uses them. */
  #config!: Config;
  #store!: Store;
  #sink!: ForwardingSink;
  #remoteWrite!: RemoteWriteManager;
  #clusters!: ConnectedClusters;
  #programClusters!: ProgramClusters;
  #collector!: Collector;
  #objectState!: ObjectState;
  #endHistory!: () => void;
  #operator!: ProgramOperator;
  #objectRoutes: readonly NotificationConfig[] = [];
  #rules!: ProgramRules;
  #policies!: ProgramPolicies;
  #notifications!: ProgramNotifications;
  #ownAlarms!: OwnAlarms;
  #server!: HttpServer;
  #tracing!: Tracing;
  #isReady = false;
  #lastConfigTimeMs = 0;
  #isReloadOk = true;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: ServeOptions, logger: Logger, onQuit: () => void) {
    this.#options = options;
    this.#logger = logger;
    this.#onQuit = onQuit;
    this.#queryLog = new FileQueryLog((error) =>
      logger.error('cannot write the query log', { error }),
    );
    ({ reloadOk: this.#reloadOk, reloadTime: this.#reloadTime } = programMetrics(this.#registry));
  }

  get url(): string {
    return this.#server.url;
  }

  async start(): Promise<void> {
    // The port is taken first: with no configuration the program watches itself under it.
    let app: Hono | undefined;
    this.#server = await listen(this.#options.listen, (request) => {
      return app?.fetch(request) ?? new Response('Service Unavailable', { status: 503 });
    });
    try {
      this.#config = await this.#load();
      // Before anything is opened: a mistake in a rule ends the program at once.
      const rules = await this.#loadRules(this.#config);
      const notifications = await this.#loadNotifications(this.#config);
      const { tracing } = this.#config;
      this.#tracing = await startTracing(tracing?.endpoint ?? '', tracing?.insecure ?? false);
      this.#store = await this.#openStore();
      this.#sink = new ForwardingSink(this.#store);
      this.#remoteWrite = createRemoteWrite(this.#sink, this.#store, this.#registry, this.#logger);
      this.#clusters = createClusters(this.#registry, this.#logger);
      this.#programClusters = await this.#openProgramClusters();
      const clusters = await this.#readClusters(this.#config);
      this.#collector = createCollector({
        sink: this.#sink,
        registry: this.#registry,
        logger: this.#logger.with({ component: 'collector' }),
        kubernetes: {
          clusters: this.#clusters,
          open: (access) => this.#clusters.open(access),
        },
        state: this.#store.state,
      });
      this.#objectState = new ObjectState({
        clusters: this.#clusters,
        sink: this.#sink,
        logger: this.#logger.with({ component: 'object-state' }),
      });
      const engine = this.#engine();
      this.#notifications = new ProgramNotifications({
        state: this.#store.state,
        others: this.#collector.alertmanagers,
        decisions: this.#store.decisionSink,
        documents: this.#store.documents,
        registry: this.#registry,
        logger: this.#logger.with({ component: 'notify' }),
        options: this.#options.notifications,
      });
      this.#ownAlarms = new OwnAlarms({
        store: this.#store,
        alerts: this.#notifications,
        clock: SYSTEM_CLOCK,
        externalUrl: this.#externalUrl,
      });
      this.#rules = await this.#createRules(engine);
      this.#policies = this.#createPolicies(engine);
      this.#operator = this.#createOperator();
      app = createApp(this.#appDeps(engine));
      this.#endHistory = recordClusterHistory({
        clusters: this.#clusters,
        sink: this.#policies.watchEvents(this.#store.historySink),
        source: this.#store.historySource,
        registry: this.#registry,
        logger: this.#logger.with({ component: 'history' }),
        now: Date.now,
      });
      this.#programClusters.apply(clusters);
      this.#apply(this.#config);
      // Before the rules, whose alerts it takes.
      await this.#notifications.apply(notifications);
      this.#ownAlarms.start();
      this.#policies.apply();
      await this.#rules.apply(rules);
      this.#operator.apply(this.#config.global);
      this.#isReady = true;
    } catch (error) {
      await this.#server.close();
      throw error;
    }
  }

  reload(): Promise<void> {
    const next = this.#reloading.then(() => this.#reloadNow());
    this.#reloading = next.catch(() => undefined);
    return next;
  }

  async stop(): Promise<void> {
    this.#isReady = false;
    this.#operator.stop();
    await this.#rules.stop();
    this.#ownAlarms.stop();
    await this.#notifications.stop();
    await this.#collector.stop();
    this.#endHistory();
    this.#policies.events.stop();
    await this.#objectState.stop();
    this.#clusters.close();
    await this.#server.close();
    await this.#remoteWrite.stop();
    await this.#store.close();
    this.#queryLog.close();
    await this.#tracing.shutdown();
  }

  async #reloadNow(): Promise<void> {
    try {
      const config = await this.#load();
      const rules = await this.#loadRules(config);
      const notifications = await this.#loadNotifications(config);
      this.#programClusters.apply(await this.#readClusters(config));
      this.#apply(config);
      this.#config = config;
      await this.#notifications.apply(notifications);
      this.#policies.apply();
      await this.#rules.apply(rules);
      this.#operator.apply(config.global);
      this.#logger.info('the configuration was reloaded', { file: config.path });
    } catch (error) {
      this.#isReloadOk = false;
      this.#reloadOk.set(0);
      this.#logger.error('the configuration was not reloaded; the old one stays', { error });
      throw error;
    }
  }

  #load(): Promise<Config> {
    const { configFile, alertmanagerFile } = this.#options;
    return loadConfig(configFile, {
      env: process.env,
      selfTarget: new URL(this.#server.url).host,
      ...(alertmanagerFile === undefined ? {} : { alertmanagerPath: alertmanagerFile }),
    });
  }

  #loadRules(config: Config): Promise<LoadedRules> {
    return loadRules(config, parserOptions(this.#options.features));
  }

  #loadNotifications(config: Config): Promise<LoadedNotifications> {
    const { alertmanagerFile } = this.#options;
    const url = this.#externalUrl;
    const extras = this.#messages.of;
    return loadNotifications(config, alertmanagerFile, url, this.#objectRoutes, extras);
  }

  #setObjectRoutes(objects: readonly NotificationConfig[]): void {
    this.#objectRoutes = objects;
    this.#reloading = this.#reloading
      .then(async () => this.#notifications.apply(await this.#loadNotifications(this.#config)))
      .catch((error: unknown) => {
        this.#logger.error("the clusters' AlertmanagerConfigs are not in force", { error });
      });
  }

  get #externalUrl(): URL {
    return this.#options.externalUrl ?? new URL(this.#server.url);
  }

  #hasClusters(): boolean {
    return this.#clusters.list().length > 0;
  }

  #openProgramClusters(): Promise<ProgramClusters> {
    return openProgramClusters(this.#clusters, {
      documents: this.#store.documents,
      dataDir: this.#options.dataDir,
      execPlugins: this.#options.clusterExecPlugins,
      logger: this.#logger.with({ component: 'kubernetes' }),
      // Which rules there are depends on whether there is a cluster.
      onChange: () => void this.reload().catch(() => undefined),
    });
  }

  /** Without a configuration the environment says which cluster is meant. */
  #readClusters(config: Config): Promise<readonly ClusterDefinition[]> {
    const { clusters, path } = config;
    return this.#clusters.read(path === undefined ? clusters : (clusters ?? []));
  }

  #apply(config: Config): void {
    this.#remoteWrite.applyConfig(config);
    this.#collector.applyConfig(config);
    this.#objectState.applyConfig(config);
    const { limits } = config;
    this.#store
      .applyConfig({ limits, retention: this.#retention(config) })
      .catch((error: unknown) => {
        this.#logger.error('retention and limits of the store were not changed', { error });
      });
    this.#queryLog.setPath(config.global.queryLogFile);
    this.#lastConfigTimeMs = Date.now();
    this.#isReloadOk = true;
    this.#reloadOk.set(1);
    this.#reloadTime.set(this.#lastConfigTimeMs / 1000);
  }

  #retention(config: Config): Config['retention'] {
    const { retentionMs } = this.#options;
    return retentionMs === undefined
      ? config.retention
      : { ...config.retention, timeMs: retentionMs };
  }

  #openStore(): Promise<Store> {
    const config = this.#config;
    const { limits, clickhouse } = config;
    return openStore({
      dataDir: this.#options.dataDir,
      clickhouse,
      memoryBytesMax: this.#options.memoryBytes,
      limits,
      retention: this.#retention(config),
      durability: config.durability,
      exemplarsMax: Math.max(0, config.storage.exemplarsMax),
      registry: this.#registry,
      logger: this.#logger.with({ component: 'store' }),
      now: Date.now,
    });
  }

  #engine(): Engine {
    const { limits } = this.#config;
    const { features, lookbackMs, querySamplesMax, queryTimeoutMs } = this.#options;
    const evaluationIntervalMs = (): number => this.#config.global.evaluationIntervalMs;
    return createEngine(new AliasSource(this.#store), {
      ...ENGINE_DEFAULTS,
      lookbackMs,
      samplesMax: querySamplesMax ?? limits.querySamplesMax,
      timeoutMs: queryTimeoutMs ?? limits.queryTimeoutMs,
      defaultSubqueryStepMs: evaluationIntervalMs,
      parser: parserOptions(features),
      delayedNameRemoval: features.has('promql-delayed-name-removal'),
      startTimestamps: features.has('use-start-timestamps'),
      typeAndUnitLabels: features.has('type-and-unit-labels'),
    });
  }

  async #createRules(engine: Engine): Promise<ProgramRules> {
    const logger = this.#logger.with({ component: 'rules' });
    const { rules: options } = this.#options;
    return new ProgramRules({
      engine,
      source: this.#store,
      sink: this.#sink,
      alerts: this.#notifications,
      decisions: this.#store.decisionSink,
      states: await loadRuleStates(options, this.#store.state, logger),
      registry: this.#registry,
      logger,
      options,
      clusters: this.#clusters,
      externalUrl: this.#externalUrl,
    });
  }

  #createOperator(): ProgramOperator {
    return new ProgramOperator({
      clusters: this.#clusters,
      collector: this.#collector,
      parser: parserOptions(this.#options.features),
      logger: this.#logger.with({ component: 'operator' }),
      setRules: (files) => this.#rules.setObjectFiles(files),
      setNotifications: (objects) => this.#setObjectRoutes(objects),
    });
  }

  #createPolicies(engine: Engine): ProgramPolicies {
    return new ProgramPolicies({
      documents: this.#store.documents,
      rules: this.#rules,
      notifications: this.#notifications,
      parser: engine.options.parser,
      sink: this.#sink,
      externalUrl: this.#externalUrl,
      logger: this.#logger.with({ component: 'policies' }),
      windowMs: catalogueWindowMs(this.#config),
      isCatalogueRecorded: () => isCatalogueRecorded(this.#config, this.#hasClusters()),
      engine,
      history: this.#store.historySource,
      objectState: this.#objectState,
      messages: this.#messages,
      messageSettings: () => this.#config.messages,
    });
  }

  #appDeps(engine: Engine): AppDeps {
    const options = this.#options;
    const { limits } = this.#config;
    const store = this.#store;
    const registry = this.#registry;
    const logger = this.#logger.with({ component: 'api' });
    const backTest = backTestDeps({
      engine,
      source: new AliasSource(store),
      rules: this.#rules,
      notifications: this.#notifications,
      resendDelayMs: options.rules.resendDelayMs,
    });
    const concurrencyMax = options.queryConcurrencyMax ?? limits.queryConcurrencyMax;
    return {
      registry,
      logger,
      query: {
        engine,
        labels: store,
        running: new RunningQueries(concurrencyMax, registry, Date.now),
        log: this.#queryLog,
        parser: engine.options.parser,
        now: Date.now,
        perStepStats: options.features.has('promql-per-step-stats'),
      },
      scrape: this.#collector.scrape,
      clusters: { clusters: this.#clusters, added: this.#programClusters, now: Date.now },
      objectState: this.#objectState,
      monitors: this.#operator,
      rules: this.#rules.manager,
      catalogue: {
        windowMs: () => catalogueWindowMs(this.#config),
        isRecorded: () => isCatalogueRecorded(this.#config, this.#hasClusters()),
      },
      alertmanagers: this.#collector.alertmanagers,
      alertmanager: this.#notifications.apiDeps(this.#startTimeMs),
      policies: policyDeps(this.#policies, backTest),
      why: whyDeps({ store, notifications: this.#notifications, rules: this.#rules, engine }),
      backTest,
      write: createReceivers(this.#sink, () => this.#config, registry, logger),
      read: createRemoteRead(store, () => this.#config, engine.options.readSamplesMax),
      status: this.#statusSource(),
      admin: store,
      isAdminEnabled: options.isAdminEnabled,
      federate: {
        source: store,
        lookbackMs: options.lookbackMs,
        samplesMax: engine.options.readSamplesMax,
        externalLabels: () => this.#config.global.externalLabels,
        now: Date.now,
      },
      sql: store,
      history: { history: store.historySource, now: Date.now },
      lifecycle: {
        isReady: () => this.#isReady,
        reload: () => this.reload(),
        quit: this.#onQuit,
      },
      isLifecycleEnabled: options.isLifecycleEnabled,
      webDir: join(import.meta.dirname, '..', 'web', 'dist'),
      hosts: new Set(options.externalUrl === undefined ? [] : [options.externalUrl.hostname]),
    };
  }

  #statusSource(): AppDeps['status'] {
    const store = this.#store;
    return {
      registry: this.#registry,
      build: { version: VERSION, revision: '', nodeVersion: `node ${process.versions.node}` },
      flags: this.#options.flags,
      runtime: () => ({
        startTimeMs: this.#startTimeMs,
        workingDirectory: process.cwd(),
        hostname: hostname(),
        reloadConfigSuccess: this.#isReloadOk,
        lastConfigTimeMs: this.#lastConfigTimeMs,
        corruptionCount: store.status().corruptFileCount,
        memoryLimitBytes: this.#options.memoryBytes,
        storageRetention: formatDurationMs(this.#retention(this.#config).timeMs),
      }),
      configYaml: () => renderConfig(this.#config),
      cardinality: (limit) => store.cardinality(limit),
      blocks: (signal) => store.blocks(signal),
      features: () => featureTable(this.#options),
    };
  }
}
