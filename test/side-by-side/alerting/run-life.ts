/** The scenarios around a reload, a restart and a kill: one phase each. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, type ProgramSpec, pauseMs, startProgram } from '../../../bench/process.ts';
import { alertmanagerYaml } from './alertmanager-yaml.ts';
import { answererOf, drive, type Judgement, judge } from './drive.ts';
import {
  EVENT_AT,
  KILL_SCENARIOS,
  RELOAD_SCENARIOS,
  RESTART_SCENARIOS,
  START_AT,
} from './life-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { alertmanagerProgram, NO_ALERTMANAGER, ourProgram } from './systems.ts';
import { startSink } from './webhook-sink.ts';

/** What happens in the second `EVENT_AT`. */
type Event = (life: Life) => Promise<void>;

export async function runLifeScenarios(
  only: ReadonlySet<string> | undefined,
): Promise<readonly Judgement[]> {
  const phases: readonly (readonly [readonly Scenario[], Event])[] = [
    [RELOAD_SCENARIOS, reload],
    [RESTART_SCENARIOS, (life) => life.restart('SIGTERM')],
    [KILL_SCENARIOS, (life) => life.restart('SIGKILL')],
  ];
  const judgements: Judgement[] = [];
  for (const [all, event] of phases) {
    const scenarios = only === undefined ? all : all.filter(({ id }) => only.has(id));
    if (scenarios.length > 0) judgements.push(...(await runPhase(scenarios, event)));
  }
  return judgements;
}

async function runPhase(
  scenarios: readonly Scenario[],
  event: Event,
): Promise<readonly Judgement[]> {
  let startMs = 0;
  const answerer = answererOf(scenarios, () => startMs);
  const ourSink = await startSink(answerer);
  const theirSink = await startSink(answerer);
  const dirs = ['ours', 'theirs'].map((name) => mkdtempSync(join(tmpdir(), `alerting-${name}-`)));
  const [ourDir = '', theirDir = ''] = dirs;
  const theirSpec = alertmanagerProgram(alertmanagerYaml(scenarios, theirSink.url));
  if (theirSpec === undefined) throw new Error(NO_ALERTMANAGER);
  const ours = new Life(ourProgram(alertmanagerYaml(scenarios, ourSink.url), ourDir), ourDir);
  const theirs = new Life(theirSpec, theirDir);
  const lives = [ours, theirs];
  try {
    await Promise.all(lives.map((life) => life.start()));
    startMs = Math.ceil(Date.now() / 1000 + 1) * 1000;
    const at = (second: number): Promise<void> => pauseMs(startMs + second * 1000 - Date.now());
    await at(0);
    const happens = at(EVENT_AT).then(async () => {
      const againMs = startMs + START_AT * 1000;
      await Promise.all(lives.map((life) => event(life.beginningAgainAt(againMs))));
      return Math.max(0, (Date.now() - againMs) / 1000);
    });
    const sides = [
      { url: () => ours.url, received: ourSink.received },
      { url: () => theirs.url, received: theirSink.received },
    ];
    await drive(scenarios, sides, startMs, { fromSecond: START_AT, shift: happens });
    const shifted = { fromSecond: START_AT, bySeconds: await happens };
    const judged = scenarios.map((one) =>
      judge(one, ourSink.received, theirSink.received, startMs, shifted),
    );
    return judged.map((judgement) => withIds(judgement, ourSink.received));
  } finally {
    await Promise.all(lives.map((life) => life.stop()));
    await Promise.all([ourSink.close(), theirSink.close()]);
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  }
}

/** A message that was made twice has one id. */
function withIds(
  judgement: Judgement,
  received: readonly { readonly path: string; readonly idempotencyKey: string | undefined }[],
): Judgement {
  if (judgement.id !== 'A29') return judgement;
  const ids = received.filter(({ path }) => path === 'A29').map((one) => one.idempotencyKey);
  if (new Set(ids).size === 1) return judgement;
  return { ...judgement, verdict: 'wrong', note: `ids differ: ${ids.join(', ')}` };
}

/** A program that is started more than once over one folder. */
class Life {
  readonly #spec: ProgramSpec;
  readonly #dir: string;
  #program: Program | undefined;
  #againAtMs = 0;

  constructor(spec: ProgramSpec, dir: string) {
    this.#spec = spec;
    this.#dir = dir;
  }

  get dir(): string {
    return this.#dir;
  }

  get url(): string {
    if (this.#program === undefined) throw new Error(`${this.#spec.name} does not run`);
    return this.#program.url;
  }

  async start(): Promise<void> {
    this.#program = await startProgram(this.#spec, this.#dir);
  }

  beginningAgainAt(timeMs: number): this {
    this.#againAtMs = timeMs;
    return this;
  }

  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.#program?.stop(signal);
    await pauseMs(Math.max(0, this.#againAtMs - Date.now()));
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    rmSync(`${this.#dir}.log`, { force: true });
  }
}

/** A bad file first, which must be refused, then the good one again. */
async function reload(life: Life): Promise<void> {
  const file = join(life.dir, 'alertmanager.yml');
  const text = readFileSync(file, 'utf8');
  const post = (): Promise<Response> => fetch(`${life.url}/-/reload`, { method: 'POST' });
  writeFileSync(file, text.replace('receiver: nobody', 'receiver: unknown'));
  const refused = await post();
  writeFileSync(file, text);
  const taken = await post();
  if (refused.status !== 500 || !taken.ok) {
    throw new Error(`a reload answered ${refused.status}, then ${taken.status}`);
  }
}
