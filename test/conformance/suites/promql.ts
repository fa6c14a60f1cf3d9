/** Prometheus' own scripts of the PromQL test language, against samples in memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryStorage } from '../../../promql/promqltest/memory-source.ts';
import { runScript } from '../../../promql/promqltest/run-script.ts';
import { ScriptError } from '../../../promql/promqltest/script.ts';
import type { ScriptStorage } from '../../../promql/promqltest/script-engine.ts';
import { scriptEngine } from '../../../promql/promqltest/test-engine.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

/** Evals in the published folder; also of the suite that runs them on another storage. */
export const PROMQL_EVAL_COUNT = 1826;

/** Runs every script of a folder of suites on the given storage; one result per `eval`. */
export async function runScripts(
  dir: string,
  storage: ScriptStorage,
  report: (result: CaseResult) => void,
): Promise<void> {
  const engine = scriptEngine();
  const folder = join(dir, 'promql/tests');
  const files = readdirSync(folder).filter((file) => file.endsWith('.test'));
  for (const file of files.sort()) {
    const text = readFileSync(join(folder, file), 'utf8');
    try {
      for await (const { line, problem } of runScript(text, engine, storage)) {
        report({ name: `${file}:${line}`, ok: problem === undefined, ...problem });
      }
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      report({ name: `${file}:${error.line}`, ok: false, got: error.message });
    }
  }
}

export const suite: ConformanceSuite = {
  name: 'promql',
  caseCount: PROMQL_EVAL_COUNT,
  run: (dir, report) => runScripts(dir, new MemoryStorage(), report),
};
