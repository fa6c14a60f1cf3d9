import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { query, runCommand, runProgram, temporaryDir, until, writeFileIn } from './run-program.ts';

const dir = temporaryDir();

afterAll(() => dir.remove());

describe('watchkeeper import', () => {
  test('takes over the samples of a running program, each once, and says how many', async () => {
    let scrapes = 0;
    const target = createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(`demo_total ${++scrapes}\n`);
    });
    await new Promise<void>((done) => target.listen(0, '127.0.0.1', done));
    const { port } = target.address() as AddressInfo;
    const config = writeFileIn(
      dir.path,
      'prometheus.yml',
      `scrape_configs: [{ job_name: demo, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]\n`,
    );
    const source = await runProgram([
      'serve',
      `--config.file=${config}`,
      `--data=${dir.path}/source`,
      '--listen=127.0.0.1:0',
    ]);
    await until(async () => {
      const { data } = await query(source.url, 'count_over_time(demo_total[5m])');
      return Number(data.result[0]?.value[1] ?? 0) >= 3 ? true : undefined;
    });
    target.closeAllConnections();
    await new Promise((done) => target.close(done));

    const imported = await runCommand([
      'import',
      `--data=${dir.path}/copy`,
      '--since=10m',
      '--match=demo_total',
      source.url,
    ]);
    const again = await runCommand([
      'import',
      `--data=${dir.path}/copy`,
      '--since=10m',
      '--match=demo_total',
      source.url,
    ]);

    expect(imported.output).toMatch(/imported \d+ samples from/);
    expect([imported.code, again.code], again.output).toEqual([0, 0]);
    const nowSeconds = Date.now() / 1000;
    const expected = await query(source.url, 'count_over_time(demo_total[10m])', nowSeconds);
    const copy = await runProgram(['serve', `--data=${dir.path}/copy`, '--listen=127.0.0.1:0']);
    const got = await query(copy.url, 'count_over_time(demo_total{job="demo"}[10m])', nowSeconds);
    expect(got.data.result[0]?.value[1]).toBe(expected.data.result[0]?.value[1]);
    await Promise.all([copy.stop(), source.stop()]);
  });

  test('a source that is not there, or is no address, is told without a stack', async () => {
    const nobody = await runCommand(['import', `--data=${dir.path}/none`, 'http://127.0.0.1:1']);
    const nonsense = await runCommand(['import', 'nonsense']);

    expect([nobody.code, nonsense.code]).toEqual([1, 2]);
    expect(nobody.output).toContain('connection refused');
    expect(nobody.output).not.toContain('    at ');
    expect(nonsense.output).toContain('usage: watchkeeper import');
  });
});
