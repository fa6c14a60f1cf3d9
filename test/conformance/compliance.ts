/**
 * `npm run conformance -- compliance`: a real Prometheus and this program get the same samples by
 * remote write, and are asked the same queries over HTTP: those of the compliance tester over a
 * day of its demo service, and those of dashboards and rules over three hours of a cluster. A case
 * is a query; it passes when ranges and instants at all times are answered alike.
 */
import { removeDataDir, startProgram } from '../../bench/process.ts';
import { answerDifferences } from '../compare-with-peer.ts';
import { prometheusProgram, watchkeeperProgram } from '../programs.ts';
import { type ApiAnswer, type PeerAnswer, readAnswer } from '../prometheus-peer.ts';
import { demoHistory } from './compliance/demo-history.ts';
import { dumpHistory } from './compliance/dump-history.ts';
import {
  type ComplianceQuery,
  dashboardQueries,
  type RecordingRule,
  ruleQueries,
  testerQueries,
} from './compliance/queries.ts';
import { recordedHistory } from './compliance/recorded-history.ts';
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
  /** Of Prometheus. */
  readonly version: string;
}

export const suite: ConformanceSuite = {
  name: 'compliance',
  caseCount: 1353,
  async run(dir, report) {
    const queries = { demo: testerQueries(dir), dashboards: dashboardQueries(dir) };
    const rules = ruleQueries(dir);
    const spec = prometheusProgram(CONFIG, ['--web.enable-remote-write-receiver']);
    if (spec === undefined) {
      const all = [...queries.demo, ...queries.dashboards, ...rules.queries];
      const skipped = 'prometheus is not on PATH';
      for (const { name } of all) report({ name, ok: false, skipped });
      return;
    }
    const theirs = await startProgram(spec);
    try {
      const ours = await startProgram(watchkeeperProgram(CONFIG));
      try {
        const sides = { ours: ours.url, theirs: theirs.url, version: spec.version };
        const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
        await writeAll(sides, dir, rules.recording, endMs);
        await compareAll(sides, queries.demo, demoWindows(endMs), report);
        const cluster = [...queries.dashboards, ...rules.queries];
        await compareAll(sides, cluster, clusterWindows(endMs), report);
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

async function writeAll(
  { ours, theirs }: Sides,
  dir: string,
  rules: readonly RecordingRule[],
  endMs: number,
): Promise<void> {
  const urls = [ours, theirs];
  const cluster = dumpHistory(dir, endMs);
  for (const history of [demoHistory(endMs), cluster]) {
    const sampleCount = await writeHistory(history, urls);
    console.log(`${history.series.length} series, ${sampleCount} samples written to both`);
  }
  const { startMs, intervalMs, scrapes } = cluster;
  const times = {
    start: String(startMs / 1000),
    end: String((startMs + (scrapes - 1) * intervalMs) / 1000),
    step: String(intervalMs / 1000),
  };
  let sampleCount = 0;
  for (const rule of rules) {
    const answer = await ask(theirs, 'query_range', { query: rule.query, ...times });
    if (answer.error !== undefined) throw new Error(`${rule.record}: ${answer.error}`);
    if (answer.series.length === 0) continue;
    const history = recordedHistory(rule, answer.series, startMs, intervalMs, scrapes);
    sampleCount += await writeHistory(history, urls);
  }
  console.log(`${rules.length} recording rules, ${sampleCount} samples written to both`);
}

/** Ten minutes in steps of ten seconds, as the tester asks; `offset -10m` finds something. */
function demoWindows(endMs: number): readonly Window[] {
  return [12 * MINUTE_MS, 6 * HOUR_MS, 23.8 * HOUR_MS].map((beforeMs) => {
    return { endMs: endMs - beforeMs, lengthMs: 10 * MINUTE_MS, stepMs: 10_000 };
  });
}

function clusterWindows(endMs: number): readonly Window[] {
  return [MINUTE_MS, 1.51 * HOUR_MS].map((beforeMs) => {
    return { endMs: endMs - beforeMs, lengthMs: HOUR_MS, stepMs: MINUTE_MS };
  });
}

async function compareAll(
  sides: Sides,
  queries: readonly ComplianceQuery[],
  windows: readonly Window[],
  report: (result: CaseResult) => void,
): Promise<void> {
  let filled = 0;
  for (const query of queries) {
    const { result, hasSeries } = await judge(sides, query, windows);
    if (hasSeries) filled++;
    report(result);
  }
  console.log(`${filled} of ${queries.length} queries found series`);
}

async function judge(
  sides: Sides,
  { name, query, shouldFail }: ComplianceQuery,
  windows: readonly Window[],
): Promise<{ result: CaseResult; hasSeries: boolean }> {
  const found: string[] = [];
  let hasSeries = false;
  let isTaken = false;
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
      if (theirs.error === undefined) isTaken = true;
      found.push(...answerDifferences(ours, theirs).map((text) => `${path} at ${end}: ${text}`));
    }
  }
  // The tester is older than names in UTF-8, which made a wrong label name a right one.
  if (shouldFail && isTaken && found.length === 0) {
    console.log(`Prometheus ${sides.version} takes ${query}, as we do`);
  }
  const expected = `the answer of Prometheus ${sides.version}`;
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
