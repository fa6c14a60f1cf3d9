/** Prometheus' own command line, asking us. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath } from '../../bench/process.ts';
import { type DemoProgram, startDemoProgram } from '../demo-program.ts';
import { until } from '../until.ts';

const promtool = findOnPath('promtool');

async function run(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(promtool as string, [...args]);
  return stdout;
}

describe.skipIf(promtool === undefined)('promtool (skipped when it is not on PATH)', () => {
  let program: DemoProgram;

  beforeAll(async () => {
    program = await startDemoProgram();
  });
  afterAll(() => program.stop());

  test('query instant: a vector, a matrix, a scalar, a native histogram', async () => {
    const vector = await run('query', 'instant', program.url, 'demo_requests_total{path="/a"} > 0');
    const matrix = await run('query', 'instant', program.url, 'demo_requests_total{path="/a"}[5s]');
    const scalar = await run('query', 'instant', program.url, 'scalar(vector(1.5))');
    const histogram = await run('query', 'instant', program.url, 'demo_latency_seconds');

    const series = /^demo_requests_total\{instance="127\.0\.0\.1:\d+", job="demo", path="\/a"\} =>/;
    expect(vector).toMatch(series);
    expect(matrix).toMatch(series);
    expect(matrix.match(/^\d+ @\[\d+(\.\d+)?\]$/gm)?.length).toBeGreaterThan(1);
    expect(scalar).toMatch(/^scalar: 1\.5 @\[/);
    expect(histogram).toMatch(/^demo_latency_seconds\{.*\} => Count: \d+\.000000, Sum: \d/);
  });

  test('query range: one line a point', async () => {
    const end = Math.floor(Date.now() / 1000);
    const args = [`--start=${end - 2}`, `--end=${end}`, '--step=1s'];

    const text = await run('query', 'range', ...args, program.url, 'vector(7) * 6');

    expect(text.trim().split('\n')).toEqual([
      '{} =>',
      `42 @[${end - 2}]`,
      `42 @[${end - 1}]`,
      `42 @[${end}]`,
    ]);
  });

  test('query series and query labels', async () => {
    const series = await run('query', 'series', '--match=demo_requests_total', program.url);
    const labels = await run('query', 'labels', program.url, 'path');

    const names = series
      .trim()
      .split('\n')
      .map((line) => /path="([^"]*)"/.exec(line)?.[1]);
    expect(names).toEqual(['/a', '/b']);
    expect(labels).toBe('/a\n/b\n');
  });

  test('query analyze: the buckets of native histograms', async () => {
    const args = [`--server=${program.url}`, '--type=histogram', '--match=demo_latency_seconds'];

    const text = await run('query', 'analyze', ...args);

    expect(text).toContain('demo_latency_seconds');
  });

  test('an error of ours is told as one of Prometheus', async () => {
    const refused = run('query', 'instant', program.url, 'rate(up)');

    await expect(refused).rejects.toThrow('bad_data: invalid parameter "query": 1:6: parse error');
  });

  test('push metrics: written remotely, found by a query', async () => {
    const child = spawn(promtool as string, ['push', 'metrics', `${program.url}/api/v1/write`]);
    child.stdin.end('# TYPE pushed_by_promtool gauge\npushed_by_promtool{a="b"} 4\n');
    const [code] = (await once(child, 'close')) as [number];

    expect(code).toBe(0);
    const text = await until('the pushed sample', () =>
      run('query', 'instant', program.url, 'pushed_by_promtool'),
    );
    expect(text).toMatch(/^pushed_by_promtool\{a="b", job="promtool"\} => 4 @\[/);
  });
});
