/** The scenarios whose alerts come by the API, all at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pauseMs, removeDataDir, startProgram } from '../../../bench/process.ts';
import { alertScenarios, MINUTE_AT, type MinuteNames } from './alert-scenarios.ts';
import { alertmanagerYaml } from './alertmanager-yaml.ts';
import { answererOf, drive, type Judgement, judge } from './drive.ts';
import { alertmanagerProgram, NO_ALERTMANAGER, ourProgram } from './systems.ts';
import { startSink } from './webhook-sink.ts';

const MINUTE_MS = 60_000;
/** Starting takes some seconds, more on a busy machine. */
const PREPARE_MS = 60_000;

export async function runAlertScenarios(
  only: ReadonlySet<string> | undefined,
): Promise<readonly Judgement[]> {
  const startMs = nextStartMs(Date.now() + PREPARE_MS);
  const all = alertScenarios(minutes(startMs, 'UTC'), minutes(startMs, 'Asia/Kolkata'));
  const scenarios = only === undefined ? all : all.filter(({ id }) => only.has(id));
  if (scenarios.length === 0) return [];
  const answerer = answererOf(scenarios, () => startMs);
  const ourSink = await startSink(answerer);
  const theirSink = await startSink(answerer);
  const dir = mkdtempSync(join(tmpdir(), 'alerting-'));
  const theirSpec = alertmanagerProgram(alertmanagerYaml(scenarios, theirSink.url));
  if (theirSpec === undefined) throw new Error(NO_ALERTMANAGER);
  const theirs = await startProgram(theirSpec);
  const ours = await startProgram(ourProgram(alertmanagerYaml(scenarios, ourSink.url), dir));
  try {
    if (Date.now() > startMs) throw new Error('starting took too long');
    await pauseMs(startMs - Date.now());
    const sides = [
      { url: () => ours.url, received: ourSink.received },
      { url: () => theirs.url, received: theirSink.received },
    ];
    await drive(scenarios, sides, startMs);
    return scenarios.map((one) => judge(one, ourSink.received, theirSink.received, startMs));
  } finally {
    await Promise.all([ours.stop(), theirs.stop(), ourSink.close(), theirSink.close()]);
    removeDataDir(ours);
    removeDataDir(theirs);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `MINUTE_AT` seconds before a minute. */
function nextStartMs(afterMs: number): number {
  const offsetMs = MINUTE_AT * 1000;
  return Math.ceil((afterMs + offsetMs) / MINUTE_MS) * MINUTE_MS - offsetMs;
}

function minutes(startMs: number, timeZone: string): MinuteNames {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return { first: format.format(startMs), second: format.format(startMs + MINUTE_AT * 1000) };
}
