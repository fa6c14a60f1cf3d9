/** The way of an alarm through the real program: rule, group, webhook; and over kill -9. */
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

const SILENCE = {
  matchers: [{ name: 'alertname', value: 'Silent', isRegex: false }],
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2126-01-01T00:00:00Z',
  createdBy: 'test',
  comment: '',
};

async function post(url: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${url}/api/v2/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text === '' ? undefined : JSON.parse(text);
}

test('what was told before kill -9 is not told again, what was not is', async () => {
  const sink = await startSink(() => 200);
  const names = (): readonly string[] =>
    sink.received.map(
      ({ message }) =>
        `${message.status} ${message.alerts.map(({ labels }) => labels['alertname']).join()}`,
    );
  const rules = `groups: [{name: g, interval: 1s, rules: [{alert: Always, expr: vector(1), labels: {from: rule}}]}]`;
  writeFileIn(dir.path, 'rules.yml', rules);
  const config = writeFileIn(
    dir.path,
    'watchkeeper.yaml',
    `global: {scrape_interval: 1s, resolve_timeout: 1h}
rule_files: [rules.yml]
route: {receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 4h}
receivers: [{name: hook, webhook_configs: [{url: '${sink.url}/hook'}]}]
`,
  );
  const args = [`--config.file=${config}`, `--data=${dir.path}/data`, '--listen=127.0.0.1:0'];

  program = await runProgram(args);
  const { silenceID } = (await post(program.url, 'silences', SILENCE)) as { silenceID: string };
  await post(program.url, 'alerts', [{ labels: { alertname: 'Silent' } }]);
  await until(() => (names().includes('firing Always') ? true : undefined));
  await post(program.url, 'alerts', [{ labels: { alertname: 'Posted' } }]);
  await program.stop('SIGKILL');
  const toldBefore = names().length;

  program = await runProgram(args);
  await until(() => (names().includes('firing Posted') ? true : undefined));
  const answer = await fetch(`${program.url}/api/v2/alerts`);
  const alerts = (await answer.json()) as {
    readonly labels: Readonly<Record<string, string>>;
    readonly status: { readonly silencedBy: readonly string[] };
  }[];
  expect(
    alerts
      .map(({ labels }) => labels['alertname'])
      .toSorted((a, b) => (a ?? '').localeCompare(b ?? '')),
  ).toEqual(['Always', 'Posted', 'Silent']);
  const silent = alerts.find(({ labels }) => labels['alertname'] === 'Silent');
  expect(silent?.status.silencedBy).toEqual([silenceID]);
  // Some rounds of the group: nothing is told again, and nothing is over.
  const rounds = sink.received.length;
  await until(async () => {
    const { url } = program as RunningProgram;
    const text = await (await fetch(`${url}/metrics`)).text();
    const count = /prometheus_rule_group_iterations_total\{.*\} (\d+)/.exec(text)?.[1];
    return Number(count) > 5 ? true : undefined;
  });
  expect(names().filter((name) => name === 'firing Always')).toHaveLength(1);
  expect(names().filter((name) => name === 'firing Posted')).toHaveLength(1);
  expect(names().filter((name) => name.startsWith('resolved'))).toEqual([]);
  expect(toldBefore).toBeLessThanOrEqual(rounds);
  await sink.close();
}, 120_000);
