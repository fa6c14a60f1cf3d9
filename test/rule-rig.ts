/** The real rule manager over samples in memory, in virtual time. */
import { Registry } from 'prom-client';
import type { Alert } from '../model/alert.ts';
import { Labels } from '../model/labels.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { createEngine } from '../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import type { ScriptSeries } from '../promql/promqltest/script.ts';
import { engineQuery, type RuleQuery } from '../rules/evaluation/rule-query.ts';
import { parseRuleFile } from '../rules/file/parse-rule-file.ts';
import { type RuleFile, RuleFileErrors } from '../rules/file/rule-file.ts';
import {
  RuleManager,
  type RuleManagerOptions,
  type RuleSettings,
} from '../rules/manager/rule-manager.ts';
import { enginePolicyQuery } from '../rules/policy-evaluation/engine-policy-query.ts';
import { TestStore } from '../rules/unit-test/test-store.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface SentAlert {
  readonly atMs: number;
  readonly alert: Alert;
}

export interface RuleRigOptions {
  readonly startMs: number;
  readonly input?: readonly ScriptSeries[];
  /** As after a restart: what was stored before. */
  readonly store?: TestStore;
  readonly settings?: Partial<RuleSettings>;
  readonly manager?: Partial<RuleManagerOptions>;
  /** Put around each query. */
  readonly aroundQuery?: (query: RuleQuery) => RuleQuery;
}

/** Turns of the event loop that evaluations in memory never need. */
const TURNS_MAX = 10_000;

/** @throws RuleFileErrors */
export function ruleFile(yaml: string, file = 'rules.yml'): RuleFile {
  const { parser } = ENGINE_DEFAULTS;
  const options = { parser, nameValidation: 'utf8', ignoreUnknownFields: false } as const;
  const loaded = parseRuleFile(file, Buffer.from(yaml), options);
  if (!loaded.ok) throw new RuleFileErrors(loaded.problems);
  return loaded.file;
}

export class RuleRig {
  readonly clock: VirtualClock;
  readonly store: TestStore;
  readonly registry = new Registry();
  readonly manager: RuleManager;
  readonly sent: SentAlert[] = [];
  readonly #settings: RuleSettings;
  #evaluationsRunning = 0;

  constructor(options: RuleRigOptions) {
    this.clock = new VirtualClock(options.startMs);
    this.store = options.store ?? new TestStore(options.input ?? []);
    const engine = createEngine(this.store, ENGINE_DEFAULTS);
    const plain = engineQuery(engine);
    const policyQuery = enginePolicyQuery(engine);
    const query = options.aroundQuery?.(plain) ?? plain;
    this.manager = new RuleManager({
      query: (...args) => this.#counted(() => query(...args)),
      policyQuery: {
        range: (...args) => this.#counted(() => policyQuery.range(...args)),
        instant: (...args) => this.#counted(() => policyQuery.instant(...args)),
      },
      source: this.store,
      sink: this.store,
      alerts: {
        send: (alerts) => {
          const atMs = this.clock.nowMs();
          for (const alert of alerts) this.sent.push({ atMs, alert });
        },
      },
      clock: this.clock,
      logger: SILENT_LOGGER,
      registry: this.registry,
      restore: { outageToleranceMs: 3_600_000, gracePeriodMs: 600_000, samplesMax: 1_000_000 },
      resendDelayMs: 60_000,
      concurrentRulesMax: 4,
      ...options.manager,
    });
    this.#settings = {
      evaluationIntervalMs: 60_000,
      queryOffsetMs: 0,
      externalLabels: Labels.EMPTY,
      externalUrl: 'http://here',
      relabelAlert: (labels) => labels,
      ...options.settings,
    };
  }

  async #counted<T>(ask: () => Promise<T>): Promise<T> {
    this.#evaluationsRunning++;
    this.store.reveal(this.clock.nowMs());
    try {
      return await ask();
    } finally {
      this.#evaluationsRunning--;
    }
  }

  async apply(...files: readonly RuleFile[]): Promise<void> {
    await this.manager.apply(files, this.#settings);
  }

  /** Moves on, evaluation by evaluation, and lets each one end. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.clock.nowMs() + byMs;
    while (this.clock.step(endMs - this.clock.nowMs())) await this.settle();
    this.clock.advance(endMs - this.clock.nowMs());
  }

  /** Waits until every group has its next slot before it. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      await new Promise((done) => setImmediate(done));
      const isIdle = this.clock.timerCount >= this.manager.groups.length;
      if (isIdle && this.#evaluationsRunning === 0) return;
    }
    throw new Error('an evaluation did not end');
  }
}
