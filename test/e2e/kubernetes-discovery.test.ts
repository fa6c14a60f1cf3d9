/** Kubernetes discovery beside a real Prometheus, on the same real cluster. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath, type Program, removeDataDir, startProgram } from '../../bench/process.ts';
import { DISCOVERY_NAMESPACE, DISCOVERY_OBJECTS } from '../cluster/discovery-objects.ts';
import { applyObjects } from '../cluster/manifests.ts';
import { clusterClient, runningCluster } from '../cluster/running-cluster.ts';
import { prometheusProgram, watchkeeperProgram } from '../programs.ts';

const kubeconfig = runningCluster();
const hasPeer = findOnPath('prometheus') !== undefined;

/** As far as Prometheus 3.5 goes; what came later has only the cases of Prometheus' own tests. */
const JOBS: Readonly<Record<string, object>> = {
  node: { role: 'node' },
  service: { role: 'service' },
  pod: { role: 'pod' },
  endpoints: { role: 'endpoints' },
  endpointslice: { role: 'endpointslice' },
  ingress: { role: 'ingress' },
  'pod-attached': { role: 'pod', attach_metadata: { node: true } },
  'endpoints-attached': { role: 'endpoints', attach_metadata: { node: true } },
  'endpointslice-attached': {
    role: 'endpointslice',
    attach_metadata: { node: true },
  },
  'pod-in-namespaces': { role: 'pod', namespaces: { names: ['shop', DISCOVERY_NAMESPACE] } },
  'pod-selected': {
    role: 'pod',
    selectors: [{ role: 'pod', label: 'app in (web,db)', field: 'status.phase=Running' }],
  },
  'endpoints-selected': {
    role: 'endpoints',
    namespaces: { names: ['shop'] },
    selectors: [{ role: 'endpoints', field: 'metadata.name=web' }],
  },
};

/** Nothing is scraped: what discovery found is seen in the dropped targets. */
function configOf(file: string): string {
  const scrapeConfigs = Object.entries(JOBS).map(([name, discovery]) => ({
    job_name: name,
    kubernetes_sd_configs: [{ ...discovery, kubeconfig_file: file }],
    relabel_configs: [{ action: 'drop' }],
  }));
  return JSON.stringify({ scrape_configs: scrapeConfigs });
}

type Found = ReadonlyMap<string, readonly string[]>;

/** One text per target, by job. */
async function discovered(program: Program): Promise<Found> {
  const response = await fetch(`${program.url}/api/v1/targets?state=dropped`);
  const body = (await response.json()) as {
    data: { droppedTargets: { discoveredLabels: Record<string, string> }[] };
  };
  const byJob = new Map<string, string[]>(Object.keys(JOBS).map((job) => [job, []]));
  for (const { discoveredLabels } of body.data.droppedTargets) {
    const { cluster: _ours, __meta_kubernetes_cluster: _too, ...labels } = discoveredLabels;
    // Prometheus 3.14's, which an older one does not have.
    for (const name of Object.keys(labels)) {
      const isNew =
        /^__(scrape_native|always_scrape|convert_classic|meta_kubernetes_node_condition)_/.test(
          name,
        );
      if (isNew || labels[name] === '') delete labels[name];
    }
    byJob
      .get(labels['job'] ?? '')
      ?.push(JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
  }
  for (const targets of byJob.values()) targets.sort();
  return byJob;
}

describe.skipIf(kubeconfig === undefined || !hasPeer)(
  'Kubernetes discovery beside Prometheus (with the test cluster and prometheus on PATH)',
  () => {
    const file = kubeconfig ?? '';
    const programs: Program[] = [];
    let ours: Found = new Map();
    let theirs: Found = new Map();

    beforeAll(async () => {
      await applyObjects(clusterClient(file), DISCOVERY_OBJECTS);
      const peer = prometheusProgram(configOf(file));
      if (peer === undefined) return;
      programs.push(await startProgram(watchkeeperProgram(configOf(file))));
      programs.push(await startProgram(peer));
      const [mine, other] = programs as [Program, Program];
      // Pods come, fail and go meanwhile: once both have seen the same, they are equal.
      const endMs = Date.now() + 60_000;
      do {
        await new Promise((done) => setTimeout(done, 500));
        [ours, theirs] = await Promise.all([discovered(mine), discovered(other)]);
      } while (Date.now() < endMs && !sameEverywhere(ours, theirs));
    });

    afterAll(async () => {
      for (const program of programs) {
        await program.stop();
        removeDataDir(program);
      }
      const path = `/api/v1/namespaces/${DISCOVERY_NAMESPACE}`;
      if (kubeconfig !== undefined) await clusterClient(file).text('DELETE', path);
    });

    test.each(Object.keys(JOBS))('%s: the same targets with the same labels', (job) => {
      expect(ours.get(job)).toEqual(theirs.get(job));
      expect(ours.get(job)?.length).toBeGreaterThan(0);
    });
  },
);

function sameEverywhere(a: Found, b: Found): boolean {
  const isFilled = [...b].every(([, list]) => list.length > 0);
  return isFilled && [...b].every(([job, list]) => a.get(job)?.join('\n') === list.join('\n'));
}
