/** Runs one group of tests: its input, the rules over it, then what it expects. */
import { Registry } from 'prom-client';
import type { Clock } from '../../model/clock.ts';
import { formatDurationMs } from '../../model/duration.ts';
import { quoteGo } from '../../model/labels.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import type { ParserOptions } from '../../promql/ast.ts';
import { createEngine } from '../../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import type { ScriptSample, ScriptSeries } from '../../promql/promqltest/script.ts';
import { parseSequence } from '../../promql/promqltest/series-notation.ts';
import { buildGroup } from '../evaluation/build-group.ts';
import { ConcurrencyLimit } from '../evaluation/concurrency-limit.ts';
import type { RuleGroup } from '../evaluation/rule-group.ts';
import { groupMetrics, ruleMetrics } from '../evaluation/rule-metrics.ts';
import { engineQuery, type RuleQuery } from '../evaluation/rule-query.ts';
import type { RuleFile } from '../file/rule-file.ts';
import {
  alertsText,
  areEqualAlerts,
  areEqualSamples,
  byLabels,
  byLabelsAndAnnotations,
  parseExpected,
  samplesText,
  shownSample,
} from './compare.ts';
import type { AlertTest, ExprTest, InputSeries, TestFile, TestGroup } from './test-file.ts';
import { TestStore } from './test-store.ts';

/** Settings of promtool's engine for tests. */
const SAMPLES_MAX = 10_000;
const TIMEOUT_MS = 100_000;

export interface TestRunOptions {
  readonly parser: ParserOptions;
  /** @throws Error when the expression uses what is switched off */
  readonly checkExpr: (expr: string | Parameters<RuleQuery>[0]) => void;
}

/** @returns what went wrong, in promtool's words; none when the tests pass */
export async function runTestGroup(
  test: TestGroup,
  testFile: TestFile,
  ruleFiles: readonly RuleFile[],
  options: TestRunOptions,
): Promise<readonly string[]> {
  const unnamed = test.alertTests.find(({ alertName }) => alertName === '');
  if (unnamed !== undefined) {
    const where = test.name === '' ? '' : ` (in TestGroup ${test.name})`;
    const time = formatDurationMs(unnamed.evalTimeMs);
    return [
      `an item under alert_rule_test misses required attribute alertname at eval_time ${time}${where}`,
    ];
  }
  const input = readInput(test);
  if (typeof input === 'string') return [input];
  return new TestRun(test, testFile, ruleFiles, options, input).run();
}

class TestRun {
  readonly #test: TestGroup;
  readonly #file: TestFile;
  readonly #store: TestStore;
  readonly #query: RuleQuery;
  readonly #groups: readonly RuleGroup[];
  readonly #never = new AbortController().signal;

