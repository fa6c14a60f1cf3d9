/**
 * `remote-write`: a real Prometheus scrapes 20 targets of 1,000 series each second and sends all to
 * one receiver after the other; CPU of the receiver per sample.
 */
import { countSamples } from './count-samples.ts';
import { ourselves, prometheus, sendingPrometheus, victoriaMetrics } from './peers.ts';
import { pauseMs, removeDataDir, startProgram, startTargets } from './process.ts';
import { machineLine, printTable, ratio } from './table.ts';

const TARGETS = 20;
const SERIES_PER_TARGET = 1000;
const CHURN_PER_MINUTE = 0.05;
const V1 = 'prometheus.WriteRequest';
const V2 = 'io.prometheus.write.v2.Request';

interface Figure {
  readonly name: string;
  readonly cpuMicrosPerSample: number;
  readonly samplesPerSecond: number;
  readonly rssMegabytes: number;
}

export async function run(isQuick: boolean): Promise<void> {
  const warmUpMs = isQuick ? 8000 : 20_000;
  const countedMs = isQuick ? 15_000 : 60_000;
  const targets = await startTargets(TARGETS, SERIES_PER_TARGET, CHURN_PER_MINUTE);
  const plan = { port: targets.port, targets: TARGETS, intervalSeconds: 1 };
  const receivers = [
    { spec: ourselves(undefined), message: V1 },
    { spec: ourselves(undefined), message: V2 },
    { spec: prometheus(undefined), message: V1 },
    { spec: prometheus(undefined), message: V2 },
    { spec: victoriaMetrics(undefined), message: V1 },
  ];
  const figures: Figure[] = [];
  for (const { spec, message } of receivers) {
    if (spec === undefined) continue;
    const receiver = await startProgram(spec);
    const sending = sendingPrometheus(plan, `${receiver.url}/api/v1/write`, message);
    if (sending === undefined) {
      console.log('prometheus is not on PATH: nobody to send');
      await receiver.stop();
      removeDataDir(receiver);
      break;
    }
    const sender = await startProgram(sending);
    await pauseMs(warmUpMs);
    const before = receiver.usage();
    const startMs = performance.now();
    await pauseMs(countedMs);
    const after = receiver.usage();
    const seconds = (performance.now() - startMs) / 1000;
    const samples = await countSamples(receiver.url, seconds);
    figures.push({
      name: `${spec.name} ${spec.version}, ${message === V1 ? '1.0' : '2.0'}`,
      cpuMicrosPerSample: ((after.cpuSeconds - before.cpuSeconds) / samples) * 1e6,
      samplesPerSecond: samples / seconds,
      rssMegabytes: after.rssBytes / 1e6,
    });
    await sender.stop();
    removeDataDir(sender);
    await receiver.stop();
    removeDataDir(receiver);
  }
  await targets.stop();
  const ours = figures[0];
  if (ours === undefined) return;
  printTable(
    `remote write: ${TARGETS} × ${SERIES_PER_TARGET} series each second, ${countedMs / 1000} s, ${machineLine()}`,
    ['receiver', 'CPU µs/sample', 'samples/s', 'samples/s per core', 'RSS MB', 'our CPU / theirs'],
    figures.map((figure) => [
      figure.name,
      figure.cpuMicrosPerSample.toFixed(2),
      figure.samplesPerSecond.toFixed(0),
      (1e6 / figure.cpuMicrosPerSample).toFixed(0),
      figure.rssMegabytes.toFixed(0),
      ratio(ours.cpuMicrosPerSample, figure.cpuMicrosPerSample),
    ]),
  );
}
