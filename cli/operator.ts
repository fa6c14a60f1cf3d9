/** What clusters' objects ask for, in the running program: handed to those who scrape and judge. */
import type { Collector } from '../collector/collector.ts';
import { annotationJob } from '../collector/discovery/annotations/annotation-job.ts';
import { field } from '../collector/operator/document.ts';
import type { ObjectStatus } from '../collector/operator/operator-entry.ts';
import type { OperatorKind } from '../collector/operator/operator-kinds.ts';
import { OperatorObjects } from '../collector/operator/operator-objects.ts';
import { objectNamespace } from '../collector/operator/scrape-document.ts';
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import type { GlobalConfig, ScrapeConfig } from '../config/types.ts';
import type { ConnectedClusters } from '../kubernetes/cluster-registry.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { Logger } from '../model/logger.ts';
import type { ParserOptions } from '../promql/ast.ts';
import { readRuleObject } from '../rules/file/read-rule-object.ts';
import type { RuleFile } from '../rules/file/rule-file.ts';

export interface OperatorParts {
  readonly clusters: ConnectedClusters;
  readonly collector: Collector;
  readonly parser: ParserOptions;
  readonly logger: Logger;
  /** Puts rules in force beside those of the configuration. */
  readonly setRules: (files: readonly RuleFile[]) => void;
  /** Puts routes and receivers in force beside those of the configuration. */
  readonly setNotifications: (configs: readonly NotificationConfig[]) => void;
}

export class ProgramOperator {
  readonly #parts: OperatorParts;
  #objects: OperatorObjects | undefined;
  #global: GlobalConfig | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** What of the configuration the objects depend on; the first time they are followed from then on. */
  apply(global: GlobalConfig): void {
    this.#global = global;
    if (this.#objects !== undefined) {
      this.#objects.setGlobal(global);
      this.#setScrapes();
      return;
    }
    const { clusters, logger } = this.#parts;
    const options = {
      clusters,
      settings: ({ name }: { readonly name: string }) => {
        const discovery = clusters.get(name)?.definition.discovery;
        return discovery?.operator === true ? { filesAllowed: discovery.operatorFiles } : undefined;
      },
      clock: SYSTEM_CLOCK,
      logger,
      onChange: (kinds: ReadonlySet<OperatorKind>) => this.#onChange(kinds),
    };
    this.#objects = new OperatorObjects(options, global);
    const changed = (): void => this.#setScrapes();
    this.#unsubscribe = clusters.subscribe({ added: changed, removed: changed });
  }

  status(cluster: string): readonly ObjectStatus[] | undefined {
    return this.#objects?.status(cluster);
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#objects?.close();
  }

  #onChange(kinds: ReadonlySet<OperatorKind>): void {
    const objects = this.#objects;
    if (objects === undefined) return;
    const isScraped = [...kinds].some(
      (kind) => kind !== 'PrometheusRule' && kind !== 'AlertmanagerConfig',
    );
    if (isScraped) this.#setScrapes();
    if (kinds.has('AlertmanagerConfig')) this.#parts.setNotifications(objects.notifications());
    if (kinds.has('PrometheusRule')) this.#parts.setRules(this.#rules(objects));
  }

  #setScrapes(): void {
    const annotated = this.#annotationJobs();
    try {
      this.#parts.collector.setGenerated([...annotated, ...(this.#objects?.scrapeConfigs() ?? [])]);
    } catch (error) {
      this.#parts.logger.error("not all scrapes that clusters' objects ask for are in force", {
        error,
      });
    }
  }

  #annotationJobs(): readonly ScrapeConfig[] {
    const global = this.#global;
    if (global === undefined) return [];
    return this.#parts.clusters
      .list()
      .filter(({ definition }) => definition.discovery.annotations)
      .flatMap(({ name }) => annotationJob(name, global));
  }

  #rules(objects: OperatorObjects): readonly RuleFile[] {
    const nameValidation = this.#global?.metricNameValidationScheme ?? 'utf8';
    const options = { parser: this.#parts.parser, nameValidation, ignoreUnknownFields: false };
    return objects.entries('PrometheusRule').map((entry) => {
      const { object, cluster } = entry;
      const namespace = objectNamespace(object);
      const { name } = object.metadata;
      const groups = field(object.spec, 'groups');
      const { file, errors } = readRuleObject({ cluster, namespace, name, groups }, options);
      objects.judge(entry, { errors, warnings: [], gives: file.groups.map((group) => group.name) });
      return file;
    });
  }
}
