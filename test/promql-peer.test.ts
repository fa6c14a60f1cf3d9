/** Queries beyond the compliance tester's, instant and range, compared with a real Prometheus. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath } from '../bench/process.ts';
import { Labels } from '../model/labels.ts';
import { createEngine } from '../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { differences } from './compare-with-peer.ts';
import { DEMO_START_MS, demoSeries, demoSource, toOpenMetrics } from './demo-series.ts';
import { type PrometheusPeer, startPrometheusPeer } from './prometheus-peer.ts';

const MINUTE_MS = 60_000;
const START_MS = DEMO_START_MS + 12 * MINUTE_MS;
const END_MS = DEMO_START_MS + 22 * MINUTE_MS;
const STEP_MS = 17_000;

const CPU = 'demo_cpu_usage_seconds_total';
const MEMORY = 'demo_memory_usage_bytes';
const ODD = 'demo_odd_values';
const FLAKY = 'demo_intermittent_metric';
const BUCKETS = 'demo_api_request_duration_seconds_bucket';

const QUERIES: readonly string[] = [
  `${CPU} @ ${END_MS / 1000}`,
  `rate(${CPU}[2m] @ end()) + ${CPU} offset 1m @ start()`,
  `sum_over_time(${CPU}[3m:20s] @ end() offset 30s)`,
  `predict_linear(${CPU}[2m] @ ${START_MS / 1000}, 60)`,
  `${FLAKY}`,
  `absent(${FLAKY}{instance="demo.promlabs.com:10000"})`,
  `absent_over_time(${FLAKY}{instance="demo.promlabs.com:10000"}[1m])`,
  `absent(sum(nonexistent))`,
  `absent(nonexistent{a="b",c=~"d",a="e",f="g"})`,
  `absent_over_time(nonexistent{a="b"}[5m])`,
  `present_over_time(${FLAKY}[1m])`,
  `count_over_time(${FLAKY}[2m])`,
  `changes(${FLAKY}[20m]) + resets(${CPU}[20m])`,
  `${FLAKY} or ${MEMORY}{type="free"}`,
  `${MEMORY} and on(instance) ${FLAKY}`,
  `${MEMORY} unless on(instance) ${FLAKY}`,
  `${FLAKY} or on(instance) demo_num_cpus`,
  `demo_num_cpus or ${FLAKY} offset 2m`,
  `${MEMORY} > bool 1.2e9`,
  `${MEMORY} > 1.2e9 < 1.6e9`,
  `1.2e9 < ${MEMORY}`,
  `${ODD}`,
  `sum(${ODD})`,
  `avg(${ODD})`,
  `min(${ODD})`,
  `max(${ODD})`,
  `stddev(${ODD})`,
  `quantile(0.3, ${ODD})`,
  `topk(2, ${ODD})`,
  `bottomk(2, ${ODD})`,
  `count_values("v", ${ODD})`,
  `count_values by (job) ("v", demo_num_cpus)`,
  `count_values without (instance) ("v", demo_num_cpus)`,
  `sum_over_time(${ODD}[1m])`,
  `avg_over_time(${ODD}[1m])`,
  `min_over_time(${ODD}[1m])`,
  `max_over_time(${ODD}[1m])`,
  `stddev_over_time(${ODD}[1m])`,
  `stdvar_over_time(${MEMORY}[1m])`,
  `quantile_over_time(0.4, ${ODD}[1m])`,
  `last_over_time(${ODD}[1m])`,
  `mad_over_time(${MEMORY}[1m])`,
  `deriv(${ODD}[1m])`,
  `delta(${ODD}[1m])`,
  `rate(${ODD}[1m])`,
  `idelta(${ODD}[1m])`,
  `irate(${CPU}[30s])`,
  `increase(${CPU}[7s])`,
  `abs(${ODD})`,
  `-${ODD}`,
  `round(${ODD}, 0.3)`,
  `round(${MEMORY}, 1000)`,
  `sgn(${ODD})`,
  `clamp(${ODD}, -1, 2)`,
  `clamp_min(${ODD}, scalar(demo_num_cpus{instance=~".*0"}))`,
  `sqrt(${ODD})`,
  `exp(${ODD})`,
  `ln(${ODD})`,
  `sin(${ODD}) + cosh(${ODD}) + atan(${ODD})`,
  `${ODD} atan2 ${ODD}`,
  `${ODD} % 3`,
  `${ODD} ^ 2`,
  `2 ^ ${ODD}`,
  `-1 ^ Inf`,
  `1 ^ NaN`,
  `sum by (instance) (rate(${CPU}[1m])) / on (instance) demo_num_cpus`,
  `sum without (mode) (rate(${CPU}[1m]))`,
  `rate(${CPU}[1m]) / on (instance) group_left demo_num_cpus`,
  `demo_num_cpus * on (instance) group_right (job) rate(${CPU}[1m])`,
  `${MEMORY} / ignoring (type) group_left sum without (type) (${MEMORY})`,
  `${MEMORY} + ${MEMORY}`,
  `${MEMORY} == ${MEMORY}`,
  `${MEMORY} != bool ${MEMORY}`,
  `${MEMORY} / on (instance) ${MEMORY}`,
  `demo_num_cpus + on (job) ${MEMORY}`,
  `demo_num_cpus + on (instance) ${MEMORY}`,
  `${MEMORY} * on (job) group_left demo_num_cpus`,
  `${MEMORY} * on (instance) group_left (mode) ${CPU}{mode="idle"}`,
  `{__name__=~"demo_num_cpus|demo_disk_usage_bytes"}`,
  `abs({__name__=~"demo_num_cpus|demo_disk_usage_bytes"})`,
  `rate({__name__=~"demo_num_cpus|demo_disk_usage_bytes"}[1m])`,
  `last_over_time({__name__=~"demo_num_cpus|demo_disk_usage_bytes"}[1m])`,
  `sum by (__name__) ({__name__=~"demo_num_cpus|demo_disk_usage_bytes"})`,
  `count by (__name__) (rate({__name__=~"demo_cpu.*"}[1m]))`,
  `-{__name__=~"demo_num_cpus|demo_disk_usage_bytes"}`,
  `{__name__=~"demo_num_cpus|demo_disk_usage_bytes"} * 2`,
  `{__name__=~"demo_num_cpus|demo_disk_usage_bytes"} > 3`,
  `{__name__=~"demo_num_cpus|demo_disk_usage_bytes"} > bool 3`,
  `label_replace(demo_num_cpus, "port", "$1", "instance", ".*:(.*)")`,
  `label_replace(demo_num_cpus, "port", "\${p}x$2$$", "instance", ".*:(?P<p>.*)")`,
  `label_replace(demo_num_cpus, "instance", "", "instance", ".*")`,
  `label_replace(demo_num_cpus, "__name__", "other", "", "")`,
  `rate(label_replace(${CPU}, "a", "b", "", "")[2m:10s])`,
  `label_join(demo_num_cpus, "all", "-", "instance", "job", "none")`,
  `sort(${MEMORY})`,
  `sort_desc(${MEMORY})`,
  `sort_by_label(${MEMORY}, "type")`,
  `sort_by_label_desc(${MEMORY}, "instance", "type")`,
  `topk(2, ${MEMORY})`,
  `topk by (type) (1, ${MEMORY})`,
  `bottomk without (type) (2, ${MEMORY})`,
  `topk(scalar(demo_num_cpus{instance=~".*0"}) - 2, ${MEMORY})`,
  `topk(0, ${MEMORY})`,
  `limitk(2, ${MEMORY})`,
  `count(limit_ratio(1, ${MEMORY}))`,
  `quantile by (type) (0.5, ${MEMORY})`,
  `quantile(2, ${MEMORY})`,
  `histogram_quantile(0.9, sum by (le, path) (rate(${BUCKETS}[2m])))`,
  `histogram_quantile(0.9, ${BUCKETS})`,
  `histogram_quantile(scalar(demo_num_cpus{instance=~".*0"}) / 5, rate(${BUCKETS}[2m]))`,
  `histogram_quantile(0.9, ${MEMORY})`,
  `histogram_quantile(0.9, ${BUCKETS}{le!="+Inf"})`,
  `histogram_fraction(0.05, 0.5, rate(${BUCKETS}[2m]))`,
  `histogram_quantile(0.9, 100 - ${BUCKETS})`,
  `max_over_time(rate(${CPU}[1m])[5m:30s])`,
  `avg_over_time(sum by (instance) (rate(${CPU}[1m]))[3m:])`,
  `sum(max_over_time((${FLAKY} or vector(0))[2m:15s] offset 1m))`,
  `rate(${CPU}[1m:])`,
  `increase(${CPU}[5m:7s])`,
  `stddev_over_time(rate(${CPU}[30s])[2m:11s])`,
  `min_over_time(sum_over_time(${FLAKY}[1m])[3m:40s])`,
  `double_exponential_smoothing(${MEMORY}[2m], 0.4, 0.6)`,
  `time() - timestamp(${MEMORY})`,
  `timestamp(${MEMORY} @ ${START_MS / 1000})`,
  `timestamp(abs(${MEMORY}))`,
  `vector(1) + vector(2)`,
  `scalar(${MEMORY})`,
  `scalar(sum(${MEMORY}))`,
  `minute() + hour() + day_of_year() + days_in_month()`,
  `day_of_year(demo_batch_last_success_timestamp_seconds)`,
  `month(vector(time() - 86400 * 3))`,
  `info(${CPU})`,
  `ts_of_max_over_time(${MEMORY}[2m]) - ts_of_min_over_time(${MEMORY}[2m])`,
  `ts_of_last_over_time(${FLAKY}[2m])`,
  `sum(rate(demo_num_cpus[1m]))`,
  `1 + 2 * 3 > bool 6`,
  `pi() * 2`,
  `sum(${MEMORY}) by (instance) > on () group_left avg(${MEMORY})`,
  `group by (type) (${MEMORY})`,
  `stdvar by (type) (${MEMORY})`,
];

/** What texts of different versions have in common. */
function core(text: string): string {
  return text
    .replace(/: \[.*\];/, '')
    .replace(/ for metric name "[^"]*"/, '')
    .replace(/, from buckets .*? to \S+Z/, '');
}

