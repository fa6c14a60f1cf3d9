import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SYSTEM_CLOCK } from '../../model/clock.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { testFolder } from '../../test/certificates.ts';
import { until } from '../../test/until.ts';
import { discoveryMetrics } from './discovery-metrics.ts';
import { FileDiscoverer } from './file-discoverer.ts';
import { expandPattern } from './file-pattern.ts';

function start(files: readonly string[], refreshIntervalMs = 600_000) {
  const registry = new Registry();
  const fileTimes = new Map<string, number>();
  const metrics = discoveryMetrics(registry, () => fileTimes);
  const context = { clock: SYSTEM_CLOCK, logger: SILENT_LOGGER, metrics, fileTimes };
  const discoverer = new FileDiscoverer({ kind: 'file', files, refreshIntervalMs }, context);
  const stop = new AbortController();
  const bySource = new Map<string, string>();
  let updates = 0;
  const running = discoverer.run(stop.signal, (groups) => {
    updates++;
    for (const { source, targets, labels } of groups) {
      const addresses = targets.map((target) => target.get('__address__')).join(',');
      if (targets.length === 0) bySource.delete(source);
      else
        bySource.set(
          source,
          `${addresses} ${labels.without(new Set(['__meta_filepath'])).toString()}`,
        );
    }
  });
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const metric = async (name: string) =>
    (await registry.getSingleMetric(name)?.get())?.values.map(({ labels, value }) => [
      labels,
      value,
    ]);
  return { bySource, metric, updates: () => updates, stop, running };
}

describe('FileDiscoverer', () => {
  test('reads JSON and YAML, with the path as a meta label', async () => {
    const folder = testFolder();
    const json = join(folder, 'a.json');
    const yaml = join(folder, 'b.yml');
    writeFileSync(json, '[{"targets":["a:1","b:2"],"labels":{"env":"x"}},{"targets":["c:3"]}]');
    writeFileSync(yaml, '- targets: [d:4]\n  labels: {port: 80}\n');
    utimesSync(json, 1000, 1_700_000_000);

    const { bySource, metric } = start([json, yaml]);

    await until('all', () => bySource.size === 3);
    expect(Object.fromEntries(bySource)).toEqual({
      [`${json}:0`]: 'a:1,b:2 {env="x"}',
      [`${json}:1`]: 'c:3 {}',
      [`${yaml}:0`]: 'd:4 {port="80"}',
    });
    expect(await metric('prometheus_sd_file_mtime_seconds')).toContainEqual([
      { filename: json },
      1_700_000_000,
    ]);
  });

  test('sees changes, new files of a pattern, and files that go away', async () => {
    const folder = testFolder();
    const file = (name: string) => join(folder, name);
    writeFileSync(file('a.json'), '[{"targets":["a:1"]},{"targets":["a:2"]}]');
    const { bySource } = start([file('*.json')]);
    await until('the first', () => bySource.size === 2);

    writeFileSync(file('b.json'), '[{"targets":["b:1"]}]');
    await until('the new file', () => bySource.has(`${file('b.json')}:0`));
    writeFileSync(file('a.json'), '[{"targets":["a:3"]}]');
    await until('the change', () => bySource.get(`${file('a.json')}:0`) === 'a:3 {}');
    rmSync(file('b.json'));
    await until('the removal', () => !bySource.has(`${file('b.json')}:0`));

    expect([...bySource.keys()]).toEqual([`${file('a.json')}:0`]);
  });

  test('a file that is replaced behind a link, as in a Kubernetes volume, is read again', async () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'v1'));
    mkdirSync(join(folder, 'v2'));
    writeFileSync(join(folder, 'v1', 't.json'), '[{"targets":["a:1"]}]');
    writeFileSync(join(folder, 'v2', 't.json'), '[{"targets":["a:2"]}]');
    symlinkSync('v1', join(folder, '..data'));
    const path = join(folder, 't.json');
    symlinkSync('..data/t.json', path);
    const { bySource } = start([path]);
    await until('the first', () => bySource.get(`${path}:0`) === 'a:1 {}');

    symlinkSync('v2', join(folder, '..tmp'));
    renameSync(join(folder, '..tmp'), join(folder, '..data'));

    await until('the second', () => bySource.get(`${path}:0`) === 'a:2 {}');
  });

  test('a bad file keeps the groups it had, and is counted', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.json');
    writeFileSync(path, '[{"targets":["a:1"]}]');
    const { bySource, metric } = start([path]);
    await until('the first', () => bySource.size === 1);

    writeFileSync(path, '[{"targets":["a:2"]');

    await until('the error', async () => {
      const [values] = (await metric('prometheus_sd_file_read_errors_total')) ?? [];
      return Number(values?.[1]) > 0;
    });
    expect(bySource.get(`${path}:0`)).toBe('a:1 {}');
  });

  test('a folder that is made later is found at the interval', async () => {
    const folder = join(testFolder(), 'later');
    const path = join(folder, 'a.json');
    const { bySource, metric } = start([path], 50);
    await until('the watch error', async () => {
      const [values] = (await metric('prometheus_sd_file_watcher_errors_total')) ?? [];
      return Number(values?.[1]) > 0;
    });

    mkdirSync(folder);
    writeFileSync(path, '[{"targets":["a:1"]}]');

    await until('the file', () => bySource.size === 1);
  });

  test('ends when told, and forgets its files', async () => {
    const path = join(testFolder(), 'a.json');
    writeFileSync(path, '[{"targets":["a:1"]}]');
    const { bySource, metric, stop, running } = start([path]);
    await until('the first', () => bySource.size === 1);

    stop.abort();
    await running;

    expect(await metric('prometheus_sd_file_mtime_seconds')).toEqual([]);
  });
});

test('patterns match as in Go, in the last part only', async () => {
  const folder = testFolder();
  for (const name of ['a1.json', 'a2.json', 'b1.json', '.hidden.json', 'a1.yml', 'x[1].json']) {
    writeFileSync(join(folder, name), '');
  }
  const f = async (pattern: string, expected: readonly string[]) => {
    const found = await expandPattern(join(folder, pattern));
    expect(found.map((path) => path.slice(folder.length + 1))).toEqual(expected);
  };

  await f('a*.json', ['a1.json', 'a2.json']);
  await f('?1.json', ['a1.json', 'b1.json']);
  await f('[a-b]1.json', ['a1.json', 'b1.json']);
  await f('[^a]1.json', ['b1.json']);
  await f('*.yml', ['a1.yml']);
  await f('.*.json', ['.hidden.json']);
  await f('x\\[1\\].json', ['x[1].json']);
  await f('plain.json', ['plain.json']);
  expect(await expandPattern('/nowhere/*.json')).toEqual([]);
});
