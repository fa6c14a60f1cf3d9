/** `watchkeeper test rules`: runs tests of rules, as promtool does. */
import { writeFile } from 'node:fs/promises';
import { RegexError } from '../model/matcher.ts';
import {
  RULE_TEST_DEFAULTS,
  type RuleTestResult,
  runRuleTests,
} from '../rules/unit-test/run-rule-tests.ts';
import { parserOptions } from './features.ts';
import type { FlagSpec } from './flag-table.ts';
import { type ParsedFlags, UsageError } from './flags.ts';
import { junitXml } from './junit-xml.ts';

const EXIT_FAILED = 1;

export const TEST_FLAGS: readonly FlagSpec[] = [
  {
    name: 'run',
    kind: 'text',
    fallback: '',
    help: 'Only tests in whose name this regular expression finds something.',
  },
  { name: 'junit', kind: 'text', fallback: '', help: 'File for the results as JUnit XML.' },
  {
    name: 'ignore-unknown-fields',
    kind: 'switch',
    fallback: 'false',
    help: 'Take rule files with fields that Prometheus does not know.',
  },
  {
    name: 'enable-feature',
    kind: 'list',
    fallback: '',
    help: 'Parts of PromQL that are experimental, as for serve.',
  },
];

/** @returns the exit code */
export async function runTest(
  { values, positionals }: ParsedFlags,
  print: (line: string) => void,
): Promise<number> {
  const [what, ...files] = positionals;
  if (what !== 'rules' || files.length === 0) {
    throw new UsageError('usage: watchkeeper test rules [--run=REGEX] [--junit=FILE] FILE...');
  }
  const run = values.get('run') ?? '';
  const features = new Set((values.get('enable-feature') ?? '').split(',').filter(Boolean));
  const results = await runRuleTests(files, {
    ...RULE_TEST_DEFAULTS,
    parser: parserOptions(features),
    run: run === '' ? [] : [run],
    ignoreUnknownFields: values.get('ignore-unknown-fields') === 'true',
  }).catch((error: unknown) => {
    if (error instanceof RegexError) throw new UsageError(`--run: ${error.message}`);
    throw error;
  });
  for (const result of results) printResult(result, print);
  const junit = values.get('junit') ?? '';
  if (junit !== '') await writeFile(junit, junitXml(results));
  return results.some(({ problems }) => problems.length > 0) ? EXIT_FAILED : 0;
}

function printResult(
  { file, problems, warnings }: RuleTestResult,
  print: (line: string) => void,
): void {
  print(`Unit Testing:  ${file}`);
  for (const warning of warnings) print(`  WARNING: ${warning}`);
  if (problems.length === 0) print('  SUCCESS');
  else print(['  FAILED:', ...problems].join('\n'));
  print('');
}
