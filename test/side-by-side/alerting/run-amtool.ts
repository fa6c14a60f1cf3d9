/** amtool, as it is, against a real Alertmanager and against us: the same output. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, removeDataDir, startProgram } from '../../../bench/process.ts';
import type { Judgement } from './drive.ts';
import { alertmanagerProgram, NO_ALERTMANAGER, ourProgram, write } from './systems.ts';

const CONFIG = `route:
  receiver: hook
  group_by: [alertname]
  routes: [{matchers: [severity="critical"], receiver: other}]
receivers:
- name: hook
  webhook_configs: [{url: 'http://127.0.0.1:1/'}]
- name: other
`;

/** `ID` stands for the silence that was made first. */
const COMMANDS: readonly string[] = [
  'alert add severity=critical alertname=foo job=x --annotation=s=hi',
  'alert add bar b=c',
  'alert query',
  'alert query -o extended',
  'alert query foo',
  'alert query job=~"x.*"',
  'alert query -o json bar',
  'silence add --duration=1m --comment=c --author=me alertname=foo',
  'silence query',
  'silence query -q',
  'silence query alertname=foo',
  'alert query --silenced',
  'alert query --active',
  'silence update ID --duration=2m --comment=d',
  'silence query -o extended',
  'silence expire ID',
  'silence query',
  'silence query --expired',
  'silence expire 00000000-0000-0000-0000-000000000000',
  'silence add a=~(',
  'config routes show',
  'config routes test severity=critical',
  'config routes test --verify.receivers=hook severity=warning',
  'config routes test --verify.receivers=hook severity=critical',
  'cluster show',
  'silence import SILENCES',
  'check-config CONFIG',
];

export async function runAmtool(): Promise<readonly Judgement[]> {
  const amtool = findOnPath('amtool');
  const spec = alertmanagerProgram(CONFIG);
  if (amtool === undefined || spec === undefined) throw new Error(NO_ALERTMANAGER);
  const dir = mkdtempSync(join(tmpdir(), 'alerting-'));
  const theirs = await startProgram(spec);
  const ours = await startProgram(ourProgram(CONFIG, dir));
  try {
    const mine = await outputs(amtool, ours.url, dir);
    const other = await outputs(amtool, theirs.url, dir);
    const wrong = COMMANDS.filter((_, at) => mine[at] !== other[at]);
    return [
      {
        id: 'A35',
        title: `amtool: ${COMMANDS.length} commands`,
        ours: `${COMMANDS.length - wrong.length} outputs equal`,
        theirs: '',
        verdict: wrong.length === 0 ? 'equal' : 'wrong',
        note: wrong.map((command) => diff(command, mine, other)).join('; '),
      },
    ];
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
    removeDataDir(ours);
    removeDataDir(theirs);
    rmSync(dir, { recursive: true, force: true });
  }
}

function diff(command: string, mine: readonly string[], other: readonly string[]): string {
  const at = COMMANDS.indexOf(command);
  return `${command}: ${JSON.stringify(mine[at])} / ${JSON.stringify(other[at])}`;
}

async function outputs(amtool: string, url: string, dir: string): Promise<readonly string[]> {
  const silences = write(
    dir,
    'silences.json',
    JSON.stringify([
      {
        matchers: [{ name: 'x', value: 'y', isRegex: false, isEqual: true }],
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '2126-01-01T00:00:00.000Z',
        createdBy: 'me',
        comment: 'imported',
      },
    ]),
  );
  const config = write(dir, 'checked.yml', CONFIG);
  const texts: string[] = [];
  let silenceId = '';
  for (const command of COMMANDS) {
    const args = command
      .split(' ')
      .map((arg) => arg.replace(/^ID$/, silenceId))
      .map((arg) => arg.replace(/^SILENCES$/, silences).replace(/^CONFIG$/, config));
    const text = await run(amtool, [`--alertmanager.url=${url}`, ...args]);
    if (silenceId === '' && command.startsWith('silence add')) {
      silenceId = /^\S+/.exec(text)?.[0] ?? '';
    }
    texts.push(masked(text));
  }
  return texts;
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    execFile(command, [...args], { encoding: 'utf8' }, (error, stdout, stderr) => {
      done(`${stdout}${stderr}exit ${error?.code ?? 0}`);
    });
  });
}

/** Ids, times and what is said of another version of amtool. */
function masked(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/20\d\d-\d\d-\d\d[T ][\d:.]+(?: UTC|Z)/g, 'TIME')
    .replaceAll(/^Warning: amtool version.*\n/gm, '');
}
