/** The rules and dashboards that people bring, on the data of a real cluster. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { NODE_NAME } from '../cluster/settings.ts';
import { describeWithCluster } from '../cluster/test-cluster.ts';
import { dashboardQueries, ruleGroups, ruleQueries } from '../conformance/compliance/queries.ts';
import { findSuitesDir } from '../suites.ts';
import {
  query,
  type RunningProgram,
  runProgram,
  temporaryDir,
  until,
  writeFileIn,
} from './run-program.ts';

const CLUSTER = 'live';
const RULES = 193;
const EXPRESSIONS = 742;
/** Of kubelets, object state and the API server: what the test cluster has. */
const MUST_HAVE_DATA = [
  'node_namespace_pod_container:container_memory_working_set_bytes',
  'namespace_workload_pod:kube_pod_owner:relabel',
  'cluster:namespace:pod_memory:active:kube_pod_container_resource_requests',
  'namespace_cpu:kube_pod_container_resource_requests:sum',
  'code_resource:apiserver_request_total:rate5m',
];
const WITHIN_MS = 240_000;
const TIMEOUT = { timeout: 2 * WITHIN_MS };

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

const dir = findSuitesDir();
if (dir !== undefined) {
  await describeWithCluster('rules and dashboards on a real cluster', (cluster) => {
    const folder = temporaryDir();
    let program: RunningProgram;

    beforeAll(async () => {
      const groups = ruleGroups(dir).map(({ group }) => ({ ...group, interval: '15s' }));
      writeFileIn(folder.path, 'corpus.yml', stringify({ groups }));
      const config = stringify({
        rule_files: ['corpus.yml'],
        clusters: [{ name: CLUSTER, kubeconfig_file: cluster().kubeconfig }],
      });
      program = await runProgram([
        `--config.file=${writeFileIn(folder.path, 'watchkeeper.yaml', config)}`,
        `--data=${join(folder.path, 'data')}`,
        '--listen=127.0.0.1:0',
      ]);
    });
    afterAll(async () => {
      await program.stop();
      folder.remove();
    });

    async function corpusRules(): Promise<readonly Rule[]> {
      const response = await fetch(`${program.url}/api/v1/rules`);
      const { data } = (await response.json()) as {
        readonly data: {
          readonly groups: readonly { readonly file: string; readonly rules: readonly Rule[] }[];
        };
      };
      return data.groups
        .filter((group) => group.file.endsWith('corpus.yml'))
        .flatMap((group) => group.rules);
    }

    test('every rule of kube-prometheus evaluates without an error', TIMEOUT, async () => {
      expect(ruleQueries(dir).queries).toHaveLength(RULES);
      const rules = await until(async () => {
        const found = await corpusRules();
        return found.every((rule) => rule.health !== 'unknown') ? found : undefined;
      }, WITHIN_MS);

      expect(rules).toHaveLength(RULES);
      expect(rules.filter((rule) => rule.health !== 'ok')).toEqual([]);
    });

    test('what the cluster has the data for is recorded', TIMEOUT, async () => {
      let left: readonly string[] = MUST_HAVE_DATA;
      await until(
        async () => {
          const counts = await Promise.all(
            left.map(async (name) => (await query(program.url, name)).data.result.length),
          );
          left = left.filter((_, at) => counts[at] === 0);
          return left.length === 0 ? true : undefined;
        },
        WITHIN_MS,
        () => `without data: ${left.join(', ')}`,
      );
    });

    test('every expression of the dashboards is answered, most with data', TIMEOUT, async () => {
      const expressions = dashboardQueries(dir, {
        cluster: CLUSTER,
        job: 'kubelet',
        namespace: 'kube-system',
        node: NODE_NAME,
        instance: NODE_NAME,
      });
      expect(expressions).toHaveLength(EXPRESSIONS);
      const failed: string[] = [];
      let withData = 0;
      for (const { name, query: expr } of expressions) {
        const answer = await query(program.url, expr);
        if (answer.status !== 'success') failed.push(`${name}: ${answer.error ?? ''}`);
        else if (answer.data.result.length > 0) withData++;
      }

      expect(failed).toEqual([]);
      console.log(`${withData} of ${EXPRESSIONS} expressions of dashboards have data`);
      // Two fifths are of node exporters, which the test cluster does not have.
      expect(withData).toBeGreaterThan(150);
    });
  });
}
