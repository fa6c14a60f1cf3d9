/** Rules in the running program: from the configuration to the manager that evaluates them. */
import type { Registry } from 'prom-client';
import { Relabeler } from '../collector/relabel/relabeler.ts';
import type { Config } from '../config/types.ts';
import type { ClusterRegistry } from '../kubernetes/cluster.ts';
import type { AlertSink } from '../model/alert.ts';
import type { AlertDecisionSink } from '../model/alert-decisions.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { StateStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import type { SampleSink } from '../model/sink.ts';
import type { SampleSource } from '../model/source.ts';
import type { ParserOptions } from '../promql/ast.ts';
import type { Engine } from '../promql/engine/engine.ts';
import { besidesOwn, builtInRules, whileStarting } from '../rules/catalogue/built-in-rules.ts';
import { rateWindowMs } from '../rules/catalogue/expand-macros.ts';
import { engineQuery } from '../rules/evaluation/rule-query.ts';
import { loadRuleFiles } from '../rules/file/load-rule-files.ts';
import type { RuleFile } from '../rules/file/rule-file.ts';
import { RuleManager, type RuleSettings } from '../rules/manager/rule-manager.ts';
import { RuleStates } from '../rules/manager/rule-states.ts';
import { enginePolicyQuery } from '../rules/policy-evaluation/engine-policy-query.ts';
import type { ServeOptions } from './serve-options.ts';

export interface RuleParts {
  readonly engine: Engine;
  readonly source: SampleSource;
  readonly sink: SampleSink;
  readonly alerts: AlertSink;
  readonly decisions: AlertDecisionSink;
  /** Undefined: alerts are restored from their series. */
  readonly states: RuleStates | undefined;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly options: ServeOptions['rules'];
  readonly clusters: ClusterRegistry;
  /** As people open the program. */
  readonly externalUrl: URL;
}

/** Jobs whose pages the catalogue is made of, under the names of kube-prometheus. */
const CATALOGUE_JOBS = new Set(['kubelet', 'kube-state-metrics', 'node-exporter', 'apiserver']);
/** How long a cluster is new. */
const STARTING_MS = 120_000;
/** At which clusters are read that only the environment names. */
const CLUSTER_INTERVAL_MS = 30_000;

/** Rule files that are in order, with the configuration that names them. */
export interface LoadedRules {
  readonly config: Config;
  readonly files: readonly RuleFile[];
  /** Those that the program brings along. */
  readonly builtIn: readonly RuleFile[];
}

/** Changes nothing yet. @throws RuleFileErrors */
export async function loadRules(config: Config, parser: ParserOptions): Promise<LoadedRules> {
  const files = await loadRuleFiles(config.ruleFiles, {
    parser,
    nameValidation: config.global.metricNameValidationScheme,
    ignoreUnknownFields: false,
  });
  const { mixinRules } = config.catalogue;
  const windowMs = catalogueWindowMs(config);
  return { config, files, builtIn: await builtInRules({ mixinRules, windowMs, parser }) };
}

/** The window of rates in the catalogue: that of the slowest page it reads. */
export function catalogueWindowMs({ scrapeConfigs, clusters = [] }: Config): number {
  const read = scrapeConfigs.filter(({ jobName }) => CATALOGUE_JOBS.has(jobName));
  const ofJobs = read.map(({ scrapeIntervalMs }) => scrapeIntervalMs);
  const ofClusters = clusters.flatMap(({ collection: { kubelet, components } }) => {
    const { api_server: apiServer, node_exporter: nodeExporter } = components;
    return [kubelet, apiServer, nodeExporter].map(({ intervalMs }) => intervalMs);
  });
  return rateWindowMs(Math.max(CLUSTER_INTERVAL_MS, ...ofJobs, ...ofClusters));
}

/** @param hasClusters whether a cluster is known now */
export function isCatalogueRecorded({ catalogue }: Config, hasClusters: boolean): boolean {
  return catalogue.record === 'always' || (catalogue.record === 'auto' && hasClusters);
}

/** @returns undefined when rules are to be restored as in Prometheus */
export async function loadRuleStates(
  { restore, outageToleranceMs }: ServeOptions['rules'],
  store: StateStore,
  logger: Logger,
): Promise<RuleStates | undefined> {
  if (restore === 'prometheus') return undefined;
  return RuleStates.load({ store, logger, outageToleranceMs });
}

