/** Finds, reads and checks the files of `rule_files`: all of them, or none. */
import { readFile } from 'node:fs/promises';
import { GlobError, globFiles } from '../../config/glob-files.ts';
import { parseRuleFile, type RuleFileOptions } from './parse-rule-file.ts';
import { type RuleFile, RuleFileErrors } from './rule-file.ts';

/**
 * @param patterns absolute; a file that two of them find is read once
 * @throws RuleFileErrors with the problems of every file
 */
export async function loadRuleFiles(
  patterns: readonly string[],
  options: RuleFileOptions,
): Promise<readonly RuleFile[]> {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const pattern of patterns) {
    for (const name of await find(pattern, problems)) names.add(name);
  }
  const files: RuleFile[] = [];
  for (const name of names) {
    const loaded = await loadRuleFile(name, options);
    if (loaded.ok) files.push(loaded.file);
    else problems.push(...loaded.problems);
  }
  if (problems.length > 0) throw new RuleFileErrors(problems);
  return files;
}

export async function loadRuleFile(
  name: string,
  options: RuleFileOptions,
): Promise<ReturnType<typeof parseRuleFile>> {
  try {
    return parseRuleFile(name, await readFile(name), options);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { ok: false, problems: [`${name}: ${openProblem(name, error)}`], warnings: [] };
  }
}

async function find(pattern: string, problems: string[]): Promise<readonly string[]> {
  try {
    return await globFiles(pattern);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    problems.push(`error retrieving rule files for ${pattern}: ${error.message}`);
    return [];
  }
}

function openProblem(name: string, error: Error): string {
  if ('code' in error && error.code === 'ENOENT') return `open ${name}: no such file or directory`;
  return `open ${name}: ${error.message}`;
}
