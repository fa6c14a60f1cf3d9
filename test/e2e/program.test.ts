import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  query,
  type RunningProgram,
  runCommand,
  runProgram,
  temporaryDir,
  until,
  writeFileIn,
} from './run-program.ts';

const dir = temporaryDir();
let target: Server;
let targetAddress: string;
let scrapes = 0;

function page(): string {
  scrapes++;
  return `# HELP demo_total A counter.\n# TYPE demo_total counter\ndemo_total{path="/a"} ${scrapes}\n`;
}

function configText(jobName: string): string {
  return `global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: ${jobName}
    static_configs:
      - targets: ['${targetAddress}']
`;
}

beforeAll(async () => {
  target = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(page());
  });
  await new Promise<void>((done) => target.listen(0, '127.0.0.1', done));
  targetAddress = `127.0.0.1:${(target.address() as AddressInfo).port}`;
});

afterAll(async () => {
  target.closeAllConnections();
  await new Promise((done) => target.close(done));
  dir.remove();
});

function args(data: string, ...more: readonly string[]): readonly string[] {
  return ['serve', `--data=${dir.path}/${data}`, '--listen=127.0.0.1:0', ...more];
}

async function seriesOf(program: RunningProgram, expr: string) {
  return until(
    async () => {
      const answer = await query(program.url, expr);
      return answer.data.result.length > 0 ? answer.data.result : undefined;
    },
    30_000,
    program.output,
  );
}

describe('the program', () => {
  test('without a configuration it watches itself and says what to do next', async () => {
    const program = await runProgram(args('self'));

    const [up] = await seriesOf(program, 'up');

    expect(up?.value[1]).toBe('1');
    expect(up?.metric['job']).toBe('watchkeeper');
    expect(program.output()).toContain('Next: --config.file=prometheus.yml');
    expect(await program.stop()).toBe(0);
  });

  test('scrapes a target, reloads all or nothing, and keeps its samples over a restart', async () => {
    const file = writeFileIn(dir.path, 'prometheus.yml', configText('first'));
    const program = await runProgram(args('scrape', `--config.file=${file}`));
    const [series] = await seriesOf(program, 'demo_total');
    expect(series?.metric).toEqual({
      __name__: 'demo_total',
      instance: targetAddress,
      job: 'first',
      path: '/a',
    });

    writeFileIn(dir.path, 'prometheus.yml', 'scrape_configs: [{ job_nam: x }]');
    const refused = await fetch(`${program.url}/-/reload`, { method: 'POST' });
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain('prometheus.yml:1:');
    writeFileIn(dir.path, 'prometheus.yml', configText('second'));
    expect((await fetch(`${program.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    await seriesOf(program, 'demo_total{job="second"}');
    const before = Date.now() / 1000;
    await program.stop('SIGKILL');

    const again = await runProgram(args('scrape', `--config.file=${file}`));
    const kept = await query(again.url, 'count_over_time(demo_total{job="first"}[10m])', before);
    expect(Number(kept.data.result[0]?.value[1])).toBeGreaterThan(0);
    expect(await again.stop()).toBe(0);
  });

  test('a second process on the same data is refused, and says which process has it', async () => {
    const program = await runProgram(args('shared'));

    const second = await runCommand(args('shared'));

    expect(second.code).toBe(2);
    expect(second.output).toContain(`in use by process ${program.child.pid}`);
    await program.stop();
  });

  test('a mistake in the configuration is told with file, line and column, and nothing starts', async () => {
    const file = writeFileIn(dir.path, 'bad.yml', 'global:\n  scrape_intervall: 15s\n');

    const serve = await runCommand(args('bad', `--config.file=${file}`));
    const check = await runCommand(['check', 'config', file]);

    for (const { code, output } of [serve, check]) {
      expect(code).toBe(1);
      expect(output).toContain(`${file}:2:3: `);
      expect(output).toContain('scrape_interval');
    }
  });

  test('a command line that makes no sense ends with 2 and names the flag', async () => {
    const unknown = await runCommand(['serve', '--listn=1']);
    const open = await runCommand(['serve', '--listen=0.0.0.0:9393']);

    expect([unknown.code, open.code]).toEqual([2, 2]);
    expect(unknown.output).toContain('unknown flag --listn');
    expect(open.output).toContain('there is no login yet');
  });

  test('a request under a foreign name is refused', async () => {
    const program = await runProgram(args('names'));

    const { port } = new URL(program.url);
    const answer = await new Promise<number | undefined>((done, fail) => {
      import('node:http').then(
        ({ get }) =>
          get(
            { host: '127.0.0.1', port, path: '/', headers: { host: 'evil.example' } },
            (response) => {
              response.resume();
              done(response.statusCode);
            },
          ).on('error', fail),
        fail,
      );
    });

    expect(answer).toBe(421);
    await program.stop();
  });
});
