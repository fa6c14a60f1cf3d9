/** Rules in the running program: from the configuration to the manager that evaluates them. */
import type { Registry } from 'prom-client';
import { Relabeler } from '../collector/relabel/relabeler.ts';
import type { Config } from '../config/types.ts';
import type { AlertSink } from '../model/alert.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { Logger } from '../model/logger.ts';
import type { SampleSink } from '../model/sink.ts';
import type { SampleSource } from '../model/source.ts';
import type { ParserOptions } from '../promql/ast.ts';
import type { Engine } from '../promql/engine/engine.ts';
import { engineQuery } from '../rules/evaluation/rule-query.ts';
import { loadRuleFiles } from '../rules/file/load-rule-files.ts';
import type { RuleFile } from '../rules/file/rule-file.ts';
import { RuleManager } from '../rules/manager/rule-manager.ts';
import type { ServeOptions } from './serve-options.ts';

export interface RuleParts {
  readonly engine: Engine;
  readonly source: SampleSource;
  readonly sink: SampleSink;
  readonly alerts: AlertSink;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly options: ServeOptions['rules'];
  /** As people open the program. */
  readonly externalUrl: URL;
}

/** Rule files that are in order, with the configuration that names them. */
export interface LoadedRules {
  readonly config: Config;
  readonly files: readonly RuleFile[];
}

/** Changes nothing yet. @throws RuleFileErrors */
export async function loadRules(config: Config, parser: ParserOptions): Promise<LoadedRules> {
  const files = await loadRuleFiles(config.ruleFiles, {
    parser,
    nameValidation: config.global.metricNameValidationScheme,
    ignoreUnknownFields: false,
  });
  return { config, files };
}

export class ProgramRules {
  readonly manager: RuleManager;
  readonly #externalUrl: string;

  constructor(parts: RuleParts) {
    const { engine, source, sink, alerts, registry, logger, options, externalUrl } = parts;
    this.#externalUrl = externalUrl.href.replace(/\/+$/, '');
    this.manager = new RuleManager({
      query: engineQuery(engine),
      source,
      sink,
      alerts,
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
    });
  }

  /** Resolves when what was replaced has ended. */
  async apply({ config, files }: LoadedRules): Promise<void> {
    const { evaluationIntervalMs, ruleQueryOffsetMs, externalLabels } = config.global;
    const relabeler = new Relabeler(config.alerting.alertRelabelConfigs);
    await this.manager.apply(files, {
      evaluationIntervalMs,
      queryOffsetMs: ruleQueryOffsetMs,
      externalLabels,
      externalUrl: this.#externalUrl,
      relabelAlert: (labels) => relabeler.apply(labels).labels,
    });
  }
}
