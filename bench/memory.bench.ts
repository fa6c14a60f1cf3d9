/**
 * `memory`: a million active series (quick: 200,000) scraped every 15 s; resident memory of each
 * program each minute, one program after the other.
 */
import { contenders } from './peers.ts';
import { pauseMs, removeDataDir, startProgram, startTargets } from './process.ts';
import { machineLine, printTable, ratio } from './table.ts';

const SERIES_PER_TARGET = 2000;
const INTERVAL_SECONDS = 15;
const READINGS = 6;

export async function run(isQuick: boolean): Promise<void> {
  const targetCount = isQuick ? 100 : 500;
  const minutes = isQuick ? 3 : 60;
  const targets = await startTargets(targetCount, SERIES_PER_TARGET, 0);
  const plan = { port: targets.port, targets: targetCount, intervalSeconds: INTERVAL_SECONDS };
  const rows: { name: string; readings: number[]; cpuSeconds: number }[] = [];
  for (const spec of contenders(plan)) {
    const program = await startProgram(spec);
    const readings: number[] = [];
    for (let reading = 0; reading < READINGS; reading++) {
      await pauseMs((minutes * 60_000) / READINGS);
      readings.push(program.usage().rssBytes / 1e6);
    }
    rows.push({
      name: `${spec.name} ${spec.version}`,
      readings,
      cpuSeconds: program.usage().cpuSeconds,
    });
    await program.stop();
    removeDataDir(program);
  }
  await targets.stop();
  const ours = rows[0]?.readings.at(-1) ?? Number.NaN;
  printTable(
    `memory: ${targetCount * SERIES_PER_TARGET} series every ${INTERVAL_SECONDS} s, ${minutes} min, ${machineLine()}`,
    ['program', `RSS MB, ${READINGS} readings`, 'CPU s in all', 'our last / theirs'],
    rows.map(({ name, readings, cpuSeconds }) => [
      name,
      readings.map((reading) => reading.toFixed(0)).join(' '),
      cpuSeconds.toFixed(0),
      ratio(ours, readings.at(-1) ?? Number.NaN),
    ]),
  );
}
