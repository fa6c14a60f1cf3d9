/** The scenarios of rules: a real Prometheus with a real Alertmanager, and us for both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, pauseMs, removeDataDir, startProgram } from '../../../bench/process.ts';
import { prometheusProgram } from '../../programs.ts';
import { alertmanagerYaml } from './alertmanager-yaml.ts';
import { type Judgement, judge } from './drive.ts';
import { RULE_SCENARIOS, type RuleScenario } from './rule-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { alertmanagerProgram, NO_ALERTMANAGER, ourProgram, write } from './systems.ts';
import { startValueExporter } from './value-exporter.ts';
import { startSink } from './webhook-sink.ts';

/** A scrape and a slot later than expected, on either side. */
const TOLERANCE_SECONDS = 5;
/** So short, that an alert is taken for resolved 20 s after it was last told. */
const RULE_FLAGS = ['--rules.alert.resend-delay=5s'];

export async function runRuleScenarios(): Promise<readonly Judgement[]> {
  const scenarios = RULE_SCENARIOS.map(asScenario);
  const exporter = await startValueExporter();
  const ourSink = await startSink(() => 200);
  const theirSink = await startSink(() => 200);
  const dir = mkdtempSync(join(tmpdir(), 'alerting-'));
  const rulesFile = write(dir, 'rules.yml', rulesYaml());
  const programs: Program[] = [];
  const start = async (spec: Parameters<typeof startProgram>[0] | undefined): Promise<Program> => {
    if (spec === undefined) throw new Error(NO_ALERTMANAGER);
    const program = await startProgram(spec);
    programs.push(program);
    return program;
  };
  try {
    const alertmanager = await start(
      alertmanagerProgram(alertmanagerYaml(scenarios, theirSink.url)),
    );
    const address = new URL(alertmanager.url).host;
    const prometheusYaml = scrapeYaml(exporter.address, rulesFile);
    const theirs = await start(
      prometheusProgram(
        prometheusYaml.replace(
          'alerting:',
          `alerting:\n  alertmanagers: [{static_configs: [{targets: ['${address}']}]}]`,
        ),
        RULE_FLAGS,
      ),
    );
    const ours = await start(
      ourProgram(alertmanagerYaml(scenarios, ourSink.url), dir, prometheusYaml, RULE_FLAGS),
    );
    // Both have scraped and evaluated once.
    await pauseMs(5000);
    const startMs = Date.now();
    await Promise.all(
      RULE_SCENARIOS.map(async ({ steps, until }) => {
        for (const { at, run } of steps) {
          await pauseMs(Math.max(0, startMs + at * 1000 - Date.now()));
          run(exporter);
        }
        await pauseMs(Math.max(0, startMs + until * 1000 - Date.now()));
      }),
    );
    const judged: Judgement[] = [];
    for (const [at, rule] of RULE_SCENARIOS.entries()) {
      const scenario = scenarios[at] as Scenario;
      const told = judge(scenario, ourSink.received, theirSink.received, startMs);
      const wrong = await healthProblem(rule, ours, theirs);
      judged.push(wrong === undefined ? told : { ...told, verdict: 'wrong', note: wrong });
    }
    return judged;
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
    for (const program of programs) removeDataDir(program);
    await Promise.all([exporter.close(), ourSink.close(), theirSink.close()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

function asScenario({ id, title, until, told }: RuleScenario): Scenario {
  return { id, title, until, told, steps: [], tolerance: TOLERANCE_SECONDS, isTimeOwn: true };
}

function rulesYaml(): string {
  const groups = RULE_SCENARIOS.map(({ id, rules, group }) => {
    const fields = group === undefined ? '' : `\n  ${group}`;
    return `- name: ${id}${fields}\n  rules:\n${rules.map((rule) => `  - ${rule}`).join('\n')}`;
  });
  return `groups:\n${groups.join('\n')}\n`;
}

function scrapeYaml(address: string, rulesFile: string): string {
  return `global:
  scrape_interval: 1s
  evaluation_interval: 2s
  external_labels: {replica: one, site: here}
alerting:
  alert_relabel_configs: [{regex: replica, action: labeldrop}]
rule_files: ['${rulesFile}']
scrape_configs:
- job_name: values
  static_configs: [{targets: ['${address}'], labels: {instance: exporter}}]
`;
}

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly { readonly health: string; readonly lastError?: string }[];
    }[];
  };
}

async function healthProblem(
  { id, health }: RuleScenario,
  ours: Program,
  theirs: Program,
): Promise<string | undefined> {
  if (health === undefined) return undefined;
  for (const { name, url } of [ours, theirs]) {
    const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as RulesAnswer;
    const rule = answer.data.groups.find((group) => group.name === id)?.rules.at(-1);
    if (rule?.health === health.state && rule.lastError === health.error) continue;
    return `${name}: ${rule?.health ?? 'no rule'} ${rule?.lastError ?? ''}`;
  }
  return undefined;
}
