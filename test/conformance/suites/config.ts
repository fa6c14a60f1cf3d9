/** Prometheus' configuration files, good and bad. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigErrors } from '../../../config/config-errors.ts';
import { loadConfig } from '../../../config/load-config.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface ConfigCase {
  readonly file: string;
  readonly ok: boolean;
  readonly error_contains?: readonly string[];
  readonly outside_kubernetes_scope?: boolean;
  readonly agent_mode?: boolean;
}

/** What a file with a service discovery that we lack is told. */
const NOT_SUPPORTED = /:\d+:\d+: \w+_sd_configs is not supported/;

export const suite: ConformanceSuite = {
  name: 'config',
  caseCount: 212,
  async run(dir, report) {
    const text = await readFile(path.join(dir, 'config/prometheus_config.json'), 'utf8');
    const { cases } = JSON.parse(text) as { readonly cases: readonly ConfigCase[] };
    for (const testCase of cases) {
      report(await judge(path.join(dir, 'config/prometheus'), testCase));
    }
  },
};

async function judge(folder: string, testCase: ConfigCase): Promise<CaseResult> {
  const { file: name, ok } = testCase;
  const file = path.join(folder, name);
  const error = await load(file, testCase.agent_mode === true);
  const message = error?.message ?? 'loaded';
  if (ok) {
    return {
      name,
      ok: error === undefined || NOT_SUPPORTED.test(message),
      expected: 'loads, or names the section that is not supported',
      got: message,
    };
  }
  // Prometheus' tests load the files as testdata/…, and its errors name them so.
  const texts = (testCase.error_contains ?? []).map((text) => {
    return text.replaceAll('testdata/', `${folder}/`);
  });
  const isRefusedAsOther =
    testCase.outside_kubernetes_scope === true && NOT_SUPPORTED.test(message);
  const isRefused =
    error instanceof ConfigErrors &&
    message.includes(`${file}:`) &&
    texts.every((text) => message.includes(text));
  return { name, ok: isRefused || isRefusedAsOther, expected: texts.join('\n'), got: message };
}

/** @returns the refusal, or undefined */
async function load(file: string, agentMode: boolean): Promise<Error | undefined> {
  try {
    await loadConfig(file, { agentMode });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
