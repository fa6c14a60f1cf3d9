import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import { GoInstant } from '../../model/template/value/go-instant.ts';
import {
  buildNotificationData,
  type NotificationData,
  type TemplateAlert,
} from './notification-data.ts';
import { NotificationTemplates } from './notification-templates.ts';

const NOW_MS = 1_700_000_090_000;

function alertOf(status: 'firing' | 'resolved', instance: string): TemplateAlert {
  return {
    status,
    labels: Labels.fromRecord({ alertname: 'HighLatency', job: 'api', instance }),
    annotations: Labels.fromRecord({ summary: `latency of <${instance}>` }),
    startsAt: GoInstant.fromMs(1_700_000_000_000),
    endsAt: status === 'resolved' ? GoInstant.fromMs(1_700_000_060_000) : undefined,
    generatorUrl: 'http://prometheus:9090/graph?g0.expr=x%3E1',
    fingerprint: '0123456789abcdef',
  };
}

function dataOf(routeLabels: Record<string, string> = {}): NotificationData {
  return buildNotificationData({
    receiver: 'team.x',
    alerts: [alertOf('firing', 'a:80'), alertOf('resolved', 'b:80')],
    notificationReason: 'first notification',
    groupLabels: Labels.fromRecord({ alertname: 'HighLatency' }),
    routeLabels: Labels.fromRecord(routeLabels),
    externalUrl: 'http://am:9093',
    group: { groupKey: '{}:{alertname="HighLatency"}', truncatedAlertCount: 2 },
  });
}

const TEMPLATES = new NotificationTemplates([], () => NOW_MS);

function text(source: string, data = dataOf()): string {
  return TEMPLATES.expandText(source, data);
}

describe('data', () => {
  test('what all alerts have in common is set apart from the group', () => {
    expect(text('{{ .GroupLabels }} / {{ .CommonLabels }} / {{ .CommonAnnotations }}')).toBe(
      'alertname=HighLatency / alertname=HighLatency, job=api / ',
    );
    expect(text('{{ .Receiver }} {{ .Status }} {{ len .Alerts.Firing }}')).toBe(
      'team\\.x firing 1',
    );
    expect(text('{{ .GroupKey }} {{ .TruncatedAlerts }}')).toBe('{}:{alertname="HighLatency"} 2');
  });

  test('pairs come with alertname first, then by name', () => {
    expect(text('{{ (index .Alerts 0).Labels.SortedPairs.Names.Join "," }}')).toBe(
      'alertname,instance,job',
    );
    expect(text('{{ (.CommonLabels.Remove .GroupLabels.Names).Values.Join "," }}')).toBe('api');
  });

  test('an unknown field is an error that names the type', () => {
    expect(() => text('{{ .Nope }}')).toThrow(
      `template: :1:3: executing "" at <.Nope>: can't evaluate field Nope in type *template.Data`,
    );
  });
});

describe('default texts', () => {
  // As the original renders them for this group.
  test('subject, links and lists', () => {
    expect(text('{{ template "__subject" . }}')).toBe('[FIRING:1] HighLatency (api)');
    expect(text('{{ template "__alertmanagerURL" . }}')).toBe(
      'http://am:9093/#/alerts?receiver=team%5C.x',
    );
    expect(text('{{ template "pagerduty.default.instances" .Alerts.Firing }}')).toBe(
      'Labels:\n - alertname = HighLatency\n - instance = a:80\n - job = api\n' +
        'Annotations:\n - summary = latency of <a:80>\n' +
        'Source: http://prometheus:9090/graph?g0.expr=x%3E1\n',
    );
  });

  test('the e-mail is escaped for its places', () => {
    const html = TEMPLATES.expandHtml('{{ template "email.default.html" . }}', dataOf());

    expect(html).toContain('<title>[FIRING:1] HighLatency (api)</title>');
    expect(html).toContain('summary = latency of &lt;a:80&gt;<br');
    expect(html).toContain('<a href="http://am:9093/#/alerts?receiver=team%5C.x"');
    expect(html).toContain('href="http://prometheus:9090/graph?g0.expr=x%3E1"');
    expect(html).not.toContain('<!--');
  });
});

describe('files of the user', () => {
  test('define anew what the defaults define, and name their mistakes', () => {
    const own = new NotificationTemplates(
      [{ name: 'own.tmpl', text: '{{ define "__alertmanager" }}Ours{{ end }}' }],
      () => NOW_MS,
    );

    expect(own.expandText('{{ template "slack.default.username" . }}', dataOf())).toBe('Ours');
    expect(
      () => new NotificationTemplates([{ name: 'own.tmpl', text: '\n{{ x }}' }], () => NOW_MS),
    ).toThrow('template: own.tmpl:2: function "x" not defined');
  });

  test('a field is checked without being expanded', () => {
    expect(() => TEMPLATES.check('{{ if }}', 'text')).toThrow(TemplateError);
    expect(() => TEMPLATES.check('{{ .Nope }}', 'text')).not.toThrow();
  });
});

describe('functions', () => {
  test('time', () => {
    expect(text('{{ since (index .Alerts 0).StartsAt }} {{ now.Unix }}')).toBe('1m30s 1700000090');
    expect(text('{{ (index .Alerts 0).StartsAt | tz "Europe/Berlin" | date "15:04 MST" }}')).toBe(
      '23:13 CET',
    );
    expect(text('{{ (index .Alerts 0).EndsAt.IsZero }}')).toBe('true');
  });

  test('title lowers the rest of the word', () => {
    expect(text(`{{ title "hello wORLD don't a-b x_y 2nd ǆ" }}`)).toBe(
      "Hello World Don't A-B X_y 2Nd ǅ",
    );
  });

  test('upper and lower case go letter by letter', () => {
    expect(text('{{ toUpper "ßé" }} {{ toLower "İÀ" }} {{ toUpper "a\\xff" }}')).toBe(
      'ßÉ ià A\ufffd',
    );
  });

  test('encodings and JSON', () => {
    expect(text('{{ base64encode "flush>>" }} {{ base64decode "YWI=" }}')).toBe('Zmx1c2g-Pg== ab');
    expect(() => text('{{ base64decode "YW=I" }}')).toThrow('illegal base64 data at input byte');
    expect(() => text('{{ urlUnescape "%zz" }}')).toThrow('invalid URL escape "%zz"');
    expect(text('{{ dict "a" 1 "b" (list "<" nil 1.5e-7) | toJson }}')).toBe(
      '{"a":1,"b":["\\u003c",null,1.5e-7]}',
    );
  });

  test('routeLabels expand with the help of one another, and cycles are errors', () => {
    const labels = { a: '{{ routeLabels "b" }}!', b: '{{ .Status }}', c: '{{ routeLabels "c" }}' };

    expect(text('{{ routeLabels "a" }}[{{ routeLabels "none" }}]', dataOf(labels))).toBe(
      'firing![]',
    );
    expect(() => text('{{ routeLabels "c" }}', dataOf(labels))).toThrow(
      'route label cycle detected: c -> c',
    );
  });
});
