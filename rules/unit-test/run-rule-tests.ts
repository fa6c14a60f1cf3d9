/** Runs files of tests of rules, in promtool's format and with its outcome. */
import { readFile } from 'node:fs/promises';
import { ConfigErrors } from '../../config/config-errors.ts';
import { GlobError, globFiles } from '../../config/glob-files.ts';
import { compileRegex } from '../../model/matcher.ts';
import type { Expr, ParserOptions } from '../../promql/ast.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { walkExpr } from '../../promql/parser/walk.ts';
import { loadRuleFile } from '../file/load-rule-files.ts';
import type { RuleFile } from '../file/rule-file.ts';
import { readTestFile } from './read-test-file.ts';
import { runTestGroup } from './run-test-group.ts';
import type { TestFile } from './test-file.ts';

export interface RuleTestOptions {
  readonly parser: ParserOptions;
  /** Regular expressions; a test runs when one finds its name. None: all run. */
  readonly run: readonly string[];
  /** Of rule files. */
  readonly ignoreUnknownFields: boolean;
  /** Parts of the language that early versions switched off. */
  readonly allowsAt: boolean;
  readonly allowsNegativeOffset: boolean;
}

export const RULE_TEST_DEFAULTS: Omit<RuleTestOptions, 'parser'> = {
  run: [],
  ignoreUnknownFields: false,
  allowsAt: true,
  allowsNegativeOffset: true,
};

export interface RuleTestResult {
  readonly file: string;
  /** What kept the tests from running, or the failures of all of them; none: they pass. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly tests: readonly {
    readonly name: string;
    readonly problems: readonly string[];
    readonly durationMs: number;
  }[];
}

/** @throws RegexError for a `run` that is no regular expression */
export async function runRuleTests(
  files: readonly string[],
  options: RuleTestOptions,
): Promise<readonly RuleTestResult[]> {
  const results: RuleTestResult[] = [];
  for (const file of files) results.push(await runFile(file, options));
  return results;
}

async function runFile(file: string, options: RuleTestOptions): Promise<RuleTestResult> {
  const warnings: string[] = [];
  const failed = (problems: readonly string[]): RuleTestResult => {
    return { file, problems, warnings, tests: [] };
  };
  let testFile: TestFile;
  let names: readonly string[];
  try {
    testFile = readTestFile(file, await readFile(file));
    names = await findRuleFiles(testFile, warnings);
  } catch (error) {
    if (error instanceof ConfigErrors) return failed(error.problems.map(({ message }) => message));
    if (error instanceof GlobError) return failed([error.message]);
    if (error instanceof Error && 'code' in error) return failed([error.message]);
    throw error;
  }
  const isWanted = nameTest(options.run);
  const tests: { name: string; problems: readonly string[]; durationMs: number }[] = [];
  const loaded = await loadAll(names, options, warnings);
  for (const [index, test] of testFile.tests.entries()) {
    if (!isWanted(test.name)) continue;
    const startMs = performance.now();
    const problems = loaded.ok
      ? await runTestGroup(test, testFile, loaded.files, {
          parser: options.parser,
          checkExpr: (expr) => checkExpr(expr, options),
        })
      : loaded.problems;
    const durationMs = performance.now() - startMs;
    tests.push({ name: test.name === '' ? `unnamed#${index}` : test.name, problems, durationMs });
  }
  return { file, problems: tests.flatMap(({ problems }) => problems), warnings, tests };
}

async function findRuleFiles(testFile: TestFile, warnings: string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const pattern of testFile.ruleFiles) {
    const found = await globFiles(pattern);
    if (found.length === 0) warnings.push(`no file match pattern ${pattern}`);
    names.push(...found);
  }
  return names;
}

type Loaded =
  | { readonly ok: true; readonly files: readonly RuleFile[] }
  | { readonly ok: false; readonly problems: readonly string[] };

async function loadAll(
  names: readonly string[],
  { parser, ignoreUnknownFields }: RuleTestOptions,
  warnings: string[],
): Promise<Loaded> {
  const files: RuleFile[] = [];
  for (const name of new Set(names)) {
    const options = { parser, ignoreUnknownFields, nameValidation: 'utf8' } as const;
    const loaded = await loadRuleFile(name, options);
    if (!loaded.ok) return { ok: false, problems: loaded.problems };
    warnings.push(...loaded.file.warnings.map((warning) => `${name}: ${warning}`));
    files.push(loaded.file);
  }
  return { ok: true, files };
}

function nameTest(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => true;
  const regex = compileRegex(patterns.join('|'));
  return (name) => regex.matcher(name).find();
}

/** @throws Error in the words of Prometheus' engine */
function checkExpr(expr: string | Expr, options: RuleTestOptions): void {
  if (options.allowsAt && options.allowsNegativeOffset) return;
  walkExpr(typeof expr === 'string' ? parseExpr(expr, options.parser) : expr, (node) => {
    if (node.kind !== 'vector-selector' && node.kind !== 'subquery') return undefined;
    if (!options.allowsAt && node.at !== undefined) throw new Error('@ modifier is disabled');
    if (!options.allowsNegativeOffset && node.offsetMs < 0) {
      throw new Error('negative offset is disabled');
    }
    return undefined;
  });
}
