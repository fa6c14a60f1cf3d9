/** `watchkeeper backtest FILE|POLICY`: what rules would have done, asked of a running program. */
import { readFile } from 'node:fs/promises';
import { isRecord } from '../rules/policy/policy-fields.ts';
import { readDocuments } from '../rules/policy/policy-file.ts';
import type { FlagSpec } from './flag-table.ts';
import { type ParsedFlags, UsageError } from './flags.ts';

export const BACKTEST_FLAGS: readonly FlagSpec[] = [
  {
    name: 'url',
    kind: 'text',
    fallback: 'http://127.0.0.1:9393',
    env: 'WATCHKEEPER_URL',
    help: 'The program to ask.',
  },
  { name: 'since', kind: 'duration', fallback: '1d', help: 'From so long ago until now.' },
  { name: 'start', kind: 'text', fallback: '', help: 'RFC 3339 or seconds, instead of --since.' },
  { name: 'end', kind: 'text', fallback: '', help: 'RFC 3339 or seconds; default now.' },
  {
    name: 'alertmanager.config-file',
    kind: 'text',
    fallback: '',
    help: 'Routes and inhibition to try, instead of those in force.',
  },
  { name: 'timezone', kind: 'text', fallback: 'UTC', help: 'For what is night: Asia/Shanghai.' },
  { name: 'output', kind: 'text', fallback: 'text', alias: 'o', help: 'text or json.' },
];

interface Interval {
  readonly activeAt: string;
  readonly firedAt?: string;
  readonly endedAt?: string;
  readonly peak?: number;
}

interface RuleAnswer {
  readonly rule: string;
  readonly evaluations?: number;
  readonly failures?: number;
  readonly lastError?: string;
  readonly fired: number;
  readonly pendingOnly: number;
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly intervals: readonly Interval[];
  }[];
}

interface NotificationsAnswer {
  readonly text: readonly string[];
  readonly suppressed: Readonly<Record<string, number>>;
}

interface Result {
  readonly start: string;
  readonly end: string;
  readonly rules: readonly RuleAnswer[];
  readonly notifications: NotificationsAnswer;
  readonly notificationsNow?: NotificationsAnswer;
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
  readonly result?: Result;
}

const POLL_SECONDS = 5;
const INTERVALS_SHOWN_MAX = 10;

/** @throws UsageError */
export async function runBacktest(
  { values, positionals }: ParsedFlags,
  print: (line: string) => void,
  progress: (text: string) => void,
): Promise<number> {
  const [subject, ...rest] = positionals;
  if (subject === undefined || rest.length > 0) {
    throw new UsageError('usage: watchkeeper backtest [flags] RULE_FILE|POLICY_FILE|stored');
  }
  const get = (name: string): string => values.get(name) ?? '';
  const body = {
    ...(await subjectOf(subject)),
    ...(get('start') === '' ? { since: get('since') } : { start: get('start') }),
    ...(get('end') === '' ? {} : { end: get('end') }),
    notifications: {
      timezone: get('timezone'),
      ...(get('alertmanager.config-file') === ''
        ? {}
        : { config: await readText(get('alertmanager.config-file')) }),
    },
  };
  const url = new URL('/api/v1/backtest', get('url'));
  let job = await ask(withWait(url), { method: 'POST', body: JSON.stringify(body) });
  while (job.state === 'running') {
    progress(`${Math.round(job.progress * 100)} %`);
    job = await ask(withWait(new URL(`/api/v1/backtest/${job.id}`, url)));
  }
  if (job.result === undefined) throw new UsageError(`the back-test was ${job.state}`);
  if (get('output') === 'json') print(JSON.stringify(job.result, null, 2));
  else printResult(job.result, print);
  return 0;
}

/** A file of rules, or one policy; `stored` for the alerts that were found. */
async function subjectOf(subject: string): Promise<object> {
  if (subject === 'stored') return { alerts: 'stored' };
  const text = await readText(subject);
  const [first] = readDocuments(text, subject);
  if (isRecord(first) && 'groups' in first) return { rules: text };
  if (isRecord(first) && isRecord(first['spec'])) return { policy: first };
  throw new UsageError(`${subject} is neither a file of rules nor an alarm policy`);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read ${file}: ${String(cause)}`, { cause });
  });
}

function withWait(url: URL): URL {
  const out = new URL(url);
  out.searchParams.set('wait', String(POLL_SECONDS));
  return out;
}

async function ask(url: URL, init: RequestInit = {}): Promise<Job> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    const hint = 'is the program running there? (--url)';
    throw new UsageError(`no answer from ${url.origin}: ${hint}`, { cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (isRecord(answer) && isRecord(answer['data'])) return answer['data'] as unknown as Job;
  const error = isRecord(answer) ? String(answer['error']) : `HTTP status ${response.status}`;
  throw new UsageError(error);
}

function printResult(result: Result, print: (line: string) => void): void {
  print(`${result.start} to ${result.end}`);
  for (const rule of result.rules) printRule(rule, print);
  printNotifications('Notifications:', result.notifications, print);
  if (result.notificationsNow !== undefined) {
    printNotifications('With what is in force:', result.notificationsNow, print);
  }
}

function printRule(rule: RuleAnswer, print: (line: string) => void): void {
  print('');
  print(`${rule.rule}: fired ${rule.fired} times, ${rule.pendingOnly} times pending only`);
  const { failures = 0, evaluations = 0, lastError = '' } = rule;
  if (failures > 0) print(`  ${failures} of ${evaluations} evaluations failed: ${lastError}`);
  const rows = rule.alerts.flatMap(({ labels, intervals }) =>
    intervals.filter(({ firedAt }) => firedAt !== undefined).map((one) => ({ labels, ...one })),
  );
  rows.sort((a, b) => a.activeAt.localeCompare(b.activeAt));
  for (const { labels, firedAt, endedAt, peak } of rows.slice(0, INTERVALS_SHOWN_MAX)) {
    const shown = Object.entries(labels)
      .filter(([name]) => name !== 'alertname')
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const until = endedAt ?? 'goes on';
    const value = peak === undefined ? '' : `  peak ${peak}`;
    print(`  ${firedAt ?? ''} .. ${until}  {${shown.join(', ')}}${value}`);
  }
  const more = rows.length - INTERVALS_SHOWN_MAX;
  if (more > 0) print(`  and ${more} more`);
}

function printNotifications(
  title: string,
  { text, suppressed }: NotificationsAnswer,
  print: (line: string) => void,
): void {
  print('');
  print(title);
  for (const line of text.length > 0 ? text : ['none']) print(`  ${line}`);
  for (const [reason, count] of Object.entries(suppressed)) {
    print(`  ${count} times an alert was left out: ${reason.replaceAll('_', ' ')}`);
  }
}
