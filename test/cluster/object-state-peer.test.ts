/**
 * Series of a real cluster's objects beside those of a kube-state-metrics. Not run where that has
 * not been built (`npm run cluster -- kube-state-metrics`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../bench/process.ts';
import { PrometheusParser } from '../../collector/exposition/prometheus-parser.ts';
import { ObjectState } from '../../collector/object-state/object-state.ts';
import { STATE_DEFAULTS, STATE_METRICS_OPT_IN, STATE_RESOURCES } from '../../config/state-types.ts';
import { ConnectedClusters } from '../../kubernetes/cluster-registry.ts';
import { SYSTEM_CLOCK } from '../../model/clock.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { RecordingSink } from '../recording-sink.ts';
import { until } from '../until.ts';
import { builtProgram } from './go-build.ts';
import { describeWithCluster } from './test-cluster.ts';

/** That version knows no admission policies, and ends with an error for a slice without ports. */
const RESOURCES = STATE_RESOURCES.filter(
  (name) => !name.includes('admissionpolic') && name !== 'endpointslices',
);
const EVERY_KEY = Object.fromEntries(RESOURCES.map((name) => [name, ['*']]));
/** Both watch the same objects, but see a change at their own time. */
const AGREE_WITHIN_MS = 60_000;
const START_MS = 60_000;

/** What 2.20, which ours are, has more than the version that is built: labels of families, */
const NEWER_LABELS: Readonly<Record<string, string>> = {
  kube_deployment_status_condition: 'reason',
  kube_ingress_path: 'path_type',
  kube_persistentvolume_info: 'reclaim_policy',
  kube_pod_spec_volumes_persistentvolumeclaims_info: 'ephemeral',
  kube_pod_spec_volumes_persistentvolumeclaims_readonly: 'ephemeral',
};

/** and families, or rows of them that an absent field did not give. */
const NEWER_FAMILIES: ReadonlySet<string> = new Set([
  'kube_deployment_deletion_timestamp',
  'kube_deployment_owner',
  'kube_horizontalpodautoscaler_created',
  'kube_job_status_ready',
  'kube_node_spec_pod_cidrs',
  'kube_persistentvolume_access_mode',
  'kube_pod_init_container_state_started',
  'kube_pod_init_container_status_last_terminated_exitcode',
  'kube_pod_init_container_status_last_terminated_timestamp',
  'kube_pod_status_unscheduled_time',
]);

/** Only a reason that is set has a row since 2.20; leases are renewed too often to be caught alike. */
const NOT_COMPARED: ReadonlySet<string> = new Set([
  'kube_lease_renew_time',
  'kube_pod_status_reason',
]);

/** Our caches leave it out: it has the whole object once more. */
const LAST_APPLIED = 'annotation_kubectl_kubernetes_io_last_applied_configuration';

const program = builtProgram('kube-state-metrics');

if (program !== undefined) {
  await describeWithCluster('object state beside a kube-state-metrics', (cluster) => {
    const sink = new RecordingSink();
    let peer: ChildProcess;
    let url: string;
    let clusters: ConnectedClusters;
    let state: ObjectState;

    beforeAll(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}/metrics`;
      const lists = RESOURCES.map((name) => `${name}=[*]`).join(',');
      peer = spawn(
        program,
        [
          `--kubeconfig=${cluster().kubeconfig}`,
          '--host=127.0.0.1',
          `--port=${port}`,
          '--telemetry-host=127.0.0.1',
          `--telemetry-port=${await freePort()}`,
          `--resources=${RESOURCES.join(',')}`,
          `--metric-labels-allowlist=${lists}`,
          `--metric-annotations-allowlist=${lists}`,
          `--metric-opt-in-list=${STATE_METRICS_OPT_IN.join(',')}`,
        ],
        { stdio: 'ignore' },
      );
      clusters = new ConnectedClusters({
        clock: SYSTEM_CLOCK,
        random: Math.random,
        env: { KUBECONFIG: cluster().kubeconfig },
        logger: SILENT_LOGGER,
        registry: new Registry(),
      });
      clusters.apply(await clusters.read(undefined));
      state = new ObjectState({ clusters, sink, logger: SILENT_LOGGER });
      state.applyConfig({
        scrapeConfigs: [],
        state: {
          ...STATE_DEFAULTS,
          source: 'builtin',
          resources: RESOURCES,
          labelsAllowList: EVERY_KEY,
          annotationsAllowList: EVERY_KEY,
          metricsOptIn: STATE_METRICS_OPT_IN,
        },
      });
      await until(
        'both have read the cluster',
        async () => {
          const theirs = await pageOf(url).catch(() => new Map<string, number>());
          return theirs.size > 100 && ours().size > 100;
        },
        START_MS,
      );
    }, START_MS * 2);

    afterAll(async () => {
      peer?.kill();
      await state?.stop();
      clusters?.close();
    });

    test(
      'every series of theirs is ours, with its value, and every other of ours is newer',
      async () => {
        let differences: readonly string[] = [];
        await until(
          'both agree',
          async () => {
            differences = compare(await pageOf(url), ours());
            return differences.length === 0;
          },
          AGREE_WITHIN_MS,
        ).catch(() => undefined);
        expect(differences).toEqual([]);
        expect(ours().size).toBeGreaterThan(1000);
      },
      AGREE_WITHIN_MS * 2,
    );

    function ours(): ReadonlyMap<string, number> {
      const parts = clusters.list().flatMap(({ name }) => [...(state.page(name) ?? [])]);
      return readPage(Buffer.from(parts.join('')));
    }
  });
}

async function pageOf(url: string): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(url);
  return readPage(Buffer.from(await answer.arrayBuffer()));
}

/** Labels → value, without what only one of the versions has. */
function readPage(body: Uint8Array): ReadonlyMap<string, number> {
  const series = new Map<string, number>();
  const parser = new PrometheusParser(body);
  for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
    if (kind !== 'series') continue;
    const labels = parser.labels();
    const name = labels.get(METRIC_NAME);
    // Of ourselves.
    if (NOT_COMPARED.has(name) || /^(?:wk_|kube_state_metrics_)/.test(name)) continue;
    const extra = new Set([LAST_APPLIED, NEWER_LABELS[name] ?? '']);
    series.set(labels.without(extra).toString(), parser.value);
  }
  return series;
}

function compare(
  theirs: ReadonlyMap<string, number>,
  ours: ReadonlyMap<string, number>,
): readonly string[] {
  const differences: string[] = [];
  for (const [text, value] of theirs) {
    const own = ours.get(text);
    if (own !== value) differences.push(`${text}: theirs ${value}, ours ${own}`);
  }
  for (const text of ours.keys()) {
    const name = /__name__="([^"]*)"/.exec(text)?.[1] ?? '';
    if (!theirs.has(text) && !NEWER_FAMILIES.has(name)) differences.push(`${text}: only ours`);
  }
  return differences;
}