  constructor(
    test: TestGroup,
    testFile: TestFile,
    ruleFiles: readonly RuleFile[],
    { parser, checkExpr }: TestRunOptions,
    input: readonly ScriptSeries[],
  ) {
    this.#test = test;
    this.#file = testFile;
    this.#store = new TestStore(input);
    const query = engineQuery(
      createEngine(this.#store, {
        ...ENGINE_DEFAULTS,
        samplesMax: SAMPLES_MAX,
        timeoutMs: TIMEOUT_MS,
        defaultSubqueryStepMs: () => testFile.evaluationIntervalMs,
        delayedNameRemoval: true,
        parser,
      }),
    );
    this.#query = async (expr, timeMs, signal) => {
      checkExpr(expr);
      return query(expr, timeMs, signal);
    };
    this.#groups = this.#buildGroups(ruleFiles);
  }

  async run(): Promise<readonly string[]> {
    const problems: string[] = [];
    const { startMs } = this.#test;
    const intervalMs = this.#file.evaluationIntervalMs;
    const endMs = startMs + this.#lastEvalTimeMs();
    for (let timeMs = startMs; timeMs <= endMs; timeMs += intervalMs) {
      const failures = await this.#evaluate(timeMs);
      if (failures.length > 0) return [...problems, ...failures];
      // A test between two evaluations sees the alerts of the one before it.
      const due = this.#test.alertTests.filter(({ evalTimeMs }) => {
        const sinceMs = evalTimeMs - (timeMs - startMs);
        return sinceMs >= 0 && sinceMs < intervalMs;
      });
      due.sort((a, b) => a.evalTimeMs - b.evalTimeMs);
      for (const one of due) problems.push(...this.#checkAlerts(one));
    }
    for (const one of this.#test.exprTests) problems.push(...(await this.#checkExpr(one)));
    return problems;
  }

  #buildGroups(ruleFiles: readonly RuleFile[]): readonly RuleGroup[] {
    const { externalLabels, externalUrl, intervalMs } = this.#test;
    const metrics = ruleMetrics(new Registry());
    const order = new Map(this.#file.groupEvalOrder.map((name, index) => [name, index]));
    const groups = ruleFiles.flatMap(({ file, groups: configs }) =>
      configs.map((config) =>
        buildGroup(
          config,
          { file, defaultIntervalMs: intervalMs, externalLabels, externalUrl, isRestored: true },
          {
            query: this.#query,
            sink: this.#store,
            clock: STANDING_CLOCK,
            logger: SILENT_LOGGER,
            metrics: groupMetrics(metrics, `${file};${config.name}`),
            concurrency: new ConcurrencyLimit(0),
            resendDelayMs: 0,
            defaultQueryOffsetMs: () => 0,
            send: () => undefined,
          },
        ),
      ),
    );
    return groups.sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  }

  async #evaluate(timeMs: number): Promise<readonly string[]> {
    this.#store.reveal(timeMs);
    const failures: string[] = [];
    for (const group of this.#groups) {
      await group.evaluate(timeMs, this.#never);
      for (const { name, lastError } of group.rules) {
        if (lastError === '') continue;
        failures.push(`    rule: ${name}, time: ${formatDurationMs(timeMs)}, err: ${lastError}`);
      }
    }
    return failures;
  }

  #checkAlerts({ alertName, alerts, evalTimeMs }: AlertTest): readonly string[] {
    const got = this.#groups
      .flatMap((group) => group.alertingRules)
      .filter((rule) => rule.name === alertName)
      .flatMap((rule) => rule.activeAlerts.filter(({ state }) => state === 'firing'))
      .sort(byLabelsAndAnnotations);
    const expected = alerts.toSorted(byLabelsAndAnnotations);
    if (areEqualAlerts(expected, got)) return [];
    const { name } = this.#test;
    const shownName = name === '' ? '' : `    name: ${name},\n`;
    const time = formatDurationMs(evalTimeMs);
    return [
      `${shownName}    alertname: ${alertName}, time: ${time}, \n` +
        `        exp:${alertsText(expected)}, \n        got:${alertsText(got)}`,
    ];
  }

  async #checkExpr({ expr, evalTimeMs, samples }: ExprTest): Promise<readonly string[]> {
    const where = `    expr: ${quoteGo(expr)}, time: ${formatDurationMs(evalTimeMs)},`;
    try {
      const result = await this.#query(expr, this.#test.startMs + evalTimeMs, this.#never);
      const got = result.map(shownSample).sort(byLabels);
      const expected = samples.map(parseExpected).sort(byLabels);
      if (areEqualSamples(expected, got, this.#file.fuzzyCompare)) return [];
      return [`${where}\n        exp: ${samplesText(expected)}\n        got: ${samplesText(got)}`];
    } catch (error) {
      return [`${where} err: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  #lastEvalTimeMs(): number {
    const { alertTests, exprTests } = this.#test;
    return [...alertTests, ...exprTests].reduce(
      (last, { evalTimeMs }) => Math.max(last, evalTimeMs),
      0,
    );
  }
}

/** Nothing in a test depends on how long it takes. */
const STANDING_CLOCK: Clock = {
  nowMs: () => 0,
  monotonicMs: () => 0,
  schedule: () => () => undefined,
};

/** @returns the series, or what is wrong with them */
function readInput(test: TestGroup): readonly ScriptSeries[] | string {
  const byKey = new Map<string, ScriptSeries>();
  for (const one of test.inputSeries) {
    try {
      const series = readSeries(one, test);
      byKey.set(series.labels.key, series);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return `input_series ${quoteGo(one.series)}: ${problem}`;
    }
  }
  return [...byKey.values()];
}

/** @throws ParseError */
function readSeries({ series, values }: InputSeries, test: TestGroup): ScriptSeries {
  const { labels, points } = parseSequence(`${series} ${values}`);
  const samples: ScriptSample[] = [];
  for (const [index, point] of points.entries()) {
    if (point.kind === 'none') continue;
    const timestampMs = test.startMs + index * test.intervalMs;
    samples.push({ timestampMs, startTimestampMs: 0, point });
  }
  return { labels, samples };
}
