/** `npm run cluster -- COMMAND`: a real Kubernetes on this machine. */
import { parseArgs } from 'node:util';
import { downMain, downSecond, knownComponents, upMain, upSecond } from './cluster.ts';
import { buildGoProgram } from './go-build.ts';
import { loadWorkloads, unloadWorkloads } from './load.ts';
import { addProgramFolders } from './machine.ts';
import { createScale, removeScale } from './scale.ts';
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
  second kubeconfig
  scale --nodes N --pods N    fills the second with nodes and Pods, 500 and 10,000 by default
  scale --remove
  kube-state-metrics          builds it, to compare with; prints the path of the program`;
const NODES = 500;
const PODS = 10_000;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      nodes: { type: 'string', default: String(NODES) },
      pods: { type: 'string', default: String(PODS) },
      remove: { type: 'boolean', default: false },
    },
  });
  switch (positionals.join(' ')) {
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
    case 'scale':
      if (values.remove) await removeScale();
      else await createScale({ nodes: readCount(values.nodes), pods: readCount(values.pods) });
      return 0;
    case 'kube-state-metrics':
      console.log(await buildGoProgram('kube-state-metrics'));
      return 0;
    default:
      console.error(USAGE);
      return 2;
  }
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`not a number of objects: ${text}`);
  return count;
}

async function showStatus(): Promise<number> {
  addProgramFolders();
  const parts = knownComponents();
  if (parts.length === 0) console.log('no cluster is up');
  let healthy = 0;
  for (const { cluster, component } of parts) {
    const isHealthy = await component.isHealthy();
    if (isHealthy) healthy++;
    const columns = [cluster.padEnd(7), component.name.padEnd(24)];
    columns.push(String(component.pid() ?? '-').padEnd(8));
    console.log(`${columns.join(' ')} ${isHealthy ? 'healthy' : 'not healthy'}`);
  }
  return parts.length > 0 && healthy === parts.length ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
