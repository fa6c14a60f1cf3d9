import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { relabelConfig, scrapeConfig } from '../../test/collector-configs.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import { TargetFactory } from './targets-of-group.ts';

const INTERNAL = {
  __address__: 'host:80',
  __metrics_path__: '/metrics',
  __scheme__: 'http',
  __scrape_interval__: '1s',
  __scrape_timeout__: '1s',
  __convert_classic_histograms_to_nhcb__: 'false',
  __always_scrape_classic_histograms__: 'false',
  __scrape_native_histograms__: 'false',
  job: 'job',
};

function group(target: Record<string, string>, labels: Record<string, string> = {}): TargetGroup {
  return {
    source: 'g',
    targets: [Labels.fromRecord(target)],
    labels: Labels.fromRecord(labels),
  };
}

function make(
  target: Record<string, string>,
  parts: Parameters<typeof scrapeConfig>[1] = {},
  labels: Record<string, string> = {},
) {
  return new TargetFactory(scrapeConfig([], parts)).of(group(target, labels));
}

const setLabel = (targetLabel: string, replacement: string) =>
  relabelConfig({ targetLabel, replacement });

describe('targets', () => {
  test('get the defaults of their scrape config', () => {
    const [target] = make({ __address__: 'host:80' }, { params: { module: ['a', 'b'] } }).active;

    expect(target?.discovered.toRecord()).toEqual({ ...INTERNAL, __param_module: 'a' });
    expect(target?.labels.toRecord()).toEqual({ instance: 'host:80', job: 'job' });
    expect(target?.url).toBe('http://host:80/metrics?module=a&module=b');
  });

  test('have labels of their own before those of the group before the defaults', () => {
    const [target] = make(
      { __address__: 'host:80', a: 'target', job: 'mine' },
      {},
      { a: 'group', b: 'group', __scheme__: 'https' },
    ).active;

    expect(target?.labels.toRecord()).toEqual({
      a: 'target',
      b: 'group',
      instance: 'host:80',
      job: 'mine',
    });
    expect(target?.url).toBe('https://host:80/metrics');
  });

  test('lose meta labels and keep other internal ones from the samples', () => {
    const [target] = make(
      { __address__: 'host:80', __meta_x: 'm', __tmp: 't' },
      { relabelConfigs: [relabelConfig({ sourceLabels: ['__meta_x'], targetLabel: 'x' })] },
    ).active;

    expect(target?.labels.toRecord()).toEqual({ instance: 'host:80', job: 'job', x: 'm' });
  });

  test('take address, path, parameters, interval and timeout from relabelling', () => {
    const [target] = make(
      { __address__: 'host:80' },
      {
        relabelConfigs: [
          setLabel('__param_target', 'http://x/?a=b c'),
          setLabel('__address__', 'probe:9115'),
          setLabel('__metrics_path__', '/a b/%'),
          setLabel('__scrape_interval__', '1m30s'),
          setLabel('__scrape_timeout__', '30s'),
          setLabel('instance', 'named'),
        ],
      },
    ).active;

    expect(target?.url).toBe('http://probe:9115/a%20b/%25?target=http%3A%2F%2Fx%2F%3Fa%3Db+c');
    expect([target?.intervalMs, target?.timeoutMs]).toEqual([90_000, 30_000]);
    expect(target?.labels.get('instance')).toBe('named');
  });

  test('keep an address without a port as it is', () => {
    const [target] = make({ __address__: 'host' }).active;

    expect(target?.url).toBe('http://host/metrics');
    expect(target?.labels.get('instance')).toBe('host');
  });

  test('with a Unix socket need no host in the URL', () => {
    const [target] = make({
      __address__: 'host',
      __unix_socket__: '/run/x.sock',
    }).active;

    expect(target?.socketPath).toBe('/run/x.sock');
  });

  const fails = (name: string, value: string, message: string) => {
    const made = make({ __address__: 'host:80' }, { relabelConfigs: [setLabel(name, value)] });
    expect(made.active).toEqual([]);
    expect(made.failures).toEqual([`instance 0 in group g: ${message}`]);
  };

  test('that cannot be are refused in the words of Prometheus', () => {
    fails('__address__', '', 'no address');
    fails('__address__', 'http://host', '"http://host" is not a valid hostname');
    fails('__scrape_interval__', '0s', 'scrape interval cannot be 0');
    fails('__scrape_timeout__', '0s', 'scrape timeout cannot be 0');
    fails(
      '__scrape_interval__',
      'soon',
      'error parsing scrape interval: not a valid duration string: "soon"',
    );
    fails('__scrape_timeout__', '', 'error parsing scrape timeout: empty duration string');
    fails(
      '__scrape_timeout__',
      '2s',
      'scrape timeout cannot be greater than scrape interval ("2s" > "1s")',
    );
    fails(
      '__scrape_native_histograms__',
      'yes',
      'error parsing scrape native histograms: strconv.ParseBool: parsing "yes": invalid syntax',
    );
  });

  test('of a group object seen before are the same objects', () => {
    const factory = new TargetFactory(scrapeConfig([]));
    const one = group({ __address__: 'host:80' });

    expect(factory.of(one)).toBe(factory.of(one));
    expect(factory.of(one)).not.toBe(factory.of({ ...one }));
  });

  test('are the same target when labels and URL are the same', () => {
    const a = make({ __address__: 'host:80' }).active[0];
    const b = make({ __address__: 'host:80', __meta_seen: 'later' }).active[0];
    const c = make({ __address__: 'host:80' }, { params: { a: ['1'] } }).active[0];

    expect(a?.key).toBe(b?.key);
    expect(a?.key).not.toBe(c?.key);
  });

  test('read flags that relabelling set, in all spellings of Go', () => {
    const [target] = make(
      { __address__: 'host:80' },
      { relabelConfigs: [setLabel('__scrape_native_histograms__', 'T')] },
    ).active;

    expect(target?.flag('__scrape_native_histograms__', false)).toBe(true);
    expect(target?.flag('__unknown__', true)).toBe(true);
  });
});
