/** Three real programs to scrape: a node exporter, a Prometheus and an etcd. */
import { join } from 'node:path';
import {
  findOnPath,
  freePort,
  type Program,
  type ProgramSpec,
  removeDataDir,
  startProgram,
} from '../../bench/process.ts';
import { prometheusProgram } from '../programs.ts';

export interface Exporter {
  readonly job: string;
  /** `host:port`; pages are at `/metrics`. */
  readonly address: string;
}

export interface Exporters {
  readonly list: readonly Exporter[];
  stop(): Promise<void>;
}

/** @throws Error naming a program that is not on PATH, or one that does not start */
export async function startExporters(): Promise<Exporters> {
  const running: Program[] = [];
  const list: Exporter[] = [];
  const start = async (job: string, spec: ProgramSpec): Promise<string> => {
    const program = await startProgram({ ...spec, isDetached: true });
    running.push(program);
    const { host } = new URL(program.url);
    list.push({ job, address: host });
    return host;
  };
  const stop = async (): Promise<void> => {
    for (const program of running.splice(0)) {
      await program.stop();
      removeDataDir(program);
    }
  };
  try {
    const nodeAddress = await start('node', nodeExporter());
    await start('prometheus', busyPrometheus(nodeAddress));
    await start('etcd', etcd(await freePort()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { list, stop };
}

function nodeExporter(): ProgramSpec {
  return {
    name: 'node-exporter',
    version: '',
    command: requireOnPath('prometheus-node-exporter'),
    args: (port) => [`--web.listen-address=127.0.0.1:${port}`],
    readyPath: '/',
  };
}

/** Another one than the one we are compared with, which is to be a scraper only. */
function busyPrometheus(nodeAddress: string): ProgramSpec {
  const spec = prometheusProgram(`global: { scrape_interval: 5s }
scrape_configs:
  - { job_name: node, static_configs: [{ targets: ['${nodeAddress}'] }] }
`);
  if (spec === undefined) throw new Error('prometheus is not on PATH');
  return spec;
}

function etcd(peerPort: number): ProgramSpec {
  return {
    name: 'etcd',
    version: '',
    command: requireOnPath('etcd'),
    args: (port, dir) => [
      `--data-dir=${join(dir, 'etcd')}`,
      `--listen-client-urls=http://127.0.0.1:${port}`,
      `--advertise-client-urls=http://127.0.0.1:${port}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    ],
    readyPath: '/health',
  };
}

function requireOnPath(name: string): string {
  const path = findOnPath(name);
  if (path === undefined) throw new Error(`${name} is not on PATH`);
  return path;
}
