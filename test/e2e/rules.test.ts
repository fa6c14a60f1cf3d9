import { afterAll, describe, expect, test } from 'vitest';
import { query, runCommand, runProgram, temporaryDir, until, writeFileIn } from './run-program.ts';

const dir = temporaryDir();
afterAll(() => dir.remove());

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly {
        readonly name: string;
        readonly state: string;
        readonly health: string;
        readonly alerts: readonly { readonly state: string; readonly activeAt: string }[];
      }[];
    }[];
  };
}

async function ruleNamed(url: string, name: string) {
  const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as RulesAnswer;
  return answer.data.groups.flatMap(({ rules }) => rules).find((rule) => rule.name === name);
}

function rules(text: string): void {
  writeFileIn(dir.path, 'rules.yml', `groups: [{ name: g, interval: 500ms, rules: [${text}] }]`);
}

const config = writeFileIn(dir.path, 'prometheus.yml', 'rule_files: [rules.yml]\n');

function serve(...more: readonly string[]): ReturnType<typeof runProgram> {
  return runProgram([
    'serve',
    `--config.file=${config}`,
    `--data=${dir.path}/data`,
    '--listen=127.0.0.1:0',
    '--rules.alert.for-grace-period=0s',
    ...more,
  ]);
}

const HELD_MS_MIN = 1500;
const RECORD = '{ record: one, expr: vector(1) }';
const FIRES = '{ alert: Fires, expr: one == 1 }';
const WAITS = '{ alert: Waits, expr: one == 1, for: 10h }';

describe('rules in the running program', () => {
  test('are evaluated, changed by a reload, kept by a bad one, and restored after kill -9', async () => {
    rules(`${RECORD}, ${FIRES}, ${WAITS}`);
    const program = await serve();
    const explain = (): string => program.output();
    await until(
      async () => ((await ruleNamed(program.url, 'Fires'))?.state === 'firing' ? true : undefined),
      undefined,
      explain,
    );
    const stored = await until(
      async () => {
        const { data } = await query(program.url, 'ALERTS_FOR_STATE{alertname="Waits"}');
        return data.result[0];
      },
      undefined,
      explain,
    );
    const activeAtMs = Number(stored.value[1]) * 1000;

    rules('{ record: one, expr: ( }');
    const refused = await fetch(`${program.url}/-/reload`, { method: 'POST' });
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain('unclosed left parenthesis');
    expect((await ruleNamed(program.url, 'Fires'))?.health).toBe('ok');

    rules(`${RECORD}, ${WAITS}`);
    const reloaded = await fetch(`${program.url}/-/reload`, { method: 'POST' });
    expect(reloaded.status).toBe(200);
    expect(await ruleNamed(program.url, 'Fires')).toBeUndefined();
    const waits = await ruleNamed(program.url, 'Waits');
    expect(Date.parse(waits?.alerts[0]?.activeAt ?? '')).toBeLessThan(activeAtMs + 1000);

    // What was written is on disk after a second or so; the alert is then found again.
    await until(
      async () => {
        const expr = 'count_over_time(ALERTS_FOR_STATE{alertname="Waits"}[1m])';
        const { data } = await query(program.url, expr);
        return Number(data.result[0]?.value[1]) >= 8 ? true : undefined;
      },
      undefined,
      explain,
    );
    await program.stop('SIGKILL');
    const again = await serve();
    const readyAtMs = Date.now();
    // The outage does not count as waiting: the alert waits as long as it did, some four seconds.
    // Anew it would begin when the program is ready.
    await until(
      async () => {
        const alert = (await ruleNamed(again.url, 'Waits'))?.alerts[0];
        const restoredMs = alert === undefined ? Number.NaN : Date.parse(alert.activeAt);
        return restoredMs < readyAtMs - HELD_MS_MIN ? true : undefined;
      },
      undefined,
      () => again.output(),
    );
    expect(await again.stop()).toBe(0);
  }, 90_000);

  test('that are wrong keep the program from starting, with their place', async () => {
    rules('{ record: one }');
    const { code, output } = await runCommand([
      'serve',
      `--config.file=${config}`,
      `--data=${dir.path}/other`,
      '--listen=127.0.0.1:0',
    ]);
    expect(code).toBe(1);
    expect(output).toContain(`rule 1, "one": field 'expr' must be set in rule`);
  });
});

describe('the command line', () => {
  test('check rules and check config judge rule files', async () => {
    const good = writeFileIn(dir.path, 'good.yml', `groups: [{ name: g, rules: [${RECORD}] }]`);
    const bad = writeFileIn(dir.path, 'bad.yml', 'groups: [{ name: g, rules: [{ alert: A }] }]');
    expect(await runCommand(['check', 'rules', good])).toEqual({
      code: 0,
      output: `Checking ${good}\n  SUCCESS: 1 rules found\n`,
    });
    const refused = await runCommand(['check', 'rules', good, bad]);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("field 'expr' must be set in rule");
    const checked = await runCommand([
      'check',
      'config',
      writeFileIn(dir.path, 'c.yml', 'rule_files: [bad.yml]'),
    ]);
    expect(checked.code).toBe(1);
  });

  test('test rules runs tests and writes JUnit', async () => {
    writeFileIn(dir.path, 'rules-under-test.yml', `groups: [{ name: g, rules: [${RECORD}] }]`);
    const tests = writeFileIn(
      dir.path,
      'tests.yml',
      `rule_files: [rules-under-test.yml]
tests:
  - name: right
    promql_expr_test: [{ expr: one, eval_time: 1m, exp_samples: [{ labels: one, value: 1 }] }]
  - name: wrong
    promql_expr_test: [{ expr: one, eval_time: 1m, exp_samples: [{ labels: one, value: 2 }] }]
`,
    );
    expect((await runCommand(['test', 'rules', '--run=right', tests])).code).toBe(0);
    const failed = await runCommand(['test', 'rules', `--junit=${dir.path}/out.xml`, tests]);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('got: {__name__="one"} 1E+00');
    expect((await runCommand(['test', 'rules', '--run=(', tests])).code).toBe(2);
    expect((await runCommand(['test'])).code).toBe(2);
  });
});
