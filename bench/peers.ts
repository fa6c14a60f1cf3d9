/** How we and the peers are started, each on the same targets. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheusProgram, watchkeeperProgram } from '../test/programs.ts';
import { findOnPath, type ProgramSpec } from './process.ts';

export interface ScrapePlan {
  readonly port: number;
  readonly targets: number;
  readonly intervalSeconds: number;
}

/** A Prometheus configuration for the pages of `bench/target-server.ts`; all three read it. */
export function scrapeYaml(plan: ScrapePlan): string {
  const configs = Array.from(
    { length: plan.targets },
    (_, target) =>
      `      - targets: ['127.0.0.1:${plan.port}']\n` +
      `        labels: { __metrics_path__: /t/${target}/metrics, instance: t${target}, job: j${target % 5} }`,
  );
  return `global:
  scrape_interval: ${plan.intervalSeconds}s
  scrape_timeout: ${plan.intervalSeconds}s
scrape_configs:
  - job_name: bench
    static_configs:
${configs.join('\n')}
`;
}

const NOTHING_TO_SCRAPE = 'scrape_configs: []\n';

export function ourselves(
  plan: ScrapePlan | undefined,
  extra: readonly string[] = [],
): ProgramSpec {
  return watchkeeperProgram(configOf(plan), ['--web.enable-remote-write-receiver', ...extra]);
}

export function prometheus(plan: ScrapePlan | undefined): ProgramSpec | undefined {
  return prometheusProgram(configOf(plan), [
    '--web.enable-remote-write-receiver',
    '--web.enable-admin-api',
  ]);
}

/** A Prometheus that scrapes, and sends all of it to `writeUrl`. */
export function sendingPrometheus(
  plan: ScrapePlan,
  writeUrl: string,
  message: string,
): ProgramSpec | undefined {
  const spec = prometheus(plan);
  if (spec === undefined) return undefined;
  const remoteWrite = `remote_write: [{ url: '${writeUrl}', protobuf_message: ${message} }]\n`;
  return {
    ...spec,
    args: (port, dir) => {
      const args = spec.args(port, dir);
      appendFileSync(join(dir, 'prometheus.yml'), remoteWrite);
      return args;
    },
  };
}

export function victoriaMetrics(plan: ScrapePlan | undefined): ProgramSpec | undefined {
  const command = findOnPath('victoria-metrics');
  if (command === undefined) return undefined;
  return {
    name: 'victoriametrics',
    version: /(\d+\.\d+\.\d+)/.exec(versionText(command, '-version'))?.[1] ?? 'unknown',
    command,
    args: (port, dir) => [
      `-promscrape.config=${writeConfig(dir, plan)}`,
      `-storageDataPath=${join(dir, 'data')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=90d',
      '-search.latencyOffset=0s',
      '-search.disableCache',
    ],
    readyPath: '/health',
  };
}

/** All that can be had here, in a fixed order; a missing one is reported by name. */
export function contenders(plan: ScrapePlan | undefined): readonly ProgramSpec[] {
  const found = [ourselves(plan), prometheus(plan), victoriaMetrics(plan)];
  const names = ['watchkeeper', 'prometheus', 'victoria-metrics'];
  found.forEach((spec, index) => {
    if (spec === undefined) console.log(`${names[index]} is not on PATH: not measured`);
  });
  return found.filter((spec) => spec !== undefined);
}

function configOf(plan: ScrapePlan | undefined): string {
  return plan === undefined ? NOTHING_TO_SCRAPE : scrapeYaml(plan);
}

function writeConfig(dir: string, plan: ScrapePlan | undefined): string {
  const path = join(dir, 'prometheus.yml');
  writeFileSync(path, configOf(plan));
  return path;
}

function versionText(command: string, flag: string): string {
  return execFileSync(command, [flag], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
