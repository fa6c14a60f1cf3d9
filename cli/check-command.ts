/** `watchkeeper check config|metrics`: what would be wrong, before it is. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { validateExposition } from '../collector/exposition-check/validate-exposition.ts';
import { loadConfig } from '../config/load-config.ts';
import { UsageError } from './flags.ts';

/** promtool's exit code for lint findings of metrics that parse. */
const EXIT_LINT = 3;

/** @returns the exit code; throws ConfigErrors for a bad configuration */
export async function runCheck(
  argv: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const [what, file, ...rest] = argv;
  if (rest.length > 0) throw new UsageError(`one file at a time: ${rest.join(' ')}`);
  if (what === 'config' && file !== undefined) return checkConfig(file, print);
  if (what === 'metrics') return checkMetrics(file, print);
  throw new UsageError('usage: watchkeeper check config FILE | check metrics [FILE]');
}

async function checkConfig(file: string, print: (line: string) => void): Promise<number> {
  const config = await loadConfig(file, { env: process.env });
  print(`${file}: the configuration is valid: ${config.scrapeConfigs.length} scrape configs`);
  return 0;
}

async function checkMetrics(
  file: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  const body =
    file === undefined || file === '-'
      ? Buffer.from(await text(process.stdin))
      : await readFile(file).catch((cause: unknown) => {
          throw new UsageError(`cannot read ${file}: ${String(cause)}`, { cause });
        });
  const problems = validateExposition(body, 'text/plain; version=0.0.4');
  const shown = file ?? '(standard input)';
  for (const { line, metric, problem } of problems) {
    print(`${shown}:${line}: ${metric === '' ? '' : `${metric}: `}${problem}`);
  }
  return problems.length > 0 ? EXIT_LINT : 0;
}
