/**
 * `startup`: a million series (quick: 100,000) scraped for a while, kill -9, start again on the
 * same folder; time until it is ready, and until a query of the last minutes is right.
 */
import { contenders } from './peers.ts';
import { pauseMs, removeDataDir, startProgram, startTargets } from './process.ts';
import { machineLine, printTable, ratio, spread } from './table.ts';

const SERIES_PER_TARGET = 2000;
const ROUNDS = 5;

export async function run(isQuick: boolean): Promise<void> {
  const targetCount = isQuick ? 50 : 500;
  const collectMs = isQuick ? 30_000 : 300_000;
  const targets = await startTargets(targetCount, SERIES_PER_TARGET, 0);
  const plan = { port: targets.port, targets: targetCount, intervalSeconds: isQuick ? 5 : 15 };
  const rows: string[][] = [];
  let ours = Number.NaN;
  for (const spec of contenders(plan)) {
    let program = await startProgram(spec);
    await pauseMs(collectMs);
    const readyMs: number[] = [];
    const answerMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await program.stop('SIGKILL');
      const startMs = performance.now();
      program = await startProgram(spec, program.dataDir);
      readyMs.push(performance.now() - startMs);
      await firstAnswer(program.url, targetCount * SERIES_PER_TARGET * 0.99);
      answerMs.push(performance.now() - startMs);
    }
    const ready = spread(readyMs);
    if (rows.length === 0) ours = ready.median;
    rows.push([
      `${spec.name} ${spec.version}`,
      `${ready.median.toFixed(0)} (${ready.min.toFixed(0)}–${ready.max.toFixed(0)})`,
      spread(answerMs).median.toFixed(0),
      ratio(ours, ready.median),
    ]);
    await program.stop();
    removeDataDir(program);
  }
  await targets.stop();
  printTable(
    `startup after kill -9: ${targetCount * SERIES_PER_TARGET} series, ${ROUNDS} rounds, ${machineLine()}`,
    ['program', 'ready ms', 'first right answer ms', 'our ready / theirs'],
    rows,
  );
}

/** The series of before the kill, counted over the last minutes. */
async function firstAnswer(url: string, seriesMin: number): Promise<void> {
  const expr = 'count(last_over_time({__name__=~"x|c2|c3|y|g2|g3|g4|b_bucket"}[5m]))';
  for (;;) {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const body = (await response.json()) as {
      readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
    };
    if (Number(body.data?.result[0]?.value[1] ?? 0) >= seriesMin) return;
    await pauseMs(20);
  }
}
