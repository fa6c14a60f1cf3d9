/** What is asked of containerd by its command line, and how all of its containers are ended. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pauseMs } from './component.ts';
import { POD_NETWORK_NAME } from './node-config.ts';

/** The namespace that the kubelet's containers and images are in. */
const KUBERNETES_NAMESPACE = 'k8s.io';
const CGROUP_ROOT = '/sys/fs/cgroup';
const KUBELET_CGROUP = 'kubepods';
const CNI_RESULTS = '/var/lib/cni/results';
const CONTAINER_LOG_LINKS = '/var/log/containers';
const END_WITHIN_MS = 20_000;
const STEP_MS = 100;

export function containerdAnswers(socket: string): boolean {
  try {
    execFileSync('ctr', ['--address', socket, 'version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

export function imageNames(socket: string): readonly string[] {
  return ctr(socket, ['images', 'list', '--quiet']).split('\n');
}

export function importImage(socket: string, tar: string): void {
  ctr(socket, ['images', 'import', tar]);
}

function ctr(socket: string, args: readonly string[]): string {
  const namespaced = ['--address', socket, '--namespace', KUBERNETES_NAMESPACE, ...args];
  return execFileSync('ctr', namespaced, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Kills every container that was started through this socket, with what watches over it. */
export async function endContainers(socket: string): Promise<void> {
  const endMs = performance.now() + END_WITHIN_MS;
  for (;;) {
    const shims = processesWith(['-address', socket]);
    const members = shims.flatMap((pid) => descendants(pid));
    if (shims.length === 0) return;
    if (performance.now() > endMs) throw new Error(`containers do not end: ${shims.join(' ')}`);
    for (const pid of [...members, ...shims]) kill(pid);
    await pauseMs(STEP_MS);
  }
}

/** Ends what containers left in the machine: mounts below the folder, cgroups, network records. */
export async function removeTraces(folder: string): Promise<void> {
  for (const mount of mountsBelow(folder)) execFileSync('umount', ['--lazy', mount]);
  await removeKubeletCgroups();
  removeNetworkRecords();
  removeDeadLogLinks(folder);
}

/** Two for each Pod: of its own network and of its loopback. */
function removeNetworkRecords(): void {
  const ours = new RegExp(`^${POD_NETWORK_NAME}-([0-9a-f]+)-eth0$`);
  for (const file of entries(CNI_RESULTS)) {
    const pod = ours.exec(file)?.[1];
    if (pod === undefined) continue;
    rmSync(join(CNI_RESULTS, file));
    rmSync(join(CNI_RESULTS, `cni-loopback-${pod}-lo`), { force: true });
  }
}

function removeDeadLogLinks(folder: string): void {
  for (const name of entries(CONTAINER_LOG_LINKS)) {
    const path = join(CONTAINER_LOG_LINKS, name);
    const target = readlinkSync(path);
    if (target.startsWith(`${folder}/`)) rmSync(path);
  }
}

/** Deepest first. */
function mountsBelow(folder: string): readonly string[] {
  const mountPoints = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  return mountPoints
    .map((path) => path.replaceAll('\\040', ' '))
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse();
}

/** A cgroup may stay busy for a moment after its last process ended. */
async function removeKubeletCgroups(): Promise<void> {
  const endMs = performance.now() + END_WITHIN_MS;
  for (;;) {
    const trees = [CGROUP_ROOT, ...entries(CGROUP_ROOT).map((name) => join(CGROUP_ROOT, name))];
    const left = trees
      .map((tree) => join(tree, KUBELET_CGROUP))
      .filter((path) => !removeCgroupTree(path));
    if (left.length === 0) return;
    if (performance.now() > endMs) {
      console.log(`cgroups that are in use stay: ${left.join(' ')}`);
      return;
    }
    await pauseMs(STEP_MS);
  }
}

/** @returns whether it is gone */
function removeCgroupTree(path: string): boolean {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) removeCgroupTree(join(path, entry.name));
    }
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Processes whose arguments hold these, one after the other. */
function processesWith(args: readonly string[]): readonly number[] {
  const wanted = `\0${args.join('\0')}\0`;
  return processIds().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(wanted);
    } catch {
      return false;
    }
  });
}

function descendants(pid: number): readonly number[] {
  const children = processIds().filter((child) => parentOf(child) === pid);
  return [...children.flatMap(descendants), ...children];
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function processIds(): readonly number[] {
  return entries('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1 && pid !== process.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
