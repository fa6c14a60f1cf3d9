/** A real Alertmanager, and us in its place. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findOnPath, type ProgramSpec } from '../../../bench/process.ts';
import { watchkeeperProgram } from '../../programs.ts';

/** Where Debian's Alertmanager looks for its templates, compiled in. */
const TEMPLATE_DIR = '/usr/share/prometheus/alertmanager';

export const NO_ALERTMANAGER = 'prometheus-alertmanager is not on PATH';

/** @returns undefined when there is none on PATH */
export function alertmanagerProgram(
  configYaml: string,
  flags: readonly string[] = [],
): ProgramSpec | undefined {
  const command = findOnPath('prometheus-alertmanager') ?? findOnPath('alertmanager');
  if (command === undefined) return undefined;
  linkTemplates(command);
  const version = execFileSync(command, ['--version'], { encoding: 'utf8' });
  return {
    name: 'alertmanager',
    version: /version (\d[\d.]*)/.exec(version)?.[1] ?? 'unknown',
    command,
    args: (port, dir) => [
      `--config.file=${write(dir, 'alertmanager.yml', configYaml)}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      ...flags,
    ],
    readyPath: '/-/ready',
  };
}

export function alertmanagerVersion(): string {
  return alertmanagerProgram('')?.version ?? 'unknown';
}

/** @param prometheusYaml scrapes and rules; nothing is scraped without it */
export function ourProgram(
  configYaml: string,
  dir: string,
  prometheusYaml = 'scrape_configs: []\n',
  flags: readonly string[] = [],
): ProgramSpec {
  return watchkeeperProgram(prometheusYaml, [
    `--alertmanager.config-file=${write(dir, 'alertmanager.yml', configYaml)}`,
    '--alertmanager.data.maintenance-interval=5s',
    ...flags,
  ]);
}

export function write(dir: string, name: string, text: string): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** A package that is unpacked somewhere else has its templates beside it. */
function linkTemplates(command: string): void {
  if (existsSync(TEMPLATE_DIR)) return;
  const unpacked = resolve(dirname(realpathSync(command)), '../share/prometheus/alertmanager');
  if (!existsSync(unpacked)) return;
  mkdirSync(dirname(TEMPLATE_DIR), { recursive: true });
  symlinkSync(unpacked, TEMPLATE_DIR);
}
