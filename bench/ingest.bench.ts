/**
 * `ingest`: 50 targets of 2,000 series scraped each second; CPU of the whole process per sample,
 * HTTP, parsing, storage and merges included, one program after the other on the same pages.
 */
import { countSamples } from './count-samples.ts';
import { contenders } from './peers.ts';
import { pauseMs, removeDataDir, startProgram, startTargets } from './process.ts';
import { machineLine, printTable, ratio } from './table.ts';

const TARGETS = 50;
const SERIES_PER_TARGET = 2000;
const CHURN_PER_MINUTE = 0.05;

interface Figure {
  readonly name: string;
  readonly cpuMicrosPerSample: number;
  readonly rssMegabytes: number;
  readonly samplesPerSecond: number;
}

export async function run(isQuick: boolean): Promise<void> {
  const warmUpMs = isQuick ? 8000 : 20_000;
  const countedMs = isQuick ? 15_000 : 60_000;
  const targets = await startTargets(TARGETS, SERIES_PER_TARGET, CHURN_PER_MINUTE);
  const figures: Figure[] = [];
  const plan = { port: targets.port, targets: TARGETS, intervalSeconds: 1 };
  for (const spec of contenders(plan)) {
    const program = await startProgram(spec);
    await pauseMs(warmUpMs);
    const before = program.usage();
    const startMs = performance.now();
    await pauseMs(countedMs);
    const after = program.usage();
    const seconds = (performance.now() - startMs) / 1000;
    const samples = await countSamples(program.url, seconds);
    figures.push({
      name: `${spec.name} ${spec.version}`,
      cpuMicrosPerSample: ((after.cpuSeconds - before.cpuSeconds) / samples) * 1e6,
      rssMegabytes: after.rssBytes / 1e6,
      samplesPerSecond: samples / seconds,
    });
    await program.stop();
    removeDataDir(program);
  }
  await targets.stop();
  const ours = figures[0] as Figure;
  printTable(
    `ingest: ${TARGETS} × ${SERIES_PER_TARGET} series each second, ${countedMs / 1000} s, ${machineLine()}`,
    ['program', 'CPU µs/sample', 'samples/s', 'RSS MB', 'our CPU / theirs'],
    figures.map((figure) => [
      figure.name,
      figure.cpuMicrosPerSample.toFixed(2),
      figure.samplesPerSecond.toFixed(0),
      figure.rssMegabytes.toFixed(0),
      ratio(ours.cpuMicrosPerSample, figure.cpuMicrosPerSample),
    ]),
  );
}