export class ProgramRules {
  readonly manager: RuleManager;
  readonly #externalUrl: string;
  #files: readonly RuleFile[] = [];
  #settings: RuleSettings | undefined;
  readonly #logger: Logger;
  readonly #clusters: ClusterRegistry;
  #loaded: LoadedRules | undefined;
  /** Those that clusters bring. */
  #objectFiles: readonly RuleFile[] = [];
  #policyFiles: readonly RuleFile[] = [];
  /** A cluster was added a short while ago. */
  #isStarting = false;
  #endStarting: () => void = () => undefined;
  /** One change at a time. */
  #applying: Promise<void> = Promise.resolve();

  constructor(parts: RuleParts) {
    const { engine, source, sink, alerts, states, registry, logger, options, externalUrl } = parts;
    this.#clusters = parts.clusters;
    const { decisions } = parts;
    this.#externalUrl = externalUrl.href.replace(/\/+$/, '');
    this.#logger = logger;
    this.manager = new RuleManager({
      query: engineQuery(engine),
      policyQuery: enginePolicyQuery(engine),
      source,
      sink,
      alerts,
      decisions,
      clock: SYSTEM_CLOCK,
      logger,
      registry,
      restore: {
        outageToleranceMs: options.outageToleranceMs,
        gracePeriodMs: options.gracePeriodMs,
        samplesMax: engine.options.readSamplesMax,
      },
      resendDelayMs: options.resendDelayMs,
      concurrentRulesMax: options.concurrentRulesMax,
      ...(states === undefined ? {} : { states }),
    });
    parts.clusters.subscribe({
      added: () => this.#startCatalogue(),
      removed: () => this.#applyAgain(),
    });
  }

  /** Resolves when what was replaced has ended. */
  apply(rules: LoadedRules): Promise<void> {
    this.#loaded = rules;
    const applied = this.#applying.then(() => this.#applyNow());
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  /** Rules of objects in clusters, in place of those given before. */
  setObjectFiles(files: readonly RuleFile[]): void {
    this.#objectFiles = files;
    this.#applyAgain();
  }

  /** Rules of alarm policies, in place of those given before. */
  setPolicyFiles(files: readonly RuleFile[]): void {
    this.#policyFiles = files;
    this.#applyAgain();
  }

  /** A cluster is new: its values are not to be waited for longer than they need. */
  #startCatalogue(): void {
    this.#endStarting();
    this.#isStarting = true;
    this.#applyAgain();
    this.#endStarting = SYSTEM_CLOCK.schedule(STARTING_MS, () => {
      this.#isStarting = false;
      this.#applyAgain();
    });
  }

  async stop(): Promise<void> {
    this.#endStarting();
    await this.manager.stop();
  }

  /** Groups that stay the same go on undisturbed. */
  #applyAgain(): void {
    this.#applying = this.#applying
      .then(() => this.#applyNow())
      .catch((error: unknown) => {
        this.#logger.error('rules of clusters and policies are not in force', { error });
      });
  }

  async #applyNow(): Promise<void> {
    if (this.#loaded === undefined) return;
    const { config, files, builtIn } = this.#loaded;
    const { evaluationIntervalMs, ruleQueryOffsetMs, externalLabels } = config.global;
    const relabeler = new Relabeler(config.alerting.alertRelabelConfigs);
    const brought = this.#brought(config, files, builtIn);
    this.#files = [...files, ...brought, ...this.#objectFiles, ...this.#policyFiles];
    this.#settings = {
      evaluationIntervalMs,
      queryOffsetMs: ruleQueryOffsetMs,
      externalLabels,
      externalUrl: this.#externalUrl,
      relabelAlert: (labels) => relabeler.apply(labels).labels,
    };
    await this.manager.apply(this.#files, this.#settings);
  }

  #brought(
    config: Config,
    files: readonly RuleFile[],
    builtIn: readonly RuleFile[],
  ): readonly RuleFile[] {
    const clusterCount = this.#clusters.list().length;
    if (!isCatalogueRecorded(config, clusterCount > 0)) return [];
    // A cluster's own rules are for that cluster alone: others still need what we bring.
    const own = clusterCount === 1 ? [...files, ...this.#objectFiles] : files;
    const brought = besidesOwn(builtIn, own);
    return this.#isStarting ? whileStarting(brought) : brought;
  }

  /** Those that run. */
  get files(): readonly RuleFile[] {
    return this.#files;
  }

  /** Only after `apply`. */
  get settings(): RuleSettings {
    if (this.#settings === undefined) throw new Error('rules have not started');
    return this.#settings;
  }
}
