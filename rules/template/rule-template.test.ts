import { expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import { goFloat } from '../../model/template/value/go-values.ts';
import { AlertTemplate, type AlertTemplateData } from './alert-template.ts';
import { RuleTemplate, type RuleTemplateContext, TEMPLATE_QUERIES_MAX } from './rule-template.ts';

const CONTEXT: RuleTemplateContext = {
  timestampMs: 1_353_755_652_000,
  externalUrl: 'http://host:9090/prefix',
  query: async () => [],
};

const ALERT: AlertTemplateData = {
  labels: Labels.fromRecord({ __name__: 'up', instance: 'a:80' }),
  externalLabels: Labels.fromRecord({ cluster: 'c1' }),
  externalUrl: 'http://host:9090/prefix',
  value: 0.1234567,
};

async function expandAlert(text: string, data = ALERT): Promise<string> {
  const errors: TemplateError[] = [];
  return await new AlertTemplate('A', text).expand(data, CONTEXT, (error) => errors.push(error));
}

test('alerts see their labels, value and where they come from', async () => {
  const text =
    '{{ $labels.instance }} {{ $externalLabels.cluster }} {{ $externalURL }} {{ $value }}';

  expect(await expandAlert(text)).toBe('a:80 c1 http://host:9090/prefix 0.1234567');
  expect(await expandAlert('{{ .Labels.nope }}[{{ $value | humanizePercentage }}]')).toBe(
    '[12.35%]',
  );
});

test('a template that fails gives its error as the text', async () => {
  expect(await expandAlert('{{ .Foo.Bar }}')).toBe(
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:119: ' +
      'executing "__alert_A" at <.Foo.Bar>: can\'t evaluate field Foo in type struct { Labels ' +
      'map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }>',
  );
});

test('a template that does not parse is refused when the rule is loaded', () => {
  expect(() => new AlertTemplate('A', '{{ nope }}')).toThrow(
    'template: __alert_A:1: function "nope" not defined',
  );
  expect(() => new AlertTemplate('A', '{{ if }}')).toThrow(TemplateError);
});

test("vmalert's variables are there when they are asked for", async () => {
  const extra = {
    activeAtMs: 1_700_000_000_000,
    forMs: 90_000,
    intervalMs: 15_000,
    expr: 'up == 0',
    alertId: '7',
    groupId: '9',
  };
  const text =
    '{{ $activeAt.Unix }} {{ $for }} {{ $interval }} {{ $expr }} {{ $alertID }} {{ $groupID }}';

  expect(await expandAlert(text, { ...ALERT, extra })).toBe('1700000000 1m30s 15s up == 0 7 9');
});

test('queries are asked once each, and an error of one is that of the template', async () => {
  const asked: string[] = [];
  const context: RuleTemplateContext = {
    ...CONTEXT,
    query: async (expr) => {
      asked.push(expr);
      if (expr === 'bad') throw new Error('no such thing');
      return [{ labels: Labels.fromRecord({ x: expr }), value: asked.length }];
    },
  };
  const text =
    '{{ range query "a" }}{{ .Value }}{{ end }}{{ query "b" | first | label "x" }}{{ query "a" | first | value }}';

  expect(await new RuleTemplate('t', text).expand(undefined, context)).toBe('1b1');
  expect(asked).toEqual(['a', 'b']);
  await expect(
    new RuleTemplate('t', '{{ query "bad" }}').expand(undefined, context),
  ).rejects.toThrow(
    'error executing template t: template: t:1:3: executing "t" at <query "bad">: error calling query: no such thing',
  );
});

test('a template cannot ask without end', async () => {
  const text = '{{ range 1000 }}{{ query (print .) }}{{ end }}';

  await expect(new RuleTemplate('t', text).expand(undefined, CONTEXT)).rejects.toThrow(
    `more than ${TEMPLATE_QUERIES_MAX} queries in one template`,
  );
});

test('durations of days, hours, minutes and seconds', async () => {
  const template = new RuleTemplate('t', '{{ humanizeDuration . }}');
  const f = async (seconds: number, expected: string) => {
    expect(await template.expand(goFloat(seconds), CONTEXT)).toBe(expected);
  };

  await f(-183_845, '-2d 3h 4m 5s');
  await f(899.99, '14m 59s');
  await f(0.12345, '123.5ms');
});
