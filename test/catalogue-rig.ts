/** Evaluates built-in rules over a store in memory, as the running program would. */
import { Registry } from 'prom-client';
import { Labels } from '../model/labels.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { createEngine } from '../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { AliasSource } from '../rules/catalogue/alias-source.ts';
import { builtInRules } from '../rules/catalogue/built-in-rules.ts';
import { rateWindowMs } from '../rules/catalogue/expand-macros.ts';
import { buildGroup } from '../rules/evaluation/build-group.ts';
import { ConcurrencyLimit } from '../rules/evaluation/concurrency-limit.ts';
import { groupMetrics, ruleMetrics } from '../rules/evaluation/rule-metrics.ts';
import { engineQuery, type RuleQuery } from '../rules/evaluation/rule-query.ts';
import type { RuleFile } from '../rules/file/rule-file.ts';
import type { TestStore } from '../rules/unit-test/test-store.ts';
import { SCRAPE_INTERVAL_MS } from './cluster-dumps.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export class CatalogueRig {
  readonly #query: RuleQuery;
  readonly #store: TestStore;

  constructor(store: TestStore) {
    this.#store = store;
    this.#query = engineQuery(createEngine(new AliasSource(store), ENGINE_DEFAULTS));
  }

  /** @returns what went wrong, rule by rule */
  async record(timeMs: number, mixinRules = false): Promise<readonly string[]> {
    const windowMs = rateWindowMs(SCRAPE_INTERVAL_MS);
    const files = await builtInRules({ mixinRules, windowMs, parser: ENGINE_DEFAULTS.parser });
    const problems: string[] = [];
    for (const file of files) problems.push(...(await this.#evaluate(file, timeMs)));
    return problems;
  }

  /** The name of the metric is not among the labels. */
  async values(expr: string, timeMs: number): Promise<readonly Value[]> {
    const samples = await this.#query(expr, timeMs, new AbortController().signal);
    return samples.map(({ labels, value }) => ({
      labels: labels.withoutName().toRecord(),
      value,
    }));
  }

  async #evaluate({ file, groups }: RuleFile, timeMs: number): Promise<readonly string[]> {
    const metrics = ruleMetrics(new Registry());
    const problems: string[] = [];
    for (const config of groups) {
      const group = buildGroup(
        config,
        {
          file,
          defaultIntervalMs: 60_000,
          externalLabels: Labels.EMPTY,
          externalUrl: '',
          isRestored: true,
        },
        {
          query: this.#query,
          sink: this.#store,
          clock: new VirtualClock(0),
          logger: SILENT_LOGGER,
          metrics: groupMetrics(metrics, config.name),
          concurrency: new ConcurrencyLimit(4),
          resendDelayMs: 60_000,
          defaultQueryOffsetMs: () => 0,
          send: () => undefined,
        },
      );
      await group.evaluate(timeMs, new AbortController().signal);
      for (const { name, health, lastError } of group.rules) {
        if (health !== 'ok') problems.push(`${name}: ${lastError}`);
      }
    }
    return problems;
  }
}
