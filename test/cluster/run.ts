/** `npm run cluster -- up|down|status|kubeconfig`: a real Kubernetes on this machine. */
import { downMain, downSecond, knownComponents, upMain, upSecond } from './cluster.ts';
import { loadWorkloads, unloadWorkloads } from './load.ts';
import { addProgramFolders } from './machine.ts';
import { kubeconfigPath, mainControlPlane, secondControlPlane } from './settings.ts';

const USAGE = `usage: npm run cluster -- COMMAND
  up             builds and starts what does not run; prints the path of the kubeconfig
  down           ends everything and removes all state
  status         parts, process ids, health
  kubeconfig     prints the path of the kubeconfig
  load           fills it with workloads, working and failing; again: rolls out anew
  unload         removes these workloads
  second up      an API server alone, beside the cluster
  second down
  second kubeconfig`;

async function main(args: readonly string[]): Promise<number> {
  switch (args.join(' ')) {
    case 'up':
      await upMain();
      console.log(kubeconfigPath(mainControlPlane()));
      return 0;
    case 'down':
      await downMain();
      return 0;
    case 'status':
      return showStatus();
    case 'kubeconfig':
      console.log(kubeconfigPath(mainControlPlane()));
      return 0;
    case 'load':
      await loadWorkloads();
      return 0;
    case 'unload':
      await unloadWorkloads();
      return 0;
    case 'second up':
      await upSecond();
      console.log(kubeconfigPath(secondControlPlane()));
      return 0;
    case 'second down':
      await downSecond();
      return 0;
    case 'second kubeconfig':
      console.log(kubeconfigPath(secondControlPlane()));
      return 0;
    default:
      console.error(USAGE);
      return 2;
  }
}

async function showStatus(): Promise<number> {
  addProgramFolders();
  const components = knownComponents();
  if (components.length === 0) console.log('no cluster is up');
  let healthy = 0;
  for (const component of components) {
    const isHealthy = await component.isHealthy();
    if (isHealthy) healthy++;
    const state = isHealthy ? 'healthy' : 'not healthy';
    console.log(
      `${component.name.padEnd(24)} ${String(component.pid() ?? '-').padEnd(8)} ${state}`,
    );
  }
  return components.length > 0 && healthy === components.length ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
