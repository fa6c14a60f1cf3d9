/** The same rule files in Prometheus and here, over the same target: the same answers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  findOnPath,
  type Program,
  type ProgramSpec,
  removeDataDir,
  startProgram,
} from '../../bench/process.ts';
import { prometheusProgram, watchkeeperProgram } from '../programs.ts';
import { temporaryDir, until } from './run-program.ts';

const RULES = `groups:
  - name: g
    interval: 1s
    labels: { team: a }
    limit: 3
    rules:
      - { record: 'one:v', expr: 'label_replace(vector(1), "job", "self", "", "")' }
      - alert: Fires
        expr: one:v >= 0
        for: 2s
        keep_firing_for: 1m
        labels: { severity: page, empty: '', templated: '{{ $labels.job }}-{{ $externalLabels.dc }}' }
        annotations:
          summary: '{{ $labels.job }} is {{ $value | humanize }} {{ query "vector(3)" | first | value }}'
          bad: '{{ .Nope }}'
          we ird: x
      - { alert: Waits, expr: 'one:v > 0', for: 1d }
      - { alert: Never, expr: 'one:v > 5' }
      - { alert: Doubled, expr: 'label_replace(vector(1), "a", "1", "", "") or vector(2)', labels: { a: same } }
      - alert: Many
        expr: |
          label_replace(vector(1), "a", "1", "", "") or label_replace(vector(1), "a", "2", "", "")
            or label_replace(vector(1), "a", "3", "", "") or vector(NaN)
      - { record: 'not:a_vector', expr: "'text'" }
  - name: h
    rules: [{ record: 'x:y', expr: vector(1), labels: { a: b } }]
`;

const dir = temporaryDir();
const rulesPath = join(dir.path, 'rules.yml');
const CONFIG = `global: { evaluation_interval: 1s, external_labels: { dc: x } }
rule_files: ['${rulesPath}']
`;

const running: Program[] = [];

async function start(spec: ProgramSpec): Promise<string> {
  const program = await startProgram(spec);
  running.push(program);
  return program.url;
}

afterAll(async () => {
  for (const program of running) {
    await program.stop();
    removeDataDir(program);
  }
  dir.remove();
});

/** Times differ: groups have other slots. Lists are sorted: Go's maps have no order. */
const TIMES = new Set(['evaluationTime', 'lastEvaluation', 'activeAt', 'keepFiringSince']);

function isWarning(name: string, parent: object): boolean {
  return name === 'warnings' && 'health' in parent;
}

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(comparable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries
      // The hash of the token is another one since 3.7; warnings are ours.
      .filter(([name]) => name !== 'groupNextToken' && !isWarning(name, value))
      .map(([name, inner]) => [name, TIMES.has(name) ? typeof inner : comparable(inner)]),
  );
}

async function ask(url: string, path: string): Promise<unknown> {
  return comparable(await (await fetch(`${url}/api/v1/${path}`)).json());
}

const QUESTIONS = [
  'rules',
  'rules?type=record',
  'rules?type=x',
  'rules?exclude_alerts=true&rule_name[]=Fires',
  'rules?exclude_alerts=maybe',
  'rules?group_limit=1',
  'rules?group_limit=0',
  'rules?group_limit=a',
  'rules?group_next_token=a',
  'rules?group_next_token=a&group_limit=1',
  'rules?match[]={severity="page"}',
  'rules?match[]={',
  'rules?rule_group[]=h',
  'rules?file[]=nope',
  'alerts',
];

describe.skipIf(findOnPath('prometheus') === undefined)('rules (with prometheus on PATH)', () => {
  test('give the same alerts, states, errors and series', async () => {
    writeFileSync(rulesPath, RULES);
    const ours = await start(watchkeeperProgram(CONFIG));
    const theirs = await start(prometheusProgram(CONFIG) as ProgramSpec);
    for (const url of [ours, theirs]) {
      await until(async () => {
        const text = JSON.stringify(await ask(url, 'query?query=ALERTS'));
        return text.includes('"Waits"') && /Fires","alertstate":"firing/.test(text)
          ? true
          : undefined;
      });
    }
    for (const question of QUESTIONS) {
      expect(await ask(ours, question), question).toEqual(await ask(theirs, question));
    }
    const series =
      'query?query=count by (__name__, alertname, alertstate, a, job, team) ({__name__=~"ALERTS.*|.*:.*"})';
    const [got, expected] = [await ask(ours, series), await ask(theirs, series)];
    const withoutTimes = (answer: unknown): string =>
      JSON.stringify(answer).replaceAll(/\[("1",\d+\.?\d*|\d+\.?\d*,"1")\]/g, '1');
    expect(withoutTimes(got)).toBe(withoutTimes(expected));
  }, 90_000);
});
