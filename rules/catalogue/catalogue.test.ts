import { describe, expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { typeOf } from '../../promql/parser/value-type.ts';
import { walkExpr } from '../../promql/parser/walk.ts';
import { besidesOwn, builtInRules } from './built-in-rules.ts';
import { CATALOGUE, catalogueMetric, TKE_ALIASES } from './catalogue.ts';
import { expandMacros, rateWindowMs } from './expand-macros.ts';
import { metricExpression } from './metric-expression.ts';

const { parser } = ENGINE_DEFAULTS;
const WINDOW_MS = rateWindowMs(30_000);
const SHOWN = CATALOGUE.filter(({ isBlock }) => !isBlock);

function builtIn(mixinRules: boolean): ReturnType<typeof builtInRules> {
  return builtInRules({ mixinRules, windowMs: WINDOW_MS, parser });
}

describe('the catalogue', () => {
  test('has 85 metrics: 36 of them core, 62 with a name of TKE, 47 with an alarm', () => {
    expect(SHOWN).toHaveLength(85);
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
    expect(SHOWN.filter(({ isCore }) => isCore)).toHaveLength(36);
    expect(SHOWN.filter(({ tke }) => tke !== undefined)).toHaveLength(62);
    expect(SHOWN.filter(({ alarms }) => alarms !== undefined)).toHaveLength(47);
  });

  test.each(CATALOGUE)('$name is named after its level, in two languages, and parses', (metric) => {
    const { name, level, en, zh, identity, labels = [] } = metric;
    expect(name).toMatch(new RegExp(`^wk_${level}_[a-z0-9_]+$`));
    expect(en).toMatch(/^[A-Za-z]/);
    expect(zh).not.toBe('');
    expect(new Set([...identity, ...labels]).size).toBe(identity.length + labels.length);
    const expr = metricExpression(metric, WINDOW_MS);
    expect(expr).not.toMatch(/\$(?!1)/);
    expect(typeOf(parseExpr(expr, parser))).toBe('vector');
    for (const hint of metric.alarms ?? []) {
      if (hint.kind !== 'expr') continue;
      expect(typeOf(parseExpr(expandMacros(hint.expr, WINDOW_MS), parser))).toBe('vector');
    }
  });

  test('reads of its own metrics only those that there are', () => {
    const emitted =
      /^wk_(pod_workload|pod_service|service_endpoints|apiserver_readyz|stats_.+|node_fs_.+|pod_ephemeral_storage_used_bytes)$/;
    for (const metric of CATALOGUE) {
      walkExpr(parseExpr(metricExpression(metric, WINDOW_MS), parser), (node) => {
        if (node.kind !== 'vector-selector' || !node.name.startsWith('wk_')) return undefined;
        const isKnown = catalogueMetric(node.name) !== undefined || emitted.test(node.name);
        expect(isKnown, `${metric.name} reads ${node.name}`).toBe(true);
        return undefined;
      });
    }
  });

  test('is recorded in one group, each rule after those that it reads', async () => {
    const [catalogue] = await builtIn(false);
    expect(catalogue?.groups).toHaveLength(1);
    const rules = catalogue?.groups[0]?.rules ?? [];
    expect(rules).toHaveLength(CATALOGUE.length);
    const places = new Map(rules.map(({ record }, place) => [record, place]));
    for (const [place, { record, expr }] of rules.entries()) {
      walkExpr(expr, (node) => {
        const read = node.kind === 'vector-selector' ? (places.get(node.name) ?? -1) : -1;
        expect(read, record).toBeLessThan(place);
        return undefined;
      });
    }
  });

  test('leaves to the user what their files record', async () => {
    const files = await builtIn(true);
    const left = besidesOwn(files, files.slice(0, 1));
    expect(left.map(({ groups }) => groups.length > 0)).toEqual([false, true]);
    expect(files[1]?.groups.flatMap(({ rules }) => rules)).toHaveLength(92);
  });
});

describe('names of TKE', () => {
  test('are known as its API and as its rules write them', () => {
    const metric = catalogueMetric('wk_pod_cpu_limit_ratio');
    expect(TKE_ALIASES.get('K8sPodRateCpuCoreUsedLimit')?.metric).toBe(metric);
    expect(TKE_ALIASES.get('k8s_pod_rate_cpu_core_used_limit')?.metric).toBe(metric);
    expect(TKE_ALIASES.get('K8sComponentEtcdReady')?.where).toEqual({ component: 'etcd' });
    const p99 = 'k8s_component_apiserver_request_list_duration_seconds_p99';
    expect(TKE_ALIASES.get(p99)?.where).toEqual({ group: 'list' });
  });

  test('stand for one metric each', () => {
    const names = CATALOGUE.flatMap(({ tke = [] }) => tke.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });
});

test('the window of rates has room for four scrapes, and is two minutes at least', () => {
  expect(rateWindowMs(15_000)).toBe(120_000);
  expect(rateWindowMs(60_000)).toBe(240_000);
  expect(expandMacros('rate(x{$ca,a="$1"}[$r])', 240_000)).toBe(
    'rate(x{job="kubelet",metrics_path="/metrics/cadvisor",a="$1"}[4m])',
  );
});
