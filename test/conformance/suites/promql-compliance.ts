/** The queries of Prometheus' compliance tester, judged by a Prometheus on the same samples. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../../../promql/engine/engine-options.ts';
import { differences } from '../../compare-with-peer.ts';
import { DEMO_END_MS, demoSeries, demoSource, toOpenMetrics } from '../../demo-series.ts';
import { MISSING_PEER, type PrometheusPeer, startPrometheusPeer } from '../../prometheus-peer.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

const RANGE_MS = 10 * 60_000;
const STEP_MS = 10_000;
/** Of the queries, so that `offset -10m` has something to find. */
const END_MS = DEMO_END_MS - RANGE_MS;

export const suite: ConformanceSuite = {
  name: 'promql-compliance',
  caseCount: 418,
  async run(dir, report) {
    const file = await readFile(join(dir, 'promql-compliance', 'queries.json'), 'utf8');
    const { cases } = JSON.parse(file) as { cases: readonly { query: string }[] };
    const series = demoSeries();
    const peer = await startPrometheusPeer(toOpenMetrics(series));
    if (peer === undefined) {
      for (const { query } of cases) report({ name: query, ok: false, skipped: MISSING_PEER });
      return;
    }
    const engine = createEngine(demoSource(series), ENGINE_DEFAULTS);
    try {
      for (const { query } of cases) report(await judge(query, engine, peer));
    } finally {
      await peer.stop();
    }
  },
};

async function judge(query: string, engine: Engine, peer: PrometheusPeer): Promise<CaseResult> {
  const startMs = END_MS - RANGE_MS;
  const theirs = await peer.range(query, startMs, END_MS, STEP_MS);
  const times = { startMs, endMs: END_MS, stepMs: STEP_MS };
  const ours = await engine
    .range({ expr: query, ...times }, new AbortController().signal)
    .catch((error: unknown) => error as Error);
  const found = differences(ours, theirs);
  return {
    name: query,
    ok: found.length === 0,
    expected: `the answer of Prometheus ${peer.version}`,
    got: found.join('; '),
  };
}
