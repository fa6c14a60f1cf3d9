/**
 * `npm run side-by-side -- --minutes 60`: a real Prometheus and we scrape the same node exporter,
 * Prometheus and etcd; then every stored series is compared. Ends with `N passed, N failed`.
 *
 * Each exporter is scraped twice: itself (job `node`), where the two programs see different
 * moments, and a copy that changes once an interval (job `node-copy`), where every value must be
 * the same. `--calibrate` puts a second Prometheus in our place: what it shows is no fault of ours.
 */
import { parseArgs } from 'node:util';
import { type Program, pauseMs, removeDataDir, startProgram } from '../../bench/process.ts';
import { prometheusProgram, watchkeeperProgram } from '../programs.ts';
import { type Exporter, startExporters } from './exporters.ts';
import { startPageMirror } from './page-mirror.ts';
import { askApi } from './read-series.ts';
import { compareAll, type TargetsAnswer } from './report.ts';

const MINUTE_MS = 60_000;

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    'interval-seconds': { type: 'string', default: '15' },
    calibrate: { type: 'boolean', default: false },
    /** Leaves data and logs of all programs where they are. */
    keep: { type: 'boolean', default: false },
  },
});
const durationMs = Number(flags.minutes) * MINUTE_MS;
const intervalMs = Number(flags['interval-seconds']) * 1000;
if (!(durationMs > 0 && intervalMs >= 1000)) {
  console.error('--minutes must be above 0, --interval-seconds at least 1');
  process.exit(2);
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Leaving this way ends the programs hard.
    if (interrupted.signal.aborted) process.exit(1);
    console.log(`${signal}: comparing what there is; once more to leave it`);
    interrupted.abort();
  });
}
async function main(): Promise<boolean> {
  const exporters = await startExporters();
  const mirror = await startPageMirror(exporters.list, intervalMs);
  const programs: Program[] = [];
  try {
    const config = scrapeYaml(exporters.list, mirror.address);
    const theirs = await startProgram({ ...requirePrometheus(config), isDetached: true });
    programs.push(theirs);
    const spec = flags.calibrate ? requirePrometheus(config) : watchkeeperProgram(config);
    const ours = await startProgram({ ...spec, isDetached: true });
    programs.push(ours);
    console.log(`ours ${ours.name} ${ours.version} at ${ours.url}, data in ${ours.dataDir}`);
    console.log(`theirs ${theirs.name} ${theirs.version} at ${theirs.url}`);
    // The first scrapes come at different times: the window begins when both have had theirs.
    await pauseMs(2 * intervalMs);
    const startMs = Date.now();
    await runUntil(startMs + durationMs, ours, theirs);
    const endMs = Date.now() - 1000;
    // What was scraped before `endMs` is readable one interval later at the latest.
    await pauseMs(intervalMs);
    return await compareAll(ours, theirs, exporters.list, startMs, endMs);
  } finally {
    for (const program of programs) await program.stop();
    if (!flags.keep) programs.forEach(removeDataDir);
    await mirror.stop();
    await exporters.stop();
  }
}

function requirePrometheus(configYaml: string) {
  const spec = prometheusProgram(configYaml);
  if (spec === undefined) throw new Error('prometheus is not on PATH');
  return spec;
}

function scrapeYaml(exporters: readonly Exporter[], mirrorAddress: string): string {
  const jobs = exporters.flatMap(({ job, address }) => [
    `  - { job_name: ${job}, static_configs: [{ targets: ['${address}'] }] }`,
    `  - { job_name: ${job}-copy, metrics_path: /${job}, static_configs: [{ targets: ['${mirrorAddress}'] }] }`,
  ]);
  const interval = `${intervalMs / 1000}s`;
  return `global: { scrape_interval: ${interval}, scrape_timeout: ${interval} }
scrape_configs:
${jobs.join('\n')}
`;
}

/** Shows each minute that both are alive, and what they use. */
async function runUntil(endMs: number, ...programs: readonly Program[]): Promise<void> {
  let nextReportMs = Date.now() + MINUTE_MS;
  while (Date.now() < endMs && !interrupted.signal.aborted) {
    await pauseMs(Math.min(500, Math.max(0, endMs - Date.now())));
    if (Date.now() < nextReportMs) continue;
    nextReportMs += MINUTE_MS;
    const texts = await Promise.all(programs.map(stateText));
    console.log(`${new Date().toISOString()}  ${texts.join('  ')}`);
  }
}

async function stateText(program: Program): Promise<string> {
  const { cpuSeconds, rssBytes } = program.usage();
  const targets = await askApi<TargetsAnswer>(program.url, 'targets', { state: 'active' });
  const up = targets.activeTargets.filter(({ health }) => health === 'up').length;
  const memory = `${(rssBytes / 2 ** 20).toFixed(0)} MiB`;
  const upText = `${up}/${targets.activeTargets.length} up`;
  return `${program.name}: ${upText}, ${cpuSeconds.toFixed(1)} s CPU, ${memory}`;
}

process.exitCode = (await main()) ? 0 : 1;
