/** `watchkeeper policies export|import`: alarm policies as PrometheusRule objects, and back. */
import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import type { AlarmPolicy } from '../rules/policy/alarm-policy.ts';
import { findCatalogueMetric } from '../rules/policy/catalogue-metrics.ts';
import { compilePolicy } from '../rules/policy/compile-policy.ts';
import { readDocuments, readPolicyFile } from '../rules/policy/policy-file.ts';
import { policiesOf, prometheusRule } from '../rules/policy/prometheus-rule.ts';
import { writePolicy } from '../rules/policy/write-policy.ts';
import { type ParsedFlags, UsageError } from './flags.ts';

const USAGE = 'usage: watchkeeper policies export FILE... | policies import FILE...';

/** As `serve` compiles them with default settings. */
const COMPILE_OPTIONS = {
  findMetric: findCatalogueMetric,
  parser: ENGINE_DEFAULTS.parser,
  queryOffsetMs: 30_000,
} as const;

/** @throws PolicyErrors, UsageError */
export async function runPolicies(
  { positionals }: ParsedFlags,
  print: (line: string) => void,
): Promise<number> {
  const [what, ...files] = positionals;
  if (files.length === 0) throw new UsageError(USAGE);
  const documents: unknown[] = [];
  for (const file of files) {
    const text = await readText(file);
    if (what === 'export') documents.push(...exported(text, file));
    else if (what === 'import') documents.push(...imported(text, file));
    else throw new UsageError(USAGE);
  }
  print(documents.map((one) => stringify(one, { lineWidth: 0 }).trimEnd()).join('\n---\n'));
  return 0;
}

/** Checks files of policies; @returns what they compile to. @throws PolicyErrors, UsageError */
export async function loadPolicies(file: string): Promise<readonly AlarmPolicy[]> {
  const policies = readPolicyFile(await readText(file), file, COMPILE_OPTIONS.parser);
  for (const policy of policies) compilePolicy(policy, COMPILE_OPTIONS);
  return policies;
}

function exported(text: string, file: string): readonly unknown[] {
  return readPolicyFile(text, file, COMPILE_OPTIONS.parser).map((policy) => {
    return prometheusRule(compilePolicy(policy, COMPILE_OPTIONS));
  });
}

function imported(text: string, file: string): readonly unknown[] {
  return readDocuments(text, file)
    .flatMap((value) => policiesOf(value, file, COMPILE_OPTIONS.parser))
    .map(writePolicy);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read ${file}: ${String(cause)}`, { cause });
  });
}
