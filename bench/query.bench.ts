/**
 * `query`: the same samples of 100,000 series, every 5 s, written into all programs by remote
 * write; then each expression as a range query at 5 s steps and as an instant query, each program
 * in turn, over HTTP with the whole answer read. A third table reads ours from ClickHouse after a
 * restart. All answers are compared with Prometheus' series by series.
 */
import { feed } from './feed.ts';
import { contenders } from './peers.ts';
import { type Program, type ProgramSpec, removeDataDir, startProgram } from './process.ts';
import { RANGE_EXPRESSIONS } from './query-expressions.ts';
import { machineLine, printTable, ratio, spread } from './table.ts';

const TARGETS = 50;
const SERIES_PER_TARGET = 2000;
const STEP_SECONDS = 5;
const ROUNDS = 7;
const TOLERANCE = 1e-6;

/** The points of each series, by its labels. */
type Values = ReadonlyMap<string, readonly (readonly [number, string])[]>;

interface Answer {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly cpuMs: number;
  readonly values: Values;
}

interface Question {
  readonly kind: 'range' | 'instant';
  readonly endSeconds: number;
  readonly rangeSeconds: number;
}

export async function run(isQuick: boolean): Promise<void> {
  const rangeSeconds = isQuick ? 90 : 600;
  const specs = contenders(undefined);
  const programs: Program[] = [];
  for (const spec of specs) programs.push(await startProgram(spec));
  const endSeconds = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS - 30;
  await feed(
    programs.map(({ url }) => url),
    {
      targets: TARGETS,
      seriesPerTarget: SERIES_PER_TARGET,
      startMs: (endSeconds - rangeSeconds - 120) * 1000,
      endMs: endSeconds * 1000,
      intervalMs: STEP_SECONDS * 1000,
    },
  );
  await askAll(programs, { kind: 'range', endSeconds, rangeSeconds }, 'range');
  await askAll(programs, { kind: 'instant', endSeconds, rangeSeconds }, 'instant');
  printTable(
    'memory after it',
    ['program', 'RSS MB'],
    programs.map((program) => [program.name, (program.usage().rssBytes / 1e6).toFixed(0)]),
  );
  const restarted = await restartAll(programs, specs);
  await askAll(restarted, { kind: 'range', endSeconds, rangeSeconds }, 'range, after a restart');
  for (const program of restarted) {
    await program.stop();
    removeDataDir(program);
  }
}

async function restartAll(
  programs: readonly Program[],
  specs: readonly ProgramSpec[],
): Promise<readonly Program[]> {
  const restarted: Program[] = [];
  for (const [index, program] of programs.entries()) {
    await program.stop();
    restarted.push(await startProgram(specs[index] as ProgramSpec, program.dataDir));
  }
  return restarted;
}

async function askAll(
  programs: readonly Program[],
  question: Question,
  title: string,
): Promise<void> {
  const rows: string[][] = [];
  for (const expr of RANGE_EXPRESSIONS) {
    const answers: Answer[] = [];
    for (const program of programs) answers.push(await measure(program, expr, question));
    rows.push(tableRow(expr, answers, programs));
  }
  printTable(
    `query, ${title}: ${TARGETS * SERIES_PER_TARGET} series, ${question.rangeSeconds} s at ${STEP_SECONDS} s, median (min–max) ms of ${ROUNDS} and CPU ms a query, ${machineLine()}`,
    [
      'expression',
      ...programs.map((program) => `${program.name} ${program.version}`),
      ...programs.slice(1).map((program) => `ratio to ${program.name}`),
      'equal to prometheus',
    ],
    rows,
  );
}

async function measure(program: Program, expr: string, question: Question): Promise<Answer> {
  const { kind, endSeconds, rangeSeconds } = question;
  const query = encodeURIComponent(expr);
  const address =
    kind === 'range'
      ? `${program.url}/api/v1/query_range?query=${query}&start=${endSeconds - rangeSeconds}&end=${endSeconds}&step=${STEP_SECONDS}`
      : `${program.url}/api/v1/query?query=${query}&time=${endSeconds}`;
  let text = await (await fetch(address)).text();
  const before = program.usage();
  const timesMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    text = await (await fetch(address)).text();
    timesMs.push(performance.now() - startMs);
  }
  const cpuMs = ((program.usage().cpuSeconds - before.cpuSeconds) * 1000) / ROUNDS;
  const { median, min, max } = spread(timesMs);
  return { medianMs: median, minMs: min, maxMs: max, cpuMs, values: readValues(text) };
}

function readValues(text: string): Values {
  const body = JSON.parse(text) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value?: readonly [number, string];
        readonly values?: readonly (readonly [number, string])[];
      }[];
    };
  };
  if (body.data === undefined) throw new Error(body.error ?? body.status);
  const values = new Map<string, readonly (readonly [number, string])[]>();
  for (const { metric, value, values: points } of body.data.result) {
    const key = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
    values.set(key, points ?? (value === undefined ? [] : [value]));
  }
  return values;
}

/** The values of each time in order: which of several series with one value are chosen is free. */
function byTime(values: Values): Values {
  const times = new Map<string, (readonly [number, string])[]>();
  for (const point of [...values.values()].flat()) {
    const key = String(point[0]);
    const list = times.get(key) ?? [];
    times.set(key, list);
    list.push(point);
  }
  for (const list of times.values()) list.sort((a, b) => Number(a[1]) - Number(b[1]));
  return times;
}

/** What differs first, or '' when both say the same. */
function difference(ours: Values, theirs: Values): string {
  if (ours.size !== theirs.size) return `${ours.size} series, not ${theirs.size}`;
  for (const [key, points] of theirs) {
    const own = ours.get(key);
    if (own?.length !== points.length) return `${key}: ${own?.length ?? 0}, not ${points.length}`;
    for (const [index, [time, text]] of points.entries()) {
      const [ownTime, ownText] = own[index] as readonly [number, string];
      const [value, ownValue] = [Number(text), Number(ownText)];
      const isEqual = ownText === text || Math.abs(value - ownValue) <= TOLERANCE * Math.abs(value);
      if (ownTime !== time || !isEqual) return `${key} at ${time}: ${ownText}, not ${text}`;
    }
  }
  return '';
}

function tableRow(
  expr: string,
  answers: readonly Answer[],
  programs: readonly Program[],
): string[] {
  const ours = answers[0] as Answer;
  const theirs = answers[programs.findIndex(({ name }) => name === 'prometheus')];
  const compared = ({ values }: Answer): Values =>
    expr.startsWith('topk') ? byTime(values) : values;
  const verdict = theirs === undefined ? 'no peer' : difference(compared(ours), compared(theirs));
  return [
    `\`${expr}\``,
    ...answers.map(
      ({ medianMs, minMs, maxMs, cpuMs }) =>
        `${medianMs.toFixed(1)} (${minMs.toFixed(1)}–${maxMs.toFixed(1)}) CPU ${cpuMs.toFixed(0)}`,
    ),
    ...answers.slice(1).map((answer) => ratio(ours.medianMs, answer.medianMs)),
    verdict === '' ? 'yes' : verdict,
  ];
}
