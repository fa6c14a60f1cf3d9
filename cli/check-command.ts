/** `watchkeeper check config|rules|policies|metrics`: what would be wrong, before it is. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { validateExposition } from '../collector/exposition-check/validate-exposition.ts';
import { loadConfig } from '../config/load-config.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { loadRuleFile, loadRuleFiles } from '../rules/file/load-rule-files.ts';
import type { RuleFile } from '../rules/file/rule-file.ts';
import { PolicyErrors, problemText } from '../rules/policy/alarm-policy.ts';
import { UsageError } from './flags.ts';

const EXIT_FAILED = 1;

/** promtool's exit code for lint findings of metrics that parse. */
const EXIT_LINT = 3;

/** @returns the exit code; throws ConfigErrors or RuleFileErrors for a bad configuration */
export async function runCheck(
  argv: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const [what, file, ...rest] = argv;
  if (what === 'rules' && file !== undefined) return checkRules([file, ...rest], print);
  if (what === 'policies' && file !== undefined) return checkPolicies([file, ...rest], print);
  if (rest.length > 0) throw new UsageError(`one file at a time: ${rest.join(' ')}`);
  if (what === 'config' && file !== undefined) return checkConfig(file, print);
  if (what === 'metrics') return checkMetrics(file, print);
  throw new UsageError(
    'usage: watchkeeper check config FILE | check rules FILE... | check policies FILE... | check metrics [FILE]',
  );
}

/** As a server takes them that is started without `--enable-feature`. */
const RULE_FILE_OPTIONS = {
  parser: ENGINE_DEFAULTS.parser,
  nameValidation: 'utf8',
  ignoreUnknownFields: false,
} as const;

async function checkRules(
  files: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  let exitCode = 0;
  for (const file of files) {
    print(`Checking ${file}`);
    const loaded = await loadRuleFile(file, RULE_FILE_OPTIONS);
    if (loaded.ok) {
      for (const warning of loaded.file.warnings) print(`  WARNING: ${warning}`);
      print(`  SUCCESS: ${countRules([loaded.file])} rules found`);
    } else {
      print(['  FAILED:', ...loaded.problems].join('\n'));
      exitCode = EXIT_FAILED;
    }
  }
  return exitCode;
}

async function checkPolicies(
  files: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const { loadPolicies } = await import('./policies-command.ts');
  let exitCode = 0;
  for (const file of files) {
    print(`Checking ${file}`);
    try {
      const policies = await loadPolicies(file);
      print(`  SUCCESS: ${policies.length} alarm policies found`);
    } catch (error) {
      if (!(error instanceof PolicyErrors)) throw error;
      print(['  FAILED:', ...error.problems.map(problemText)].join('\n'));
      exitCode = EXIT_FAILED;
    }
  }
  return exitCode;
}

function countRules(files: readonly RuleFile[]): number {
  return files.flatMap(({ groups }) => groups).reduce((sum, { rules }) => sum + rules.length, 0);
}

async function checkConfig(file: string, print: (line: string) => void): Promise<number> {
  const config = await loadConfig(file, { env: process.env });
  const nameValidation = config.global.metricNameValidationScheme;
  const ruleFiles = await loadRuleFiles(config.ruleFiles, { ...RULE_FILE_OPTIONS, nameValidation });
  const counts = `${config.scrapeConfigs.length} scrape configs, ${countRules(ruleFiles)} rules`;
  print(`${file}: the configuration is valid: ${counts}`);
  return 0;
}

async function checkMetrics(
  file: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  const body =
    file === undefined || file === '-'
      ? Buffer.from(await text(process.stdin))
      : await readFile(file).catch((cause: unknown) => {
          throw new UsageError(`cannot read ${file}: ${String(cause)}`, { cause });
        });
  const problems = validateExposition(body, 'text/plain; version=0.0.4');
  const shown = file ?? '(standard input)';
  for (const { line, metric, problem } of problems) {
    print(`${shown}:${line}: ${metric === '' ? '' : `${metric}: `}${problem}`);
  }
  return problems.length > 0 ? EXIT_LINT : 0;
}
