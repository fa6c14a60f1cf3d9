/** Alertmanager's configuration files, good and bad. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Problems } from '../../../config/config-errors.ts';
import { readAlertmanagerFile } from '../../../config/read-config.ts';
import type { PlaceError } from '../../../model/place-error.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface ConfigCase {
  readonly test: string;
  readonly file?: string;
  readonly yaml?: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly error_contains?: string;
}

export const suite: ConformanceSuite = {
  name: 'alertmanager-config',
  caseCount: 97,
  async run(dir, report) {
    const folder = path.join(dir, 'alertmanager');
    const text = await readFile(path.join(folder, 'config.json'), 'utf8');
    const { cases } = JSON.parse(text) as { readonly cases: readonly ConfigCase[] };
    for (const testCase of cases) report(await judge(path.join(folder, 'config'), testCase));
  },
};

async function judge(folder: string, testCase: ConfigCase): Promise<CaseResult> {
  const { test, file, yaml } = testCase;
  const name = file === undefined ? test : `${test} ${file}`;
  const text = yaml ?? (await readFile(path.join(folder, file ?? ''), 'utf8'));
  const problems = load(folder, text);
  const first = problems[0];
  const got = problems.map(({ message }) => message).join('\n') || 'loaded';
  if (testCase.ok) return { name, ok: first === undefined, expected: 'loaded', got };
  if (testCase.error_contains !== undefined) {
    const expected = testCase.error_contains;
    return { name, ok: first?.problem.includes(expected) === true, expected, got };
  }
  const expected = testCase.error ?? '';
  return { name, ok: first !== undefined && isText(first, expected), expected, got };
}

/** The source's tests run in classic mode: `-invalid-` is a label name in the other modes. */
function load(folder: string, text: string): readonly PlaceError[] {
  const problems = new Problems();
  const context = { problems, dir: folder, env: {}, agentMode: false };
  readAlertmanagerFile('alertmanager.yml', text, context, 'classic');
  return problems.all;
}

/** We tell the line as part of the place, Go's YAML library as part of the text. */
function isText({ problem, place }: PlaceError, expected: string): boolean {
  return (
    problem === expected || `yaml: unmarshal errors:\n  line ${place.line}: ${problem}` === expected
  );
}
