import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { DiscoveryConfig } from '../../config/discovery-types.ts';
import { Labels } from '../../model/labels.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import type { OnGroups, TargetGroup } from './discoverer.ts';
import { DiscoveryManager } from './discovery-manager.ts';
import { discoveryMetrics } from './discovery-metrics.ts';

const dns = (name: string): DiscoveryConfig => ({
  kind: 'dns',
  names: [name],
  recordType: 'A',
  port: 1,
  refreshIntervalMs: 1000,
});

function group(source: string, ...addresses: string[]): TargetGroup {
  return {
    source,
    targets: addresses.map((address) => Labels.fromRecord({ __address__: address })),
    labels: Labels.EMPTY,
  };
}

/** A manager whose discoverers report what the test tells them to. */
function setUp() {
  const clock = new VirtualClock(1_700_000_000_000);
  const running = new Map<string, OnGroups>();
  const log: string[] = [];
  const updates: Record<string, readonly TargetGroup[]>[] = [];
  const registry = new Registry();
  const manager = new DiscoveryManager({
    name: 'scrape',
    createDiscoverer: (config) => {
      if (config.kind !== 'dns') throw new Error('not here');
      const [name = ''] = config.names;
      return {
        run: (signal, onGroups) =>
          new Promise((resolve) => {
            log.push(`start ${name}`);
            running.set(name, onGroups);
            signal.addEventListener('abort', () => {
              log.push(`stop ${name}`);
              resolve();
            });
          }),
      };
    },
    onUpdate: (groups) => updates.push(Object.fromEntries(groups)),
    updateIntervalMs: 5000,
    clock,
    logger: SILENT_LOGGER,
    metrics: discoveryMetrics(registry, () => new Map()),
  });
  const report = (name: string, ...groups: TargetGroup[]): void => running.get(name)?.(groups);
  const texts = () =>
    updates.map((update) =>
      Object.entries(update)
        .map(([job, groups]) => `${job}:${groups.map(({ source }) => source).join('+')}`)
        .join(' '),
    );
  return { manager, clock, report, log, updates, texts, registry };
}

describe('DiscoveryManager', () => {
  test('the first groups come soon, further updates not before the interval', () => {
    const { manager, clock, report, texts } = setUp();
    manager.applyConfig(new Map([['job', [dns('a'), dns('b')]]]));
    report('a', group('a1', 'x:1'));
    clock.advance(100);
    expect(texts()).toEqual(['job:a1']);

    report('b', group('b1', 'x:2'));
    clock.advance(4899);
    report('a', group('a2', 'x:3'));
    expect(texts().length).toBe(1);

    clock.advance(101);
    expect(texts()).toEqual(['job:a1', 'job:a1+a2+b1']);
    clock.advance(60_000);
    expect(texts().length).toBe(2);
  });

  test('groups replace those of their source; an empty one takes it away', () => {
    const { manager, clock, report, updates } = setUp();
    manager.applyConfig(new Map([['job', [dns('a')]]]));
    report('a', group('s', 'x:1'), group('t', 'x:2'));
    clock.advance(5000);
    report('a', group('s', 'x:3'));
    clock.advance(5000);
    report('a', group('t'));
    clock.advance(5000);

    const addresses = updates.map((update) =>
      update['job']?.flatMap(({ targets }) => targets.map((one) => one.get('__address__'))),
    );
    expect(addresses).toEqual([['x:1', 'x:2'], ['x:3', 'x:2'], ['x:3']]);
  });

  test('a group that says the same again stays the same object', () => {
    const { manager, clock, report, updates } = setUp();
    manager.applyConfig(new Map([['job', [dns('a')]]]));
    report('a', group('s', 'x:1'));
    clock.advance(5000);
    report('a', group('s', 'x:1'));
    clock.advance(5000);

    expect(updates[1]?.['job']?.[0]).toBe(updates[0]?.['job']?.[0]);
  });

  test('jobs with the same config share a discoverer', () => {
    const { manager, clock, report, log, texts } = setUp();
    manager.applyConfig(
      new Map([
        ['one', [dns('a')]],
        ['two', [dns('a'), dns('b')]],
      ]),
    );
    report('a', group('s', 'x:1'));
    clock.advance(100);

    expect(log).toEqual(['start a', 'start b']);
    expect(texts()).toEqual(['one:s two:s']);
  });

  test('a reload keeps discoverers whose config stays, and what they know', () => {
    const { manager, clock, report, log, texts } = setUp();
    manager.applyConfig(new Map([['job', [dns('a'), dns('b')]]]));
    report('a', group('s', 'x:1'));
    report('b', group('t', 'x:2'));
    clock.advance(100);

    manager.applyConfig(new Map([['renamed', [dns('a')]]]));
    clock.advance(5000);

    expect(log).toEqual(['start a', 'start b', 'stop b']);
    expect(texts()).toEqual(['job:s+t', 'renamed:s']);
  });

  test('what a stopped discoverer still reports is not heard', () => {
    const { manager, clock, report, texts } = setUp();
    manager.applyConfig(new Map([['job', [dns('a')]]]));
    manager.applyConfig(new Map([['job', []]]));
    report('a', group('s', 'x:1'));
    clock.advance(5000);

    expect(texts()).toEqual(['job:']);
  });

  test('a config that no discoverer can be made of is counted; the others run', async () => {
    const { manager, log, registry } = setUp();
    manager.applyConfig(new Map([['job', [{ kind: 'static', groups: [] }, dns('a')]]]));

    const metric = await registry.getSingleMetric('prometheus_sd_failed_configs')?.get();
    expect(metric?.values[0]?.value).toBe(1);
    expect(log).toEqual(['start a']);
    await manager.stop();
    expect(log).toEqual(['start a', 'stop a']);
  });
});
