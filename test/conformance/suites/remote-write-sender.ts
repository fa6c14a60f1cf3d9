/** Requirements on a remote write sender, judged by what a receiver gets from ours. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SenderRig } from '../../remote-send/sender-rig.ts';
import { until } from '../../until.ts';
import { checkOf, isRefused, optionsOf, pageOf, type SenderCase } from '../sender-checks.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

/** MAY, and not done. */
const NOT_DONE: Readonly<Record<string, string>> = {
  start_timestamp_for_counters: 'start timestamps are not sent (MAY)',
  start_timestamp_for_histograms: 'start timestamps are not sent (MAY)',
  histogram_negative_buckets: 'the page has no native histogram, and no text format has one',
  histogram_zero_bucket: 'the page has no native histogram, and no text format has one',
};

export const suite: ConformanceSuite = {
  name: 'remote-write-sender',
  caseCount: 147,
  async run(dir, report) {
    const file = await readFile(join(dir, 'remote-write', 'sender_cases.json'), 'utf8');
    const { cases } = JSON.parse(file) as { cases: readonly SenderCase[] };
    for (const one of cases) report(await judge(one));
  },
};

async function judge(one: SenderCase): Promise<CaseResult> {
  const name = `${one.level} ${one.file} ${one.name}`;
  const skipped = NOT_DONE[one.name];
  if (skipped !== undefined) return { name, ok: true, skipped };
  const rig = new SenderRig(optionsOf(one));
  const problem = await run(rig, one);
  return problem === undefined
    ? { name, ok: true }
    : { name, ok: false, expected: one.requirement, got: problem };
}

async function run(rig: SenderRig, one: SenderCase): Promise<string | undefined> {
  if (one.name === 'handle_connection_refused') {
    const port = await rig.start();
    await rig.stop();
    return runRefused(one, port);
  }
  await rig.start();
  try {
    const page = pageOf(one);
    const pageProblem = rig.scrape(page);
    await rig.requestCount(1);
    rig.scrape(page);
    await rig.stop();
    const invalid = rig.requests.flatMap(({ problems }) => problems);
    if (invalid.length > 0) return invalid.join('; ');
    const problem = checkOf(one)?.(rig);
    if (problem !== undefined) return pageProblem === '' ? problem : `${problem}; ${pageProblem}`;
    if (isRefused(one)) return undefined;
    const undelivered = rig.undelivered();
    return undelivered === '' ? undefined : undelivered;
  } catch (error) {
    await rig.stop();
    return error instanceof Error ? error.message : String(error);
  }
}

/** Nobody listens at first. */
async function runRefused(one: SenderCase, port: number): Promise<string | undefined> {
  const rig = new SenderRig(optionsOf(one));
  rig.applyConfig(port);
  rig.scrape(pageOf(one));
  await until('a refused connection', () => rig.logged.length > 0);
  await rig.start(port);
  await rig.stop();
  const undelivered = rig.undelivered();
  return checkOf(one)?.(rig) ?? (undelivered === '' ? undefined : undelivered);
}
