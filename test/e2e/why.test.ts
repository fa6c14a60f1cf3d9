/** Decisions and acknowledgements in the real program, over kill -9. */
import { afterAll, expect, test } from 'vitest';
import { startSink } from '../side-by-side/alerting/webhook-sink.ts';
import {
  type RunningProgram,
  runProgram,
  temporaryDir,
  until,
  writeFileIn,
} from './run-program.ts';

const dir = temporaryDir();
let program: RunningProgram | undefined;
afterAll(async () => {
  await program?.stop('SIGKILL');
  dir.remove();
});

interface Why {
  readonly alerts: readonly {
    readonly verdict: {
      readonly state: string;
      readonly text: string;
      readonly receivers: readonly { readonly receiver: string; readonly text: string }[];
    };
    readonly decisions: readonly { readonly kind: string }[];
  }[];
  readonly rules: readonly { readonly text: string }[];
}

async function ask(path: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${program?.url ?? ''}${path}`, init);
  const json = (await answer.json()) as { readonly data: unknown };
  expect(answer.status, JSON.stringify(json)).toBe(200);
  return json.data ?? json;
}

const why = (name: string) => ask(`/api/v1/alerts/why?filter=alertname=${name}`) as Promise<Why>;

test('why an alert fired and who was told is known after kill -9, and so is who took it', async () => {
  const sink = await startSink(() => 200);
  const rules = `groups: [{name: g, interval: 1s, rules: [
  {alert: Always, expr: vector(1)}, {alert: Never, expr: 'absent_over_time(up[1m]) > 5'}]}]`;
  writeFileIn(dir.path, 'rules.yml', rules);
  const config = writeFileIn(
    dir.path,
    'watchkeeper.yaml',
    `global: {scrape_interval: 1s}
rule_files: [rules.yml]
route: {receiver: hook, group_wait: 1s, group_interval: 2s, repeat_interval: 4h}
receivers: [{name: hook, webhook_configs: [{url: '${sink.url}/hook'}]}]
`,
  );
  const args = [`--config.file=${config}`, `--data=${dir.path}/data`, '--listen=127.0.0.1:0'];
  program = await runProgram(args);
  await until(() => (sink.received.length > 0 ? true : undefined));
  await ask('/api/v1/alerts/ack', { matchers: ['alertname=Always'], createdBy: 'Ann' });
  await until(async () => {
    const kinds = (await why('Always')).alerts[0]?.decisions.map(({ kind }) => kind) ?? [];
    return kinds.includes('sent') && kinds.includes('acknowledged') ? true : undefined;
  });
  await program.stop('SIGKILL');
  program = await runProgram(args);

  const [always] = (await why('Always')).alerts;
  expect(always?.verdict.state).toBe('firing');
  expect(always?.verdict.text).toContain('It was acknowledged at');
  expect(always?.verdict.receivers[0]?.text).toMatch(/^hook\/webhook\[0\] was told at /);
  const never = await why('Never');
  expect(never.alerts).toEqual([]);
  expect(never.rules[0]?.text).toMatch(/^It did not fire: /);
  const shown = (await ask('/api/v2/alerts')) as readonly {
    readonly acknowledgement?: { readonly createdBy: string };
  }[];
  expect(shown.map(({ acknowledgement }) => acknowledgement?.createdBy)).toEqual(['Ann']);
  await sink.close();
});
