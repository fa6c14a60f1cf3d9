/** Templates of notifications: expressions, and the default texts of receivers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Labels } from '../../../model/labels.ts';
import { TemplateError } from '../../../model/template/template-error.ts';
import { GoInstant } from '../../../model/template/value/go-instant.ts';
import {
  type GoValue,
  goBool,
  goFloat,
  goList,
  goMap,
  goString,
  goStrings,
  type Maybe,
} from '../../../model/template/value/go-values.ts';
import { UTC_ZONE } from '../../../model/template/value/go-zone.ts';
import { parseTime } from '../../../model/template/value/time-parse.ts';
import { goTime } from '../../../model/template/value/time-types.ts';
import {
  buildNotificationData,
  type NotificationData,
  type TemplateAlert,
} from '../../../notify/template/notification-data.ts';
import { NotificationTemplates } from '../../../notify/template/notification-templates.ts';
import {
  goAlert,
  goAlerts,
  goData,
  goKv,
  NIL_KV,
} from '../../../notify/template/template-values.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface TemplateCase {
  readonly line: number;
  readonly title: string;
  readonly template: string;
  readonly html: boolean;
  readonly data?: unknown;
  readonly ok: boolean;
  readonly output?: string;
  readonly error?: string;
}

type Members = Readonly<Record<string, unknown>>;
type StringMap = Readonly<Record<string, string>>;

const EXPRESSION_COUNT = 67;
/** Names that default.tmpl and email.tmpl define. */
const DEFAULT_TEXT_COUNT = 64;

export const suite: ConformanceSuite = {
  name: 'notify-templates',
  caseCount: EXPRESSION_COUNT + DEFAULT_TEXT_COUNT,
  async run(dir, report) {
    const folder = join(dir, 'alertmanager');
    const file = await readFile(join(folder, 'template_expansion.json'), 'utf8');
    const { cases } = JSON.parse(file) as { cases: readonly TemplateCase[] };
    const templates = new NotificationTemplates([], Date.now);
    for (const one of cases) report(judge(templates, one));
    const texts = await Promise.all(
      ['default.tmpl', 'email.tmpl'].map((name) =>
        readFile(join(folder, 'templates', name), 'utf8'),
      ),
    );
    for (const result of judgeDefaults(templates, texts)) report(result);
  },
};

/** Cases that cannot pass, with why. */
const WRONG_CASES: ReadonlyMap<number, string> = new Map([
  [831, 'the case has -2117045 s where the source has -183845 s, which is -2d 3h 4m 5s'],
]);

function judge(templates: NotificationTemplates, one: TemplateCase): CaseResult {
  const name = `line ${one.line}: ${one.title}`;
  const wrong = WRONG_CASES.get(one.line);
  if (wrong !== undefined) return { name, ok: false, skipped: wrong };
  const mode = one.html ? 'html' : 'text';
  try {
    const got = templates.expandValue(one.template, dataOf(one.data), mode, routesOf(one.data));
    return { name, ok: one.ok && got === one.output, expected: expectation(one), got };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const got = error.message;
    const isExpected = one.error === undefined || one.error === got;
    return { name, ok: !one.ok && isExpected, expected: expectation(one), got };
  }
}

function expectation(one: TemplateCase): string {
  return one.ok ? (one.output ?? '') : (one.error ?? 'an error');
}

function routesOf(data: unknown) {
  const labels = isObject(data) ? (data['RouteLabels'] as StringMap | undefined) : undefined;
  return { routeLabels: Labels.fromRecord(labels ?? {}), areRouteLabelsRendered: false };
}

