import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { DnsDiscovery } from '../../config/discovery-types.ts';
import { SYSTEM_CLOCK } from '../../model/clock.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { type DnsAnswer, startDnsServer } from '../../test/dns-server.ts';
import { until } from '../../test/until.ts';
import type { TargetGroup } from './discoverer.ts';
import { discoveryMetrics } from './discovery-metrics.ts';
import { DnsDiscoverer } from './dns-discoverer.ts';
import { namesToTry, parseResolvConf, SystemRecordResolver } from './dns-resolver.ts';

const REFUSED = 5;

async function discover(
  answersOf: (name: string) => readonly DnsAnswer[] | number | undefined,
  parts: Partial<DnsDiscovery>,
  search: readonly string[] = [],
) {
  const server = await startDnsServer(answersOf);
  const registry = new Registry();
  const metrics = discoveryMetrics(registry, () => new Map());
  const config: DnsDiscovery = {
    kind: 'dns',
    names: ['web.example'],
    recordType: 'SRV',
    port: 9100,
    refreshIntervalMs: 60_000,
    ...parts,
  };
  const settings = () => Promise.resolve({ search, ndots: 1 });
  const resolver = new SystemRecordResolver([server.address], settings);
  const context = { clock: SYSTEM_CLOCK, logger: SILENT_LOGGER, metrics };
  const stop = new AbortController();
  let groups: readonly TargetGroup[] | undefined;
  const running = new DnsDiscoverer(config, 'job', resolver, context).run(stop.signal, (found) => {
    groups = found;
  });
  await until('the first groups', () => groups);
  stop.abort();
  await running;
  const failures = await registry.getSingleMetric('prometheus_sd_dns_lookup_failures_total')?.get();
  return {
    questions: server.questions,
    failures: failures?.values[0]?.value,
    found: (groups ?? []).map(({ source, targets }) => ({
      source,
      targets: targets.map((labels) => labels.toRecord()).sort(byAddress),
    })),
  };
}

function byAddress(a: Record<string, string>, b: Record<string, string>): number {
  return (a['__address__'] ?? '') < (b['__address__'] ?? '') ? -1 : 1;
}

describe('DnsDiscoverer', () => {
  test('SRV records bring host and port', async () => {
    const { found } = await discover(
      () => [
        { type: 'SRV', name: 'a.example', port: 80 },
        { type: 'SRV', name: 'b.example', port: 8080 },
      ],
      {},
    );

    expect(found).toEqual([
      {
        source: 'web.example',
        targets: [
          {
            __address__: 'a.example:80',
            __meta_dns_name: 'web.example',
            __meta_dns_srv_record_target: 'a.example.',
            __meta_dns_srv_record_port: '80',
          },
          {
            __address__: 'b.example:8080',
            __meta_dns_name: 'web.example',
            __meta_dns_srv_record_target: 'b.example.',
            __meta_dns_srv_record_port: '8080',
          },
        ],
      },
    ]);
  });

  test('A and AAAA records are addresses with the port of the config', async () => {
    const four = await discover(() => [{ type: 'A', address: [10, 0, 0, 1] }], {
      recordType: 'A',
    });
    const six = await discover(
      () => [{ type: 'AAAA', address: [0xfd, ...Array<number>(14).fill(0), 1] }],
      { recordType: 'AAAA' },
    );

    expect(four.found[0]?.targets).toEqual([
      { __address__: '10.0.0.1:9100', __meta_dns_name: 'web.example' },
    ]);
    expect(six.found[0]?.targets).toEqual([
      { __address__: '[fd00::1]:9100', __meta_dns_name: 'web.example' },
    ]);
  });

  test('MX and NS records bring names', async () => {
    const mx = await discover(() => [{ type: 'MX', name: 'mail.example' }], { recordType: 'MX' });
    const ns = await discover(() => [{ type: 'NS', name: 'ns.example' }], { recordType: 'NS' });

    expect(mx.found[0]?.targets).toEqual([
      {
        __address__: 'mail.example:9100',
        __meta_dns_name: 'web.example',
        __meta_dns_mx_record_target: 'mail.example.',
      },
    ]);
    expect(ns.found[0]?.targets).toEqual([
      {
        __address__: 'ns.example:9100',
        __meta_dns_name: 'web.example',
        __meta_dns_ns_record_target: 'ns.example.',
      },
    ]);
  });

  test('a name that does not exist is an empty group, which takes its targets away', async () => {
    const { found, failures } = await discover(() => undefined, {});

    expect(found).toEqual([{ source: 'web.example', targets: [] }]);
    expect(failures).toBe(0);
  });

  test('a name that cannot be asked gives no group, so that its targets stay', async () => {
    const { found, failures } = await discover(
      (name) => (name === 'good.example' ? [{ type: 'SRV', name: 'a', port: 1 }] : REFUSED),
      { names: ['bad.example', 'good.example'] },
    );

    expect(found.map(({ source }) => source)).toEqual(['good.example']);
    expect(failures).toBe(1);
  });

  test('the search list is gone through until a name has records', async () => {
    const { found, questions } = await discover(
      (name) => (name === 'web.second' ? [{ type: 'SRV', name: 'a', port: 1 }] : undefined),
      { names: ['web'] },
      ['first', 'second'],
    );

    expect(questions).toEqual(['web.first', 'web.second']);
    expect(found[0]?.targets.length).toBe(1);
  });
});

test('names are tried as resolv.conf says', () => {
  const settings = parseResolvConf(
    'nameserver 10.0.0.10\nsearch ns.svc.cluster.local svc.cluster.local\noptions ndots:5 timeout:1\n',
  );

  expect(namesToTry('a.b', settings)).toEqual([
    'a.b.ns.svc.cluster.local.',
    'a.b.svc.cluster.local.',
    'a.b.',
  ]);
  expect(namesToTry('a.b', { search: ['x'], ndots: 1 })).toEqual(['a.b.', 'a.b.x.']);
  expect(namesToTry('a.b.', settings)).toEqual(['a.b.']);
  expect(parseResolvConf('')).toEqual({ search: [], ndots: 1 });
});
