/**
 * The rules and dashboards that people have for Kubernetes, over the recorded pages of a cluster and
 * what is built in: nothing fails, and what has no data is known with its reason.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { parseExpr } from '../promql/parser/parser.ts';
import { walkExpr } from '../promql/parser/walk.ts';
import { CatalogueRig } from './catalogue-rig.ts';
import {
  dumpPage,
  LAST_SCRAPE_MS,
  ownersPage,
  SCRAPED_DUMPS,
  storeOfPages,
} from './cluster-dumps.ts';
import {
  type ComplianceQuery,
  dashboardQueries,
  ruleQueries,
} from './conformance/compliance/queries.ts';
import { findSuitesDir, suitesDir } from './suites.ts';

/** As the queries of the conformance suite have it. */
const CLUSTER = 'c1';
const INSTANCE = 'node-1';

interface Outcome {
  readonly withData: number;
  /** A page that was not recorded would have what they select. */
  readonly withoutSource: number;
  readonly withoutData: readonly string[];
}

/** Why a query has no data although each of its selectors has. */
const WITHOUT_DATA: Readonly<Record<string, string>> = {
  'count:up0': 'every target is up',
  'node:node_num_cpu:sum': 'joins by the Pod of node-exporter, which here runs in none',
  'dotdc/k8s-views-global.json #44': 'containers that ran out of memory: none did',
  'dotdc/k8s-views-namespaces.json #28': 'the same, by Pod',
  'dotdc/k8s-views-pods.json #25': 'the same, by container',
  'dotdc/k8s-views-pods.json #26': 'containers of kube-system that restarted: none did',
};

describe.skipIf(findSuitesDir() === undefined)('rules and dashboards of the field', () => {
  let rig: CatalogueRig;
  const isEmpty = new Map<string, boolean>();

  beforeAll(async () => {
    const dir = suitesDir();
    const pages = await Promise.all(SCRAPED_DUMPS.map((dump) => dumpPage(dir, dump)));
    const ksm = pages[SCRAPED_DUMPS.indexOf('ksm')];
    if (ksm === undefined) throw new Error('no page of kube-state-metrics');
    // Dashboards ask for a node by its instance.
    const placed = pages.map((page) =>
      page.job === 'node-exporter'
        ? { ...page, labels: { ...page.labels, instance: INSTANCE } }
        : page,
    );
    rig = new CatalogueRig(storeOfPages([...placed, ownersPage(ksm)], CLUSTER));
    expect(await rig.record(LAST_SCRAPE_MS, true)).toEqual([]);
  });

  /** Selectors of the query that select nothing. */
  async function emptySelectors(query: string): Promise<readonly string[]> {
    const texts = new Set<string>();
    walkExpr(parseExpr(query, ENGINE_DEFAULTS.parser), (node) => {
      if (node.kind === 'vector-selector') texts.add(`{${node.matchers.join(',')}}`);
      return undefined;
    });
    const empty: string[] = [];
    for (const text of texts) {
      let none = isEmpty.get(text);
      if (none === undefined) {
        none = (await rig.values(text, LAST_SCRAPE_MS)).length === 0;
        isEmpty.set(text, none);
      }
      if (none) empty.push(text);
    }
    return empty;
  }

  async function outcomeOf(queries: readonly ComplianceQuery[]): Promise<Outcome> {
    let withData = 0;
    let withoutSource = 0;
    const withoutData: string[] = [];
    for (const { name, query } of queries) {
      const values = await rig.values(query, LAST_SCRAPE_MS);
      if (values.length > 0) withData++;
      else if ((await emptySelectors(query)).length > 0) withoutSource++;
      else withoutData.push(name);
    }
    return { withData, withoutSource, withoutData };
  }

  function expectExplained({ withoutData }: Outcome): void {
    const unexplained = withoutData.filter((name) => !(name in WITHOUT_DATA));
    expect(unexplained).toEqual([]);
  }

  test('what is recorded has data, or no source', async () => {
    const { recording } = ruleQueries(suitesDir());
    const outcome = await outcomeOf(
      recording.map(({ record, query }) => ({ name: record, query, shouldFail: false })),
    );
    expectExplained(outcome);
    expect(outcome).toMatchObject({ withData: 66, withoutSource: 27 });
  });

  test('every rule evaluates; alerts without data are those that do not fire', async () => {
    const { queries } = ruleQueries(suitesDir());
    expect(queries).toHaveLength(193);
    const { withData, withoutSource, withoutData } = await outcomeOf(queries);
    expect(withData + withoutSource + withoutData.length).toBe(193);
    expect(withData).toBeGreaterThanOrEqual(77);
  });

  test('panels of dashboards have data, or no source', async () => {
    const queries = dashboardQueries(suitesDir());
    expect(queries).toHaveLength(742);
    const outcome = await outcomeOf(queries);
    expectExplained(outcome);
    expect(outcome).toMatchObject({ withData: 547, withoutSource: 191 });
  });
});
