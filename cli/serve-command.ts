/** `watchkeeper serve`: starts the program, prints where it answers, and stops it on a signal. */
import type { Logger } from '../model/logger.ts';
import { DirectoryInUseError } from '../store/clickhouse/directory-lock.ts';
import { FEATURES } from './features.ts';
import { type ParsedFlags, UsageError } from './flags.ts';
import { createLogger } from './logger.ts';
import { type Program, startProgram } from './program.ts';
import { serveOptions } from './serve-options.ts';

const EXIT_FAILED = 1;

/** @returns the exit code, when the program has ended */
export async function runServe(flags: ParsedFlags): Promise<number> {
  const options = serveOptions(flags);
  const logger = createLogger({
    level: options.logLevel,
    format: options.logFormat,
    write: (line) => process.stderr.write(line),
    now: Date.now,
  });
  if (flags.ignored.length > 0) {
    logger.warn('flags that have no effect here were given', { flags: flags.ignored.join(' ') });
  }
  const unknown = [...options.features].filter((feature) => !FEATURES.includes(feature));
  if (unknown.length > 0) {
    logger.warn('unknown features were given', { features: unknown.join(' ') });
  }
  process.on('unhandledRejection', (reason) => {
    logger.error('unhandled rejection: a bug', { error: reason });
    process.exit(EXIT_FAILED);
  });
  const ended = Promise.withResolvers<void>();
  const program = await start(() => ended.resolve());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve());
  process.on('SIGHUP', () => void program.reload().catch(() => undefined));
  console.log(`Watchkeeper answers at ${program.url}`);
  if (options.configFile === undefined) {
    console.log(
      'It watches itself, and the cluster of KUBECONFIG if there is one: open the address in a ' +
        'browser. Next: --config.file=prometheus.yml to scrape your targets.',
    );
  }
  await ended.promise;
  logger.info('stopping: what is in memory goes to disk');
  await program.stop();
  return 0;

  async function start(onQuit: () => void): Promise<Program> {
    announce(options.dataDir, options.configFile, logger);
    try {
      return await startProgram(options, logger, onQuit);
    } catch (error) {
      const isExpected = error instanceof DirectoryInUseError || isListenError(error);
      if (isExpected) throw new UsageError((error as Error).message, { cause: error });
      throw error;
    }
  }
}

function announce(dataDir: string, configFile: string | undefined, logger: Logger): void {
  logger.info('starting', {
    data: dataDir,
    config: configFile ?? '(none: watching itself)',
    node: process.versions.node,
  });
}

function isListenError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('cannot listen on ');
}
