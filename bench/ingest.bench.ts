/**
 * `ingest`: 50 targets of 2,000 series scraped each second; CPU of the whole process per sample,
 * HTTP, parsing, storage and merges included, one program after the other on the same pages.
 */
import { contenders } from './peers.ts';
import { pauseMs, removeDataDir, startProgram, startTargets } from './process.ts';
import { machineLine, printTable, ratio } from './table.ts';
import { METRIC_NAMES } from './target-pages.ts';

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

/** Samples that reached the program in the counted time, by its own answer. */
async function countSamples(url: string, seconds: number): Promise<number> {
  let samples = 0;
  for (const name of METRIC_NAMES) {
    const expr = `sum(count_over_time(${name}[${Math.floor(seconds)}s]))`;
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const body = (await response.json()) as {
      data: { result: readonly { value: readonly [number, string] }[] };
    };
    samples += Number(body.data.result[0]?.value[1] ?? 0);
  }
  return samples;
}
