/** Loads the configuration from its files. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Problems } from './config-errors.ts';
import { GlobError, globFiles } from './glob-files.ts';
import { quote } from './go-text.ts';
import {
  type ReadContext,
  readAlertmanagerFile,
  readMainFile,
  readScrapeConfigFile,
} from './read-config.ts';
import { JobNames } from './read-scrape-config.ts';
import type { Config, ScrapeConfig } from './types.ts';
import { decodeYaml } from './yaml-source.ts';

export interface LoadOptions {
  /** Variables for external labels, and `WATCHKEEPER_…` for our own settings; none by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** An Alertmanager file, whose sections replace those of the main file. */
  readonly alertmanagerPath?: string;
  /** Refuses what has no place in Prometheus' agent mode. */
  readonly agentMode?: boolean;
  /** `host:port` of our own metrics, which we scrape when there is no file. */
  readonly selfTarget?: string;
}

const SELF_TARGET = 'localhost:9090';
const NO_FILE = '(no configuration file)';

/**
 * Reads a configuration and everything it includes. Nothing is kept from one call to the next: on
 * reload, take the new one or keep the old.
 *
 * @param file undefined: a configuration that scrapes ourselves
 * @throws ConfigErrors with every problem found
 */
export async function loadConfig(
  file: string | undefined,
  options: LoadOptions = {},
): Promise<Config> {
  const problems = new Problems();
  const context: ReadContext = {
    problems,
    dir: path.resolve(file === undefined ? '.' : path.dirname(file)),
    env: options.env ?? {},
    agentMode: options.agentMode ?? false,
  };
  const jobNames = new JobNames();
  const shown = file ?? NO_FILE;
  const text = file === undefined ? selfConfig(options) : await readText(file, problems);
  const main = text === undefined ? undefined : readMainFile(shown, text, context, jobNames);
  const included = main === undefined ? [] : await readIncluded(main, context, jobNames);
  const notifications = await readAlertmanager(options.alertmanagerPath, context);
  problems.throwIfAny(shown);
  // `throwIfAny` has thrown if there is no main: its absence is always a problem.
  const config = main as Config;
  return {
    ...config,
    path: file,
    scrapeConfigs: [...config.scrapeConfigs, ...included],
    notifications: notifications ?? config.notifications,
  };
}

function selfConfig(options: LoadOptions): string {
  const target = options.selfTarget ?? SELF_TARGET;
  const job = {
    job_name: 'watchkeeper',
    scrape_interval: '15s',
    static_configs: [{ targets: [target] }],
  };
  // JSON is YAML.
  return JSON.stringify({ scrape_configs: [job] });
}

async function readText(file: string, problems: Problems): Promise<string | undefined> {
  try {
    return decodeYaml(file, await readFile(file), problems);
  } catch (cause) {
    problems.add({ file, line: 1, column: 1 }, openProblem(file, cause), '', { cause });
    return undefined;
  }
}

/** The words of Go, which people search for. */
function openProblem(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
      return `open ${file}: no such file or directory`;
    case 'EACCES':
      return `open ${file}: permission denied`;
    case 'EISDIR':
      return `read ${file}: is a directory`;
    default:
      return `open ${file}: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

async function readIncluded(
  main: Config,
  context: ReadContext,
  jobNames: JobNames,
): Promise<readonly ScrapeConfig[]> {
  const { problems } = context;
  const configs: ScrapeConfig[] = [];
  for (const pattern of main.scrapeConfigFiles) {
    for (const file of await findIncluded(pattern, main, problems)) {
      const text = await readText(file, problems);
      if (text === undefined) continue;
      const inFile: ReadContext = { ...context, dir: path.dirname(file) };
      configs.push(...readScrapeConfigFile(file, text, main.global, inFile, jobNames));
    }
  }
  return configs;
}

async function findIncluded(
  pattern: string,
  main: Config,
  problems: Problems,
): Promise<readonly string[]> {
  try {
    return await globFiles(pattern);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    const text = `error retrieving scrape config files for ${quote(pattern)}: ${error.message}`;
    problems.add({ file: main.path ?? NO_FILE, line: 1, column: 1 }, text);
    return [];
  }
}

async function readAlertmanager(
  file: string | undefined,
  context: ReadContext,
): Promise<Config['notifications']> {
  if (file === undefined) return undefined;
  const text = await readText(file, context.problems);
  if (text === undefined) return undefined;
  const inFile: ReadContext = { ...context, dir: path.resolve(path.dirname(file)) };
  return readAlertmanagerFile(file, text, inFile);
}
