/** The alarm policies that are shipped, over the recorded pages of a cluster: quiet but for what is broken. */
import { expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { printExpr } from '../promql/parser/print.ts';
import type { AlarmPolicy } from '../rules/policy/alarm-policy.ts';
import { findCatalogueMetric } from '../rules/policy/catalogue-metrics.ts';
import { compilePolicy } from '../rules/policy/compile-policy.ts';
import { defaultPolicies } from '../rules/policy/default-policies.ts';
import { CatalogueRig } from './catalogue-rig.ts';
import {
  dumpPage,
  LAST_SCRAPE_MS,
  ownersPage,
  SCRAPED_DUMPS,
  storeOfPages,
} from './cluster-dumps.ts';
import { findSuitesDir, suitesDir } from './suites.ts';

const { parser } = ENGINE_DEFAULTS;
const POLICIES = defaultPolicies({ parser, windowMs: 120_000 });

/** What alarms all the same when nobody waits, and why it may. */
const EXPLAINED: Readonly<Record<string, string>> = {
  default_cluster_pods: 'four Pods of the recorded cluster have failed, on purpose',
  default_pod_ready: 'e2e-container-creating never starts, on purpose',
  default_kube_pod_not_ready: 'e2e-container-pending finds no node, on purpose',
  default_pod_restarts: 'counters of recorded pages are made to grow',
  default_container_cpu_throttled_ratio: 'compute-pi-digits is throttled, on purpose',
  default_service_endpoints_ready:
    'a Service without selector, which only our own collector can tell',
  default_kube_client_errors: 'the recorded API server answered with 5xx now and then',
};

test('each has an id and a name of its own, and compiles', () => {
  expect(POLICIES.length).toBeGreaterThan(70);
  expect(new Set(POLICIES.map(({ id }) => id)).size).toBe(POLICIES.length);
  expect(new Set(POLICIES.map(({ name }) => name)).size).toBe(POLICIES.length);
  for (const policy of POLICIES) expect(expressions(policy).length).toBeGreaterThan(0);
});

test.skipIf(findSuitesDir() === undefined)(
  'a healthy cluster is quiet, even without waiting',
  async () => {
    const dir = suitesDir();
    const pages = await Promise.all(SCRAPED_DUMPS.map((dump) => dumpPage(dir, dump)));
    const ksm = pages[SCRAPED_DUMPS.indexOf('ksm')];
    if (ksm === undefined) throw new Error('no page of kube-state-metrics');
    const rig = new CatalogueRig(storeOfPages([...pages, ownersPage(ksm)], 'c1'));
    expect(await rig.record(LAST_SCRAPE_MS)).toEqual([]);
    const loud: string[] = [];
    for (const policy of POLICIES.filter(({ enabled }) => enabled).map(withoutWaiting)) {
      for (const expr of expressions(policy)) {
        const values = await rig.values(expr, LAST_SCRAPE_MS);
        if (values.length > 0) loud.push(`${policy.id} ${JSON.stringify(values[0])}`);
      }
    }
    const unexplained = loud.filter((text) => !((text.split(' ')[0] ?? '') in EXPLAINED));
    expect(unexplained).toEqual([]);
  },
);

/** One bad moment is enough. */
function withoutWaiting(policy: AlarmPolicy): AlarmPolicy {
  const conditions = policy.spec.conditions.map((one) => ({ ...one, datapoints: { m: 1, n: 1 } }));
  return { ...policy, spec: { ...policy.spec, conditions } };
}

function expressions(policy: AlarmPolicy): readonly string[] {
  const options = { findMetric: findCatalogueMetric, parser, queryOffsetMs: 0 };
  return compilePolicy(policy, options).file.groups.flatMap(({ rules }) =>
    rules.map(({ expr }) => printExpr(expr)),
  );
}
