import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { testFolder } from '../../test/certificates.ts';
import { until } from '../../test/until.ts';
import { FailureLog } from './failure-log.ts';

const T0 = Date.UTC(2026, 0, 1);

test('each failed scrape is one JSON line, added to what the file holds', async () => {
  const path = join(testFolder(), 'failures.log');
  const log = new FailureLog(SILENT_LOGGER);

  log.write(path, 'job', 'http://a/metrics', 'no "answer"', T0);
  await log.close();
  log.write(path, 'job', 'http://b/metrics', 'EOF', T0);
  log.write('', 'job', 'http://c/metrics', 'not to be written', T0);
  await log.close();

  const lines = readFileSync(path, 'utf8').trim().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      time: '2026-01-01T00:00:00.000Z',
      level: 'ERROR',
      msg: 'no "answer"',
      job_name: 'job',
      target: 'http://a/metrics',
    },
    expect.objectContaining({ msg: 'EOF', target: 'http://b/metrics' }),
  ]);
});

test('a file that cannot be written is said in the log and stops nothing', async () => {
  const said: string[] = [];
  const log = new FailureLog({ ...SILENT_LOGGER, error: (message) => said.push(message) });

  log.write('/nowhere/failures.log', 'job', 'http://a/metrics', 'EOF', T0);

  await until('the complaint', () => said.length > 0);
  await log.close();
  expect(said).toEqual(['cannot write scrape failure log']);
});
