/**
 * `npm run conformance -- compliance`: a real Prometheus and this program get the same samples by
 * remote write, and are asked the same queries over HTTP: those of the compliance tester over a
 * day of its demo service, and those of dashboards over three hours of a cluster. A case is a
 * query; it passes when ranges and instants at all times are answered alike.
 */
import { removeDataDir, startProgram } from '../../bench/process.ts';
import { answerDifferences } from '../compare-with-peer.ts';
import { prometheusProgram, watchkeeperProgram } from '../programs.ts';
import { type ApiAnswer, type PeerAnswer, readAnswer } from '../prometheus-peer.ts';
import { demoHistory } from './compliance/demo-history.ts';
import { dumpHistory } from './compliance/dump-history.ts';
import { type ComplianceQuery, dashboardQueries, testerQueries } from './compliance/queries.ts';
import { writeHistory } from './compliance/write-history.ts';
import type { CaseResult, ConformanceSuite } from './suite.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Prometheus takes a past of this length only when it is told to. */
const CONFIG = `global: {}
storage: { tsdb: { out_of_order_time_window: 2d } }
`;

/** A time that queries are asked at. */
interface Window {
  readonly endMs: number;
  readonly lengthMs: number;
  readonly stepMs: number;
}

interface Sides {
  readonly ours: string;
  readonly theirs: string;
}

export const suite: ConformanceSuite = {
  name: 'compliance',
  caseCount: 1160,
  async run(dir, report) {
    const demo = testerQueries(dir);
    const dashboards = dashboardQueries(dir);
    const spec = prometheusProgram(CONFIG, ['--web.enable-remote-write-receiver']);
    if (spec === undefined) {
      const skipped = 'prometheus is not on PATH';
      for (const { name } of [...demo, ...dashboards]) report({ name, ok: false, skipped });
      return;
    }
    const theirs = await startProgram(spec);
    try {
      const ours = await startProgram(watchkeeperProgram(CONFIG));
      try {
        await compareAll({ ours: ours.url, theirs: theirs.url }, dir, demo, dashboards, report);
      } finally {
        await ours.stop();
        removeDataDir(ours);
      }
    } finally {
      await theirs.stop();
      removeDataDir(theirs);
    }
  },
};

async function compareAll(
  sides: Sides,
  dir: string,
  demo: readonly ComplianceQuery[],
  dashboards: readonly ComplianceQuery[],
  report: (result: CaseResult) => void,
): Promise<void> {
  const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  for (const history of [demoHistory(endMs), dumpHistory(dir, endMs)]) {
    const sampleCount = await writeHistory(history, [sides.ours, sides.theirs]);
    console.log(`${history.series.length} series, ${sampleCount} samples written to both`);
  }
  // Ten minutes in steps of ten seconds, as the tester asks; `offset -10m` finds something.
  const minutes = { lengthMs: 10 * MINUTE_MS, stepMs: 10_000 };
  const demoWindows = [12 * MINUTE_MS, 6 * HOUR_MS, 23.8 * HOUR_MS].map((beforeMs) => {
    return { ...minutes, endMs: endMs - beforeMs };
  });
  const hour = { lengthMs: HOUR_MS, stepMs: MINUTE_MS };
  const dashboardWindows = [0, 1.51 * HOUR_MS].map((beforeMs) => {
    return { ...hour, endMs: endMs - MINUTE_MS - beforeMs };
  });
  let filled = 0;
  for (const [queries, windows] of [
    [demo, demoWindows],
    [dashboards, dashboardWindows],
  ] as const) {
    for (const query of queries) {
      const judged = await judge(sides, query, windows);
      if (judged.hasSeries) filled++;
      report(judged.result);
    }
  }
  console.log(`${filled} of ${demo.length + dashboards.length} queries found series`);
}

async function judge(
  sides: Sides,
  { name, query, shouldFail }: ComplianceQuery,
  windows: readonly Window[],
): Promise<{ result: CaseResult; hasSeries: boolean }> {
  const found: string[] = [];
  let hasSeries = false;
  for (const { endMs, lengthMs, stepMs } of windows) {
    const end = String(endMs / 1000);
    const range = {
      query,
      start: String((endMs - lengthMs) / 1000),
      end,
      step: `${stepMs / 1000}`,
    };
    for (const [path, params] of [
      ['query_range', range],
      ['query', { query, time: end }],
    ] as const) {
      const [ours, theirs] = await Promise.all([
        ask(sides.ours, path, params),
        ask(sides.theirs, path, params),
      ]);
      if (theirs.series.length > 0) hasSeries = true;
      const differences = [...answerDifferences(ours, theirs)];
      if (shouldFail && theirs.error === undefined) differences.push('Prometheus takes it');
      found.push(...differences.map((text) => `${path} at ${end}: ${text}`));
    }
  }
  const expected = 'the answer of Prometheus';
  const got = found.length === 0 ? '' : `${query}\n            ${found.join('\n            ')}`;
  return { result: { name, ok: found.length === 0, expected, got }, hasSeries };
}

async function ask(
  url: string,
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<PeerAnswer> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
  });
  return readAnswer((await response.json()) as ApiAnswer);
}
