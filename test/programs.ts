/** A real Prometheus and ourselves, each as a process with a configuration of its own. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findOnPath, type ProgramSpec } from '../bench/process.ts';

const ROOT = resolve(import.meta.dirname, '..');

export function watchkeeperProgram(
  configYaml: string,
  extraFlags: readonly string[] = [],
): ProgramSpec {
  return {
    name: 'watchkeeper',
    version: 'this checkout',
    command: process.execPath,
    args: (port, dir) => [
      resolve(ROOT, 'cli/watchkeeper.ts'),
      'serve',
      `--config.file=${writeConfig(dir, configYaml)}`,
      `--data=${join(dir, 'data')}`,
      `--listen=127.0.0.1:${port}`,
      ...extraFlags,
    ],
    readyPath: '/-/ready',
  };
}

/** Undefined when there is none on PATH. */
export function prometheusProgram(
  configYaml: string,
  extraFlags: readonly string[] = [],
): ProgramSpec | undefined {
  const command = findOnPath('prometheus');
  if (command === undefined) return undefined;
  const version = execFileSync(command, ['--version'], { encoding: 'utf8' });
  return {
    name: 'prometheus',
    version: /version (\d[\d.]*)/.exec(version)?.[1] ?? 'unknown',
    command,
    args: (port, dir) => [
      `--config.file=${writeConfig(dir, configYaml)}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...extraFlags,
    ],
    readyPath: '/-/ready',
  };
}

function writeConfig(dir: string, configYaml: string): string {
  const path = join(dir, 'prometheus.yml');
  writeFileSync(path, configYaml);
  return path;
}
