/** Rule files: which load, with which errors, and that the rules people use evaluate. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { Labels } from '../../../model/labels.ts';
import { SILENT_LOGGER } from '../../../model/logger.ts';
import { createEngine } from '../../../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../../../promql/engine/engine-options.ts';
import { buildGroup } from '../../../rules/evaluation/build-group.ts';
import { ConcurrencyLimit } from '../../../rules/evaluation/concurrency-limit.ts';
import { groupMetrics, ruleMetrics } from '../../../rules/evaluation/rule-metrics.ts';
import { engineQuery } from '../../../rules/evaluation/rule-query.ts';
import { type ParsedRuleFile, parseRuleFile } from '../../../rules/file/parse-rule-file.ts';
import { TestStore } from '../../../rules/unit-test/test-store.ts';
import { dumpPage, resourcePage, SCRAPED_DUMPS, storeOfPages } from '../../cluster-dumps.ts';
import { VirtualClock } from '../../virtual-clock.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

const CORPUS = 'rules/corpus/kube-prometheus';
const FIXTURES = 'rules/fixtures';
const EVALUATION_TIMES_MS = [60_000, 120_000];

const LARGE = 'rules/promtool/rules_large.yml';

interface RuleFileCase {
  readonly file?: string;
  readonly yaml?: string;
  readonly ok: boolean;
  readonly error_contains?: string;
  readonly warning_contains?: string;
  readonly groups?: number;
  readonly name_validation?: 'utf8' | 'legacy';
}

export const suite: ConformanceSuite = {
  name: 'rules',
  caseCount: 23 + 15 + 1 + 34,
  async run(dir, report) {
    await ruleFileCases(dir, report);
    for (const file of (await readdir(path.join(dir, FIXTURES))).sort()) {
      report(await fixtureCase(dir, file));
    }
    report(await largeCase(dir));
    const cluster = await clusterStore(dir);
    for (const file of (await readdir(path.join(dir, CORPUS))).sort()) {
      for (const result of await corpusCases(dir, file, cluster)) report(result);
    }
  },
};

function load(name: string, bytes: Uint8Array, nameValidation: 'utf8' | 'legacy'): ParsedRuleFile {
  const { parser } = ENGINE_DEFAULTS;
  return parseRuleFile(name, bytes, { parser, nameValidation, ignoreUnknownFields: false });
}

async function ruleFileCases(dir: string, report: (result: CaseResult) => void): Promise<void> {
  const text = await readFile(path.join(dir, 'rules/rulefmt.json'), 'utf8');
  const { cases } = JSON.parse(text) as { readonly cases: readonly RuleFileCase[] };
  for (const [index, one] of cases.entries()) {
    const name = one.file ?? `inline-${index}.yaml`;
    const bytes =
      one.file === undefined
        ? Buffer.from(one.yaml ?? '')
        : await readFile(path.join(dir, 'rules/rulefmt', one.file));
    const loaded = load(name, bytes, one.name_validation ?? 'utf8');
    report({
      name,
      ok: isAsStated(one, loaded),
      expected: JSON.stringify(one),
      got: shown(loaded),
    });
  }
}

function isAsStated(one: RuleFileCase, loaded: ParsedRuleFile): boolean {
  if (!loaded.ok) {
    const part = one.error_contains ?? '';
    return !one.ok && loaded.problems.some((problem) => problem.includes(part));
  }
  const { groups, warnings } = loaded.file;
  const warning = one.warning_contains;
  return (
    one.ok &&
    (one.groups === undefined || one.groups === groups.length) &&
    (warning === undefined
      ? warnings.length === 0
      : warnings.some((text) => text.includes(warning)))
  );
}

function shown(loaded: ParsedRuleFile): string {
  return loaded.ok ? `loads; ${loaded.file.warnings.join()}` : loaded.problems.join('\n');
}

async function fixtureCase(dir: string, file: string): Promise<CaseResult> {
  const loaded = load(file, await readFile(path.join(dir, FIXTURES, file)), 'utf8');
  const got = shown(loaded);
  if (file === 'invalid_rules.yaml') {
    return { name: file, ok: !loaded.ok && got.includes('unexpected_field'), got };
  }
  const isMultiple = got.includes('Multiple document');
  return { name: file, ok: loaded.ok && isMultiple === (file === 'rules_multi_doc.yaml'), got };
}

async function largeCase(dir: string): Promise<CaseResult> {
  const loaded = load(LARGE, await readFile(path.join(dir, LARGE)), 'utf8');
  const ruleCount = loaded.ok
    ? loaded.file.groups.reduce((sum, { rules }) => sum + rules.length, 0)
    : 0;
  return {
    name: LARGE,
    ok: ruleCount > 1000,
    got: loaded.ok ? `${ruleCount} rules` : shown(loaded),
  };
}

/** Each group of a PrometheusRule loads, and evaluates over an empty store and over the dumps. */
async function corpusCases(
  dir: string,
  file: string,
  cluster: TestStore,
): Promise<readonly CaseResult[]> {
  const manifest = parse(await readFile(path.join(dir, CORPUS, file), 'utf8')) as {
    readonly spec: { readonly groups: readonly { readonly name: string }[] };
  };
  const results: CaseResult[] = [];
  for (const group of manifest.spec.groups) {
    const name = `${file} ${group.name}`;
    const loaded = load(file, Buffer.from(stringify({ groups: [group] })), 'utf8');
    const problems = loaded.ok
      ? [...(await evaluate(loaded, new TestStore([]))), ...(await evaluate(loaded, cluster))]
      : loaded.problems;
    results.push({
      name,
      ok: problems.length === 0,
      expected: 'no errors',
      got: problems.join('\n'),
    });
  }
  return results;
}

async function evaluate(
  loaded: ParsedRuleFile & { readonly ok: true },
  store: TestStore,
): Promise<readonly string[]> {
  const metrics = ruleMetrics(new Registry());
  const { file, groups } = loaded.file;
  const build = { file, externalLabels: Labels.EMPTY, externalUrl: '', isRestored: true };
  const problems: string[] = [];
  for (const config of groups) {
    const group = buildGroup(
      config,
      { ...build, defaultIntervalMs: 60_000 },
      {
        query: engineQuery(createEngine(store, ENGINE_DEFAULTS)),
        sink: store,
        clock: new VirtualClock(0),
        logger: SILENT_LOGGER,
        metrics: groupMetrics(metrics, config.name),
        concurrency: new ConcurrencyLimit(4),
        resendDelayMs: 60_000,
        defaultQueryOffsetMs: () => 0,
        send: () => undefined,
      },
    );
    for (const timeMs of EVALUATION_TIMES_MS) {
      await group.evaluate(timeMs, new AbortController().signal);
      for (const rule of group.rules) {
        if (rule.health !== 'ok') problems.push(`${rule.name} at ${timeMs}: ${rule.lastError}`);
      }
    }
  }
  return problems;
}

/** What a Prometheus would have stored of the cluster that the dumps come from. */
async function clusterStore(dir: string): Promise<TestStore> {
  const pages = await Promise.all(SCRAPED_DUMPS.map((dump) => dumpPage(dir, dump)));
  const resources = pages.filter(({ job }) => job === 'kubelet').map(resourcePage);
  return storeOfPages([...pages, ...resources]);
}
