/**
 * `notify`: 10,000 alerts come at once, into 200 groups or each by itself; a webhook takes them. Us
 * and Alertmanager in turn: when the last alert was told of, counted from group_wait, CPU, memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertmanagerProgram, ourProgram } from '../test/side-by-side/alerting/systems.ts';
import { startSink } from '../test/side-by-side/alerting/webhook-sink.ts';
import { type ProgramSpec, pauseMs, removeDataDir, startProgram } from './process.ts';
import { machineLine, printTable, ratio, spread } from './table.ts';

const ALERTS = 10_000;
const GROUPS = 200;
/** As Prometheus sends them. */
const BATCH = 256;
const GROUP_WAIT_MS = 2000;
const TOLD_WITHIN_MS = 120_000;
const MIB = 2 ** 20;

interface Round {
  readonly lateSeconds: number;
  readonly messages: number;
  readonly cpuSeconds: number;
  readonly rssMib: number;
}

type Make = (sinkUrl: string, dir: string) => ProgramSpec | undefined;

export async function run(isQuick: boolean): Promise<void> {
  const rounds = isQuick ? 1 : 5;
  console.log(machineLine());
  for (const [title, groupBy] of [
    [`${ALERTS} alerts, ${GROUPS} groups`, '[alertname]'],
    [`${ALERTS} alerts, each by itself`, "['...']"],
  ] as const) {
    const ours: Round[] = [];
    const theirs: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure((url, dir) => ourProgram(config(groupBy, url), dir)));
      theirs.push(await measure((url) => alertmanagerProgram(config(groupBy, url))));
    }
    printTable(
      title,
      ['', 'ours', 'Alertmanager', 'ratio'],
      [
        row('last told after group_wait, s', ours, theirs, ({ lateSeconds }) => lateSeconds),
        row('messages', ours, theirs, ({ messages }) => messages),
        row('CPU, s', ours, theirs, ({ cpuSeconds }) => cpuSeconds),
        row('memory, MiB', ours, theirs, ({ rssMib }) => rssMib),
      ],
    );
  }
}

function row(
  name: string,
  ours: readonly Round[],
  theirs: readonly Round[],
  of: (round: Round) => number,
): string[] {
  const [mine, other] = [spread(ours.map(of)), spread(theirs.map(of))];
  const text = ({ median, min, max }: typeof mine): string =>
    `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
  return [name, text(mine), text(other), ratio(mine.median, other.median)];
}

async function measure(make: Make): Promise<Round> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-notify-'));
  const sink = await startSink(() => 200);
  const spec = make(sink.url, dir);
  if (spec === undefined) throw new Error('prometheus-alertmanager is not on PATH');
  const program = await startProgram(spec);
  try {
    const before = program.usage();
    const startMs = Date.now();
    const alerts = Array.from({ length: ALERTS }, (_, at) => alertJson(at));
    for (let at = 0; at < ALERTS; at += BATCH) {
      await post(`${program.url}/api/v2/alerts`, alerts.slice(at, at + BATCH));
    }
    const told = new Set<string>();
    let seen = 0;
    while (told.size < ALERTS) {
      for (; seen < sink.received.length; seen++) {
        const { message } = sink.received[seen] as (typeof sink.received)[number];
        for (const { labels } of message.alerts) told.add(labels['id'] ?? '');
      }
      if (Date.now() - startMs > TOLD_WITHIN_MS)
        throw new Error(`told of ${told.size} alerts only`);
      await pauseMs(10);
    }
    const lastMs = sink.received.at(-1)?.atMs ?? startMs;
    const after = program.usage();
    return {
      lateSeconds: (lastMs - startMs - GROUP_WAIT_MS) / 1000,
      messages: sink.received.length,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      rssMib: after.rssBytes / MIB,
    };
  } finally {
    await program.stop('SIGKILL');
    await sink.close();
    removeDataDir(program);
    rmSync(dir, { recursive: true, force: true });
  }
}

function config(groupBy: string, sinkUrl: string): string {
  return `route: {receiver: r, group_by: ${groupBy}, group_wait: ${GROUP_WAIT_MS / 1000}s, group_interval: 5m}
receivers: [{name: r, webhook_configs: [{url: '${sinkUrl}/r'}]}]
`;
}

function alertJson(at: number) {
  return {
    labels: {
      alertname: `Alert${at % GROUPS}`,
      id: String(at),
      namespace: `ns-${at % 50}`,
      pod: `pod-${at}`,
      severity: 'warning',
    },
    annotations: { summary: `Pod pod-${at} is not as it should be` },
    generatorURL: 'http://prometheus.example/graph?g0.expr=up&g0.tab=1',
  };
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
}