/** Newer versions warn of things that older ones let pass. */
const NEWER = /sort is ineffective/;

function comparable(texts: readonly string[]): readonly string[] {
  return texts
    .filter((text) => !NEWER.test(text))
    .map(core)
    .sort();
}

const NEVER = new AbortController().signal;
const hasPeer = findOnPath('prometheus') !== undefined && findOnPath('promtool') !== undefined;

describe.skipIf(!hasPeer)('the answers of a Prometheus on PATH', () => {
  const series = demoSeries();
  const engine = createEngine(demoSource(series), {
    ...ENGINE_DEFAULTS,
    parser: { ...ENGINE_DEFAULTS.parser, experimentalFunctions: true },
  });
  let peer: PrometheusPeer;

  beforeAll(async () => {
    peer = (await startPrometheusPeer(toOpenMetrics(series))) as PrometheusPeer;
  });
  afterAll(() => peer.stop());

  test.each(QUERIES)('range: %s', async (query) => {
    const times = { startMs: START_MS, endMs: END_MS, stepMs: STEP_MS };
    const ours = await engine
      .range({ expr: query, ...times }, NEVER)
      .catch((error: unknown) => error as Error);

    const theirs = await peer.range(query, times.startMs, times.endMs, times.stepMs);

    expect(differences(ours, theirs)).toEqual([]);
    if (ours instanceof Error) return expect(core(ours.message)).toBe(core(theirs.error ?? ''));
    expect(comparable(ours.warnings)).toEqual(comparable(theirs.warnings));
    expect(comparable(ours.infos)).toEqual(comparable(theirs.infos));
  });

  test.each(QUERIES)('instant: %s', async (query) => {
    const ours = await engine
      .instant({ expr: query, timeMs: END_MS }, NEVER)
      .catch((error: unknown) => error as Error);

    const theirs = await peer.instant(query, END_MS);

    expect(differences(ours, theirs)).toEqual([]);
    if (ours instanceof Error) return expect(core(ours.message)).toBe(core(theirs.error ?? ''));
    if (!query.startsWith('sort') || ours.value.kind !== 'vector') return;
    const order = theirs.series.map(({ metric }) => Labels.fromRecord(metric).toString());
    expect(ours.value.labels.map(String)).toEqual(order);
  });
});
