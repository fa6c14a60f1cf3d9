/** What a back-test is asked for, read from JSON. */
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import { ConfigErrors, Problems } from '../../config/config-errors.ts';
import { readAlertmanagerFile } from '../../config/read-config.ts';
import { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import { RegexError } from '../../model/matcher.ts';
import type { Silence } from '../../notify/silence.ts';
import { parseRuleFile, type RuleFileOptions } from '../../rules/file/parse-rule-file.ts';
import type { RuleFile } from '../../rules/file/rule-file.ts';
import { PolicyErrors, type PolicyProblem, problemText } from '../../rules/policy/alarm-policy.ts';
import { isRecord, PolicyFields } from '../../rules/policy/policy-fields.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { parseTimeMs } from '../prometheus/params.ts';

export interface BackTestRequest {
  /** Undefined: the alerts that were found by live evaluation. */
  readonly files: readonly RuleFile[] | undefined;
  readonly startMs: number;
  readonly endMs: number;
  /** Undefined: what is in force. */
  readonly config: NotificationConfig | undefined;
  /** In place of those there are; undefined: these. */
  readonly silences: readonly Silence[] | undefined;
  /** IANA name. */
  readonly timezone: string;
  readonly nightStartMinute: number;
  readonly nightEndMinute: number;
}

/** What a request may name instead of bringing it along. */
export interface KnownRules {
  readonly options: RuleFileOptions;
  /** All files whose rules run. */
  readonly files: () => readonly RuleFile[];
  /** A policy as JSON has it, compiled. @throws PolicyErrors */
  readonly compile: (tree: unknown) => RuleFile;
}

const HOUR_MS = 3_600_000;
const SPAN_MS_MIN = 60_000;
const SPAN_MS_MAX = 90 * 24 * HOUR_MS;
const NIGHT = { start: 22 * 60, end: 7 * 60 };

/** @throws ApiError with every mistake */
export function readBackTestRequest(
  body: unknown,
  known: KnownRules,
  nowMs: number,
): BackTestRequest {
  const problems: PolicyProblem[] = [];
  const root = new PolicyFields(body, '', problems);
  const span = readSpan(root, nowMs);
  const files = readSubject(root, known);
  const notifications = root.section('notifications');
  const configText = notifications.text('config');
  const request: BackTestRequest = {
    files,
    ...span,
    config: configText === '' ? undefined : readConfig(configText, notifications),
    silences: notifications.has('silences')
      ? notifications.sections('silences').map((one, at) => readSilence(one, at, span))
      : undefined,
    timezone: readZone(notifications),
    ...readNight(notifications.section('night')),
  };
  notifications.finish();
  root.finish();
  if (problems.length > 0) throw new ApiError('bad_data', problems.map(problemText).join('\n'));
  return request;
}

function readSpan(root: PolicyFields, nowMs: number): { startMs: number; endMs: number } {
  const time = (name: string, absent: number): number => {
    if (!root.has(name)) return absent;
    const value = parseTimeMs(root.looseText(name));
    if (value === undefined) root.problem(name, 'is no time', 'write RFC 3339 or seconds');
    return value ?? absent;
  };
  const endMs = time('end', nowMs);
  const sinceMs = root.durationMs('since', 24 * HOUR_MS);
  const startMs = time('start', endMs - sinceMs);
  const spanMs = endMs - startMs;
  if (spanMs < SPAN_MS_MIN || spanMs > SPAN_MS_MAX) {
    root.problem(
      root.has('start') ? 'start' : 'since',
      'is not 1m to 90d before the end',
      'as 30d',
    );
  }
  return { startMs, endMs };
}

/** One of: `rules`, `policy`, `file` (with `group` and `rule`), `alerts: stored`. */
function readSubject(root: PolicyFields, known: KnownRules): readonly RuleFile[] | undefined {
  const subjects = ['rules', 'policy', 'file', 'alerts'].filter((name) => root.has(name));
  const [subject, other] = subjects;
  if (subject === undefined || other !== undefined) {
    const fix = 'give one of rules (YAML), policy, file (of a rule that runs), alerts: stored';
    root.problem('', subject === undefined ? 'has no subject' : 'has more than one subject', fix);
    return [];
  }
  if (subject === 'alerts') {
    root.choice('alerts', ['stored'], 'stored');
    return undefined;
  }
  if (subject === 'rules') return readRules(root, known.options);
  return subject === 'policy' ? readPolicyTree(root, known) : readRunning(root, known);
}

function readRules(root: PolicyFields, options: RuleFileOptions): readonly RuleFile[] {
  const parsed = parseRuleFile('rules', Buffer.from(root.text('rules')), options);
  if (parsed.ok) return [parsed.file];
  for (const problem of parsed.problems) root.problem('rules', problem, '');
  return [];
}

function readPolicyTree(root: PolicyFields, known: KnownRules): readonly RuleFile[] {
  try {
    return [known.compile(root.raw('policy'))];
  } catch (error) {
    if (!(error instanceof PolicyErrors)) throw error;
    for (const { path, problem, fix } of error.problems) {
      root.problem(`policy.${path}`, problem, fix);
    }
    return [];
  }
}

function readRunning(root: PolicyFields, known: KnownRules): readonly RuleFile[] {
  const [file, groupName, ruleName] = ['file', 'group', 'rule'].map((name) => root.text(name));
  const files = known
    .files()
    .filter((one) => one.file === file)
    .map((one) => ({
      ...one,
      groups: one.groups
        .filter(({ name }) => groupName === '' || name === groupName)
        .map((group) => ({
          ...group,
          rules: group.rules.filter(
            ({ alert, record }) => ruleName === '' || record !== '' || alert === ruleName,
          ),
        })),
    }));
  const hasAlerts = files.some(({ groups }) =>
    groups.some(({ rules }) => rules.some(({ alert }) => alert !== '')),
  );
  if (!hasAlerts) root.problem('file', 'has no such alerting rule', 'see /api/v1/rules');
  return files;
}

function readConfig(text: string, fields: PolicyFields): NotificationConfig | undefined {
  const problems = new Problems();
  const context = { problems, dir: '/', env: {}, agentMode: false };
  try {
    const config = readAlertmanagerFile('config', text, context);
    for (const { message } of problems.all) fields.problem('config', message, '');
    return config;
  } catch (error) {
    if (!(error instanceof ConfigErrors)) throw error;
    fields.problem('config', error.message, '');
    return undefined;
  }
}

/** As Alertmanager's API has them; times are those of the back-test when absent. */
function readSilence(
  fields: PolicyFields,
  position: number,
  span: { readonly startMs: number; readonly endMs: number },
): Silence {
  const time = (name: string, absent: number): number => {
    const text = fields.text(name);
    const timeMs = text === '' ? absent : parseTimeMs(text);
    if (timeMs === undefined) fields.problem(name, 'is no time', 'write RFC 3339');
    return timeMs ?? absent;
  };
  const matchers = fields.sections('matchers').flatMap((matcher) => {
    const isRegex = matcher.boolean('isRegex', false);
    const isEqual = matcher.boolean('isEqual', true);
    const name = matcher.text('name');
    const value = matcher.looseText('value');
    matcher.finish();
    const type = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
    try {
      return [new AlertMatcher(type, name, value)];
    } catch (error) {
      if (!(error instanceof RegexError)) throw error;
      matcher.problem('value', error.message, 'write an RE2 regular expression');
      return [];
    }
  });
  if (matchers.length === 0) fields.problem('matchers', 'is empty', 'write at least one');
  return {
    id: fields.text('id', `silence-${position + 1}`),
    matchers,
    startsAtMs: time('startsAt', span.startMs),
    endsAtMs: time('endsAt', span.endMs),
    updatedAtMs: span.startMs,
    createdBy: fields.text('createdBy'),
    comment: fields.text('comment'),
    annotations: {},
  };
}

function readZone(fields: PolicyFields): string {
  const zone = fields.text('timezone', 'UTC');
  try {
    void new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return zone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fields.problem('timezone', `${JSON.stringify(zone)} is not known`, 'as Asia/Shanghai');
    return 'UTC';
  }
}

function readNight(
  fields: PolicyFields,
): Pick<BackTestRequest, 'nightStartMinute' | 'nightEndMinute'> {
  const minute = (name: 'start' | 'end'): number => {
    if (!fields.has(name)) return NIGHT[name];
    const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(fields.text(name)) ?? [];
    if (hours !== undefined) return Number(hours) * 60 + Number(minutes);
    fields.problem(name, 'is no time of day', 'write 22:00, quoted');
    return NIGHT[name];
  };
  const night = { nightStartMinute: minute('start'), nightEndMinute: minute('end') };
  fields.finish();
  return night;
}

/** @throws ApiError */
export function parseJsonBody(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    if (isRecord(body)) return body;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApiError('bad_data', `the body is no JSON: ${error.message}`);
  }
  throw new ApiError('bad_data', 'the body is no JSON object');
}
