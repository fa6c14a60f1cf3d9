/** The cluster that tests use: named by the environment, or brought up by `npm run cluster -- up`. */
import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { ApiClient } from './api-client.ts';
import { type ClusterAccess, readKubeconfig } from './kubeconfig.ts';
import { kubeconfigPath, mainControlPlane } from './settings.ts';

export interface TestCluster {
  readonly kubeconfig: string;
  readonly access: ClusterAccess;
}

const HOW_TO = 'as root, with Go: npm run cluster -- up; or set WATCHKEEPER_TEST_KUBECONFIG';

/**
 * A `describe` whose tests are skipped, with the reason in the closing lines of the run, where no cluster answers.
 *
 * @param body gets a function, since tests are listed even where they are skipped; call it inside of tests and hooks
 */
export async function describeWithCluster(
  name: string,
  body: (cluster: () => TestCluster) => void,
): Promise<void> {
  const found = await findTestCluster();
  if (typeof found !== 'string') return void describe(name, () => body(() => found));
  describe.skip(`${name} [not run: ${found} (${HOW_TO})]`, () => {
    body(() => {
      throw new Error(found);
    });
  });
}

/** Or the reason why there is none. */
async function findTestCluster(): Promise<TestCluster | string> {
  const named = process.env['WATCHKEEPER_TEST_KUBECONFIG'];
  const kubeconfig = named ?? kubeconfigPath(mainControlPlane());
  if (named === undefined && !existsSync(kubeconfig)) return 'no Kubernetes cluster is up';
  const access = readKubeconfig(kubeconfig);
  if (await isReady(access)) return { kubeconfig, access };
  // Whoever names a cluster wants the tests to run.
  if (named !== undefined) throw new Error(`the cluster of ${named} does not answer`);
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
