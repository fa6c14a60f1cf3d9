import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { relabelConfig } from '../../test/collector-configs.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { acceptHeader, fallbackMediaType } from './accept-header.ts';
import { goDurationText } from './go-duration.ts';
import { mutateSampleLabels } from './sample-labels.ts';

const NO_RULES = new Relabeler([]);

describe('mutateSampleLabels', () => {
  const f = (
    scraped: Record<string, string>,
    target: Record<string, string>,
    honorLabels: boolean,
    expected: Record<string, string>,
  ) => {
    const [page, own] = [Labels.fromRecord(scraped), Labels.fromRecord(target)];
    expect(mutateSampleLabels(page, own, honorLabels, NO_RULES)?.toRecord()).toEqual(expected);
  };

  test('target labels win, and those of the page are renamed', () => {
    f({ a: '1' }, { b: '2' }, false, { a: '1', b: '2' });
    f({ a: '1' }, { a: '2' }, false, { a: '2', exported_a: '1' });
  });

  test('renaming goes on until the name is free', () => {
    f({ a: '1', exported_a: '2' }, { a: '3' }, false, {
      a: '3',
      exported_a: '2',
      exported_exported_a: '1',
    });
    f({ a: '1', exported_a: '2' }, { a: '3', exported_a: '4' }, false, {
      a: '3',
      exported_a: '4',
      exported_exported_a: '1',
      exported_exported_exported_a: '2',
    });
    f({ exported_a: '1' }, { exported_a: '2', a: '3' }, false, {
      a: '3',
      exported_a: '2',
      exported_exported_a: '1',
    });
  });

  test('with honor_labels those of the page win', () => {
    f({ a: '1' }, { a: '2', b: '3' }, true, { a: '1', b: '3' });
    f({ a: '' }, { a: '2' }, true, { a: '2' });
  });

  test('metric relabelling comes last, and may drop the series', () => {
    const drop = new Relabeler([
      relabelConfig({ action: 'drop', sourceLabels: ['job'], regex: 'x' }),
    ]);
    const dropAll = new Relabeler([relabelConfig({ action: 'labeldrop', regex: '.*' })]);
    const page = Labels.fromRecord({ a: '1' });

    expect(mutateSampleLabels(page, Labels.fromRecord({ job: 'x' }), false, drop)).toBeUndefined();
    expect(mutateSampleLabels(page, Labels.EMPTY, false, dropAll)).toBeUndefined();
  });
});

describe('headers', () => {
  test('Accept weighs the protocols in their order and ends with anything', () => {
    const f = (protocols: Parameters<typeof acceptHeader>[0], expected: string) =>
      expect(acceptHeader(protocols, 'allow-utf-8')).toBe(expected);

    // As Prometheus 3.5 sends it by default.
    f(
      [
        'OpenMetricsText1.0.0',
        'OpenMetricsText0.0.1',
        'PrometheusText1.0.0',
        'PrometheusText0.0.4',
      ],
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,' +
        'application/openmetrics-text;version=0.0.1;q=0.5,' +
        'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,' +
        'text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    );
    f(
      ['PrometheusProto'],
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,' +
        '*/*;q=0.5',
    );
  });

  test('the fallback is the media type alone', () => {
    expect(fallbackMediaType('OpenMetricsText1.0.0')).toBe('application/openmetrics-text');
    expect(fallbackMediaType('')).toBe('');
  });
});

test('durations in labels are written as in Go', () => {
  const texts = [0, 500, 1500, 15_000, 60_000, 90_500, 3_600_000].map(goDurationText);

  expect(texts).toEqual(['0s', '500ms', '1.5s', '15s', '1m0s', '1m30.5s', '1h0m0s']);
});
