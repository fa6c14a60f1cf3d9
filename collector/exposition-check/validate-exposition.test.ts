import { describe, expect, test } from 'vitest';
import { encodeFamilies } from '../../test/metric-family.ts';
import { validateExposition } from './validate-exposition.ts';

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';

function problemsOf(text: string, contentType = ''): string[] {
  return validateExposition(Buffer.from(text), contentType).map(
    ({ line, metric, problem }) => `${line} ${metric}: ${problem}`,
  );
}

describe('what good practice would have otherwise', () => {
  test('a page without fault has no problems', () => {
    const page = `# HELP a_seconds_total about
# TYPE a_seconds_total counter
a_seconds_total{job="x"} 1
# HELP h_seconds about
# TYPE h_seconds histogram
h_seconds_bucket{le="+Inf"} 1
h_seconds_sum 1
h_seconds_count 1
`;
    expect(problemsOf(page)).toEqual([]);
  });

  test('problems have the line where they show', () => {
    const page = `# TYPE a counter
a 1
# HELP b_milliseconds about
# TYPE b_milliseconds gauge
b_milliseconds{fooBar="1"} 1
b_milliseconds{fooBar="1"} 1
# HELP g_total about
# TYPE g_total gauge
g_total{le="1",quantile="2"} 1
`;
    expect(problemsOf(page)).toEqual([
      '1 a: no help text',
      '1 a: counter metrics should have "_total" suffix',
      '3 b_milliseconds: use base unit "seconds" instead of "milliseconds"',
      "5 b_milliseconds: label names should be written in 'snake_case' not 'camelCase'",
      '6 b_milliseconds: metric not unique',
      '7 g_total: non-counter metrics should not have "_total" suffix',
      '9 g_total: non-histogram metrics should not have "le" label',
      '9 g_total: non-summary metrics should not have "quantile" label',
    ]);
  });

  test.each([
    ['m_ms', 'metric names should not contain abbreviated units'],
    ['m_kilobytes', 'use base unit "bytes" instead of "kilobytes"'],
    ['a:b', "metric names should not contain ':'"],
    ['aB', "metric names should be written in 'snake_case' not 'camelCase'"],
    ['m_gauge', "metric name should not include type 'gauge'"],
    ['m_count', 'non-histogram and non-summary metrics should not have "_count" suffix'],
    ['m_bucket', 'non-histogram metrics should not have "_bucket" suffix'],
  ])('%s', (name, problem) => {
    const page = `# HELP ${name} about\n# TYPE ${name} gauge\n${name} 1\n`;
    expect(problemsOf(page)).toEqual([`1 ${name}: ${problem}`]);
  });
});

describe('what is wrong', () => {
  test('a page that cannot be read has one problem', () => {
    expect(problemsOf('a 1\nb x\n')).toEqual([
      '2 : strconv.ParseFloat: parsing "x": invalid syntax while parsing: "b x"',
    ]);
    expect(problemsOf('a 1\n', OPENMETRICS)).toEqual(['2 : data does not end with # EOF']);
    expect(problemsOf('x', 'application/vnd.google.protobuf')[0]).toContain('truncated');
  });

  test('OpenMetrics is read strictly, all problems at once', () => {
    const page = `# HELP a about
# TYPE a counter
a_total -1
# HELP b about
# TYPE b histogram
b_bucket{le="2"} 2
b_bucket{le="1"} 1
b_sum 1
# EOF
`;
    expect(problemsOf(page, OPENMETRICS)).toEqual([
      '3 a: counter is negative',
      '7 b: buckets are not in ascending order',
      '8 b: histogram has no +Inf bucket',
    ]);
  });

  test('a good protobuf page has none', () => {
    const body = encodeFamilies({ name: 'g', type: 'gauge', metrics: [{ value: 1 }] });
    expect(validateExposition(body, 'application/vnd.google.protobuf')).toEqual([]);
  });
});
