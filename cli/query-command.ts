/** `watchkeeper query <expr>`: asks a running program (or any Prometheus) from a terminal. */
import { parseDurationMs } from '../model/duration.ts';
import { Labels, METRIC_NAME } from '../model/labels.ts';
import type { FlagSpec } from './flag-table.ts';
import { type ParsedFlags, UsageError } from './flags.ts';
import { terminalChart } from './terminal-chart.ts';

export const QUERY_FLAGS: readonly FlagSpec[] = [
  {
    name: 'url',
    kind: 'text',
    fallback: 'http://127.0.0.1:9393',
    env: 'WATCHKEEPER_URL',
    help: 'The program to ask.',
  },
  { name: 'output', kind: 'text', fallback: 'table', alias: 'o', help: 'table, json or chart.' },
  { name: 'time', kind: 'text', fallback: '', help: 'Instant: RFC 3339 or seconds; default now.' },
  { name: 'since', kind: 'duration', fallback: '', help: 'Range: from so long ago until now.' },
  { name: 'start', kind: 'text', fallback: '', help: 'Range: RFC 3339 or seconds.' },
  { name: 'end', kind: 'text', fallback: '', help: 'Range: RFC 3339 or seconds; default now.' },
  { name: 'step', kind: 'text', fallback: '', help: 'Range: resolution; default 1/120 of it.' },
];

const CHART_ROWS = 12;
const CHART_COLUMNS = 72;
const STEPS_BY_DEFAULT = 120;

type Sample = readonly [number, string];

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Sample;
  readonly values?: readonly Sample[];
  readonly histogram?: readonly [number, { readonly count: string; readonly sum: string }];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  readonly data?: { readonly resultType: string; readonly result: readonly Series[] | Sample };
}

/**
 * @returns the exit code
 * @throws UsageError for flags that do not fit together
 */
export async function runQuery(
  flags: ParsedFlags,
  print: (line: string) => void,
  now: () => number,
): Promise<number> {
  const [expr, ...rest] = flags.positionals;
  if (expr === undefined || rest.length > 0) {
    throw new UsageError("usage: watchkeeper query [flags] '<expression>'");
  }
  const output = flags.values.get('output') ?? 'table';
  if (!['table', 'json', 'chart'].includes(output)) {
    throw new UsageError(`--output=${output}: expected table, json or chart`);
  }
  const address = queryAddress(flags.values, expr, output === 'chart', now());
  const response = await ask(address);
  const text = await response.text();
  const answer = readAnswer(text, address);
  for (const note of [...(answer.warnings ?? []), ...(answer.infos ?? [])]) print(`# ${note}`);
  if (answer.data === undefined) {
    print(`error: ${answer.error ?? `HTTP status ${response.status}`}`);
    return 1;
  }
  if (output === 'json') print(text);
  else printAnswer(answer.data, output, print);
  return 0;
}

async function ask(address: URL): Promise<Response> {
  try {
    return await fetch(address);
  } catch (cause) {
    throw new UsageError(
      `no answer from ${address.origin}: is the program running there? (--url)`,
      {
        cause,
      },
    );
  }
}

function readAnswer(text: string, address: URL): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch (cause) {
    throw new UsageError(`${address.origin} does not speak the Prometheus HTTP API`, { cause });
  }
}

function queryAddress(
  values: ReadonlyMap<string, string>,
  expr: string,
  isRange: boolean,
  nowMs: number,
): URL {
  const get = (name: string): string => values.get(name) ?? '';
  const nowSeconds = nowMs / 1000;
  const since = get('since') || (isRange && get('start') === '' ? '1h' : '');
  if (since === '' && get('start') === '') {
    const url = new URL('/api/v1/query', get('url'));
    url.search = new URLSearchParams({
      query: expr,
      time: get('time') || `${nowSeconds}`,
    }).toString();
    return url;
  }
  const start = get('start') || String(nowSeconds - parseDurationMs(since) / 1000);
  const end = get('end') || String(nowSeconds);
  const step = get('step') || String(defaultStepSeconds(start, end));
  const url = new URL('/api/v1/query_range', get('url'));
  url.search = new URLSearchParams({ query: expr, start, end, step }).toString();
  return url;
}

function defaultStepSeconds(start: string, end: string): number {
  const seconds = (text: string): number =>
    Number.isNaN(Number(text)) ? Date.parse(text) / 1000 : Number(text);
  return Math.max(1, Math.ceil((seconds(end) - seconds(start)) / STEPS_BY_DEFAULT)) || 1;
}

function printAnswer(
  data: NonNullable<Answer['data']>,
  output: string,
  print: (line: string) => void,
): void {
  if (data.resultType === 'scalar' || data.resultType === 'string') {
    print(String((data.result as Sample)[1]));
    return;
  }
  const series = data.result as readonly Series[];
  if (series.length === 0) print('no series match');
  else if (output === 'chart') printCharts(series, print);
  else printRows(series, print);
}

function printRows(series: readonly Series[], print: (line: string) => void): void {
  const rows = series.flatMap((one): string[][] => {
    const name = seriesText(one.metric);
    if (one.value !== undefined) return [[name, one.value[1], timeText(one.value[0])]];
    if (one.histogram !== undefined) {
      const [time, { count, sum }] = one.histogram;
      return [[name, `{count:${count}, sum:${sum}}`, timeText(time)]];
    }
    return (one.values ?? []).map(([time, value]) => [name, value, timeText(time)]);
  });
  const header = ['SERIES', 'VALUE', 'TIME'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [header, ...rows]) {
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function printCharts(series: readonly Series[], print: (line: string) => void): void {
  for (const one of series) {
    const values = one.values ?? [];
    print(seriesText(one.metric));
    const line = {
      timestampsMs: values.map(([time]) => time * 1000),
      values: values.map(([, value]) => Number(value)),
    };
    for (const text of terminalChart([line], CHART_COLUMNS, CHART_ROWS)) print(text);
  }
}

function seriesText(metric: Readonly<Record<string, string>>): string {
  const labels = Labels.fromRecord(metric);
  const rest = labels.withoutName();
  const name = labels.get(METRIC_NAME);
  return rest.size === 0 && name !== '' ? name : `${name}${rest.toString()}`;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
