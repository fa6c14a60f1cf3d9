/** Receivers that Alertmanager refuses. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Problems } from '../../../config/config-errors.ts';
import { readAlertmanagerFile } from '../../../config/read-config.ts';
import type { ConformanceSuite } from '../suite.ts';

interface ReceiverCase {
  /** `EmailConfig` and so on. */
  readonly type: string;
  readonly yaml: string;
  readonly error: string;
  readonly test: string;
}

export const suite: ConformanceSuite = {
  name: 'receiver-config-errors',
  caseCount: 10,
  async run(dir, report) {
    const file = path.join(dir, 'alertmanager/receiver_config_errors.json');
    const text = await readFile(file, 'utf8');
    const { cases } = JSON.parse(text) as { readonly cases: readonly ReceiverCase[] };
    for (const { type, yaml, error, test } of cases) {
      const problems = problemsOf(type, yaml);
      const got = problems.join('\n');
      report({ name: test, ok: problems[0] === error, expected: error, got });
    }
  },
};

/** The block as the only one of its kind in an otherwise good file. */
function problemsOf(type: string, yaml: string): readonly string[] {
  const kind = type.replace(/Config$/, '').toLowerCase();
  const block = yaml.trim().replaceAll('\n', '\n    ');
  const text = [
    'global: {smtp_smarthost: "a:25", smtp_from: b@c}',
    'route: {receiver: r}',
    `receivers:\n- name: r\n  ${kind}_configs:\n  - ${block}`,
  ].join('\n');
  const problems = new Problems();
  const context = { problems, dir: '/', env: {}, agentMode: false };
  readAlertmanagerFile('alertmanager.yml', text, context);
  return problems.all.map(({ problem }) => problem);
}
