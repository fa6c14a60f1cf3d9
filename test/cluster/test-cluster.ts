/** The cluster that tests use: named by the environment, or brought up by `npm run cluster -- up`. */
import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { ApiClient } from './api-client.ts';
import { type ClusterAccess, readKubeconfig } from './kubeconfig.ts';
import { kubeconfigPath, mainControlPlane, secondControlPlane } from './settings.ts';

export interface TestCluster {
  readonly kubeconfig: string;
  readonly access: ClusterAccess;
}

const HOW_TO =
  'as root, with Go: npm run cluster -- up && npm run cluster -- second up; or set WATCHKEEPER_TEST_KUBECONFIG';

/**
 * A `describe` whose tests are skipped, with the reason in the closing lines of the run, where no cluster answers.
 *
 * @param body gets a function, since tests are listed even where they are skipped; call it inside of tests and hooks
 */
export async function describeWithCluster(
  name: string,
  body: (cluster: () => TestCluster) => void,
): Promise<void> {
  describeWith(name, await findTestCluster(), body);
}

/** The same with two clusters; in the second nothing acts on the objects. */
export async function describeWithTwoClusters(
  name: string,
  body: (clusters: () => readonly [TestCluster, TestCluster]) => void,
): Promise<void> {
  const first = await findTestCluster();
  const second = await findCluster(kubeconfigPath(secondControlPlane()), 'no second cluster is up');
  if (typeof first === 'string') describeWith(name, first, body);
  else if (typeof second === 'string') describeWith(name, second, body);
  else describeWith(name, [first, second] as const, body);
}

function describeWith<T>(name: string, found: T | string, body: (found: () => T) => void): void {
  if (typeof found !== 'string') return void describe(name, () => body(() => found));
  describe.skip(`${name} [not run: ${found} (${HOW_TO})]`, () => {
    body(() => {
      throw new Error(found);
    });
  });
}

/** Or the reason why there is none. */
async function findTestCluster(): Promise<TestCluster | string> {
  const kubeconfig = process.env['WATCHKEEPER_TEST_KUBECONFIG'];
  if (kubeconfig === undefined) {
    return findCluster(kubeconfigPath(mainControlPlane()), 'no Kubernetes cluster is up');
  }
  const found = await findCluster(kubeconfig, `there is no ${kubeconfig}`);
  // Whoever names a cluster wants the tests to run.
  if (typeof found === 'string') throw new Error(`WATCHKEEPER_TEST_KUBECONFIG: ${found}`);
  return found;
}

async function findCluster(kubeconfig: string, missing: string): Promise<TestCluster | string> {
  if (!existsSync(kubeconfig)) return missing;
  const access = readKubeconfig(kubeconfig);
  if (await isReady(access)) return { kubeconfig, access };
  return `the Kubernetes cluster of ${kubeconfig} does not answer`;
}

async function isReady(access: ClusterAccess): Promise<boolean> {
  const api = new ApiClient(access);
  try {
    return (await api.text('GET', '/readyz')) === 'ok';
  } catch {
    return false;
  } finally {
    await api.close();
  }
}
