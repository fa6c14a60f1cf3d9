/**
 * `query`: the same 100,000 series scraped every 5 s by all programs at once, then each
 * expression as a range query over the last minutes at 5 s steps and as an instant query, each
 * program in turn, over HTTP with the whole answer read. Answers are compared with Prometheus'.
 */
import { contenders } from './peers.ts';
import { type Program, pauseMs, removeDataDir, startProgram, startTargets } from './process.ts';
import { RANGE_EXPRESSIONS } from './query-expressions.ts';
import { machineLine, printTable, ratio, spread } from './table.ts';

const TARGETS = 50;
const SERIES_PER_TARGET = 2000;
const STEP_SECONDS = 5;
const ROUNDS = 7;
const TOLERANCE = 1e-6;

interface Answer {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Sum of all values and count of all points: equal answers have equal sums. */
  readonly sum: number;
  readonly points: number;
}

export async function run(isQuick: boolean): Promise<void> {
  const collectSeconds = isQuick ? 120 : 720;
  const rangeSeconds = isQuick ? 90 : 600;
  const targets = await startTargets(TARGETS, SERIES_PER_TARGET, 0);
  const plan = { port: targets.port, targets: TARGETS, intervalSeconds: STEP_SECONDS };
  const programs: Program[] = [];
  for (const spec of contenders(plan)) programs.push(await startProgram(spec));
  await pauseMs(collectSeconds * 1000);
  // The targets stop, so that no program answers while it scrapes and all hold the same.
  await targets.stop();
  await pauseMs(2 * STEP_SECONDS * 1000);
  const endSeconds = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS - 6 * STEP_SECONDS;
  for (const kind of ['range', 'instant'] as const) {
    const rows: string[][] = [];
    for (const expr of RANGE_EXPRESSIONS) {
      const answers: Answer[] = [];
      for (const program of programs) {
        answers.push(await measure(program.url, kind, expr, endSeconds, rangeSeconds));
      }
      rows.push(tableRow(expr, answers, programs));
    }
    printTable(
      `query, ${kind}: ${TARGETS * SERIES_PER_TARGET} series, ${rangeSeconds} s at ${STEP_SECONDS} s, median (min–max) ms of ${ROUNDS}, ${machineLine()}`,
      [
        'expression',
        ...programs.map((program) => `${program.name} ${program.version}`),
        ...programs.slice(1).map((program) => `ratio to ${program.name}`),
        'answers',
      ],
      rows,
    );
  }
  const rows = programs.map((p) => [p.name, (p.usage().rssBytes / 1e6).toFixed(0)]);
  printTable('memory after it', ['program', 'RSS MB'], rows);
  for (const program of programs) {
    await program.stop();
    removeDataDir(program);
  }
}

async function measure(
  url: string,
  kind: 'range' | 'instant',
  expr: string,
  endSeconds: number,
  rangeSeconds: number,
): Promise<Answer> {
  const query = encodeURIComponent(expr);
  const address =
    kind === 'range'
      ? `${url}/api/v1/query_range?query=${query}&start=${endSeconds - rangeSeconds}&end=${endSeconds}&step=${STEP_SECONDS}`
      : `${url}/api/v1/query?query=${query}&time=${endSeconds}`;
  const timesMs: number[] = [];
  let text = '';
  for (let round = 0; round <= ROUNDS; round++) {
    const startMs = performance.now();
    text = await (await fetch(address)).text();
    if (round > 0) timesMs.push(performance.now() - startMs);
  }
  const { median, min, max } = spread(timesMs);
  return { medianMs: median, minMs: min, maxMs: max, ...digest(text) };
}

function digest(text: string): { sum: number; points: number } {
  const body = JSON.parse(text) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: {
      readonly result: readonly {
        readonly value?: readonly [number, string];
        readonly values?: readonly (readonly [number, string])[];
      }[];
    };
  };
  if (body.data === undefined) throw new Error(body.error ?? body.status);
  let sum = 0;
  let points = 0;
  for (const series of body.data.result) {
    for (const [, value] of series.values ?? (series.value ? [series.value] : [])) {
      points++;
      sum += Number(value);
    }
  }
  return { sum, points };
}

function tableRow(
  expr: string,
  answers: readonly Answer[],
  programs: readonly Program[],
): string[] {
  const ours = answers[0] as Answer;
  const reference = programs.findIndex((program) => program.name === 'prometheus');
  const theirs = reference < 0 ? undefined : answers[reference];
  const isEqual =
    theirs !== undefined &&
    ours.points === theirs.points &&
    Math.abs(ours.sum - theirs.sum) <= TOLERANCE * Math.abs(theirs.sum);
  return [
    `\`${expr}\``,
    ...answers.map((a) => `${a.medianMs.toFixed(1)} (${a.minMs.toFixed(1)}–${a.maxMs.toFixed(1)})`),
    ...answers.slice(1).map((answer) => ratio(ours.medianMs, answer.medianMs)),
    theirs === undefined
      ? 'no peer'
      : isEqual
        ? 'equal'
        : `differ: ${ours.points} points, sum ${ours.sum} against ${theirs.points}, ${theirs.sum}`,
  ];
}