function isObject(data: unknown): data is Members {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

const DATA_FIELDS = ['Alerts', 'GroupLabels', 'CommonLabels', 'RouteLabels'];

function dataOf(data: unknown): Maybe<GoValue> {
  if (Array.isArray(data)) {
    const isText = data.every((item) => typeof item === 'string');
    return isText ? goStrings(data) : goList(data.map(dataOf));
  }
  if (typeof data === 'number') return goFloat(data);
  if (typeof data === 'string') {
    const isTime = data.endsWith(' UTC');
    return isTime ? goTime(parseTime('2006-01-02T15:04:05 MST', data, UTC_ZONE)) : goString(data);
  }
  if (!isObject(data)) return undefined;
  if (DATA_FIELDS.some((field) => field in data)) return notificationOf(data);
  return goMap(Object.entries(data).map(([key, item]) => [key, dataOf(item)] as const));
}

function kvOf(members: Members, field: string): GoValue {
  const labels = members[field] as StringMap | undefined;
  return labels === undefined ? NIL_KV : goKv(Object.entries(labels));
}

function notificationOf(data: Members): GoValue {
  const alerts = (data['Alerts'] ?? []) as readonly Members[];
  const values = alerts.map((alert) =>
    goAlert([
      goString((alert['Status'] as string | undefined) ?? ''),
      kvOf(alert, 'Labels'),
      kvOf(alert, 'Annotations'),
      goTime(GoInstant.ZERO),
      goTime(GoInstant.ZERO),
      goString(''),
      goString(''),
    ]),
  );
  const fields = [
    goString(''),
    goString(''),
    goAlerts(values),
    goString(''),
    kvOf(data, 'GroupLabels'),
    kvOf(data, 'CommonLabels'),
    kvOf(data, 'CommonAnnotations'),
    kvOf(data, 'RouteLabels'),
    goString(''),
    goBool(false),
  ];
  return goData(fields, { groupKey: '', truncatedAlertCount: 0 });
}

/** Each name: our text and the published one give the same, for a group of three alerts. */
function* judgeDefaults(
  templates: NotificationTemplates,
  texts: readonly string[],
): Generator<CaseResult> {
  const published = new NotificationTemplates(
    texts.map((text, index) => ({ name: `published-${index}`, text })),
    Date.now,
  );
  const names = texts.flatMap((text) =>
    [...text.matchAll(/\{\{-? ?define "([^"]+)"/g)].map((match) => match[1] as string),
  );
  for (const name of names) {
    // Those that are called with a list of alerts rather than with the data.
    const isList = name.startsWith('__text_alert_list') || name === 'pagerduty.default.instances';
    const call = `{{ template "${name}" .${isList ? 'Alerts' : ''} }}`;
    const expand = name === 'email.default.html' ? 'expandHtml' : 'expandText';
    const expected = published[expand](call, EXAMPLE);
    const got = templates[expand](call, EXAMPLE);
    const isDefined = templates.names.includes(name);
    yield { name: `default text ${name}`, ok: isDefined && got === expected, expected, got };
  }
}

function alertOf(status: 'firing' | 'resolved', severity: string, instance: string): TemplateAlert {
  return {
    status,
    labels: Labels.fromRecord({ alertname: 'HighLatency', job: 'api', instance, severity }),
    annotations: Labels.fromRecord({ summary: `latency of ${instance} & <more>` }),
    startsAt: GoInstant.fromMs(1_700_000_000_000),
    endsAt: status === 'resolved' ? GoInstant.fromMs(1_700_000_600_000) : undefined,
    generatorUrl: 'http://prometheus:9090/graph?g0.expr=latency+%3E+1&g0.tab=1',
    fingerprint: '0123456789abcdef',
  };
}

const EXAMPLE: NotificationData = buildNotificationData({
  receiver: 'team.x',
  alerts: [
    alertOf('firing', 'critical', 'a:80'),
    alertOf('firing', 'warning', 'b:80'),
    alertOf('resolved', 'info', 'c:80'),
  ],
  notificationReason: 'first notification',
  groupLabels: Labels.fromRecord({ alertname: 'HighLatency' }),
  routeLabels: Labels.EMPTY,
  externalUrl: 'http://alertmanager:9093',
  group: { groupKey: '{}:{alertname="HighLatency"}', truncatedAlertCount: 0 },
});
