import { describe, expect, test } from 'vitest';
import {
  deploymentOf,
  scaleDeployment,
  scaleDeploymentCount,
  scaleNamespaces,
  scaleNode,
  scalePod,
} from './scale-objects.ts';

const OPTIONS = { nodes: 500, pods: 10_003 };
const NOW = '2026-01-01T00:00:00.000Z';

describe('objects of a large cluster', () => {
  const pods = Array.from({ length: OPTIONS.pods }, (_, index) => {
    return scalePod(index, OPTIONS, `uid-${deploymentOf(index)}`, NOW);
  });

  test('no two Pods have one name or one address', () => {
    const names = pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    const addresses = pods.map(({ status }) => (status as { readonly podIP: string }).podIP);
    expect(new Set(names).size).toBe(OPTIONS.pods);
    expect(new Set(addresses).size).toBe(OPTIONS.pods);
  });

  test('the deployments want as many Pods as there are, in namespaces that exist', () => {
    const namespaces = scaleNamespaces(OPTIONS);
    let replicas = 0;
    for (let index = 0; index < scaleDeploymentCount(OPTIONS); index++) {
      const deployment = scaleDeployment(index, OPTIONS);
      replicas += (deployment.spec as { readonly replicas: number }).replicas;
      expect(namespaces).toContain(deployment.metadata.namespace);
    }
    expect(replicas).toBe(OPTIONS.pods);
  });

  test('every Pod is on a node that exists', () => {
    const nodes = new Set<unknown>();
    for (let index = 0; index < OPTIONS.nodes; index++) {
      nodes.add(scaleNode(index, NOW).metadata.name);
    }
    const used = new Set(pods.map(({ spec }) => (spec as { readonly nodeName: string }).nodeName));
    expect(used).toEqual(nodes);
  });
});
