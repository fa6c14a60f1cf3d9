/** What the machine must have, found or installed. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';
import { findOnPath } from '../../bench/process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
export const CNI_PLUGIN_FOLDER = '/usr/lib/cni';

/** Program → the Debian package that has it. */
const PACKAGES: Readonly<Record<string, string>> = {
  etcd: 'etcd-server',
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ip: 'iproute2',
  openssl: 'openssl',
  busybox: 'busybox-static',
};

/** Why no cluster can run here; undefined when one can. */
function whyNoCluster(): string | undefined {
  if (process.platform !== 'linux') return 'a Kubernetes node needs Linux';
  if (process.getuid?.() !== 0) return 'a Kubernetes node needs root';
  if (!existsSync('/sys/fs/cgroup')) return 'there are no cgroups on this machine';
  if (runsKubelet()) return 'another kubelet runs on this machine';
  return undefined;
}

/**
 * Puts what is missing on `PATH` of this process: from the peers beside the checkout where they are,
 * else by installing Debian's packages.
 */
export function prepareMachine(): void {
  const why = whyNoCluster();
  if (why !== undefined) throw new Error(why);
  addProgramFolders();
  if (isMissing('etcd') || isMissing('containerd')) bringPeers();

  const missing = new Set(
    Object.entries(PACKAGES)
      .filter(([program]) => isMissing(program))
      .map(([, debianPackage]) => debianPackage),
  );
  if (!existsSync(join(CNI_PLUGIN_FOLDER, 'bridge'))) missing.add('containernetworking-plugins');
  if (missing.size > 0) install([...missing]);
}

/** Ours is started as an argument of another program. */
function runsKubelet(): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const [program = ''] = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      return basename(program) === 'kubelet';
    } catch {
      return false;
    }
  });
}

function isMissing(program: string): boolean {
  const path = findOnPath(program);
  if (path === undefined) return true;
  // Alone in an image it finds no libraries.
  return program === 'busybox' && readFileSync(path).includes('ld-linux');
}

/** Puts on `PATH` of this process what earlier calls brought, and where Debian keeps root's programs. */
export function addProgramFolders(): void {
  addToPath(['/usr/sbin', '/sbin'].join(delimiter), 'last');
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const peers = join(cache, 'watchkeeper-peers', 'root', 'usr', 'bin');
  if (existsSync(join(peers, 'containerd'))) addToPath(peers, 'first');
}

function bringPeers(): void {
  const places = ['../shared/peers/get', '../../shared/peers/get'];
  const script = places.map((place) => resolve(ROOT, place)).find((path) => existsSync(path));
  if (script === undefined) return;
  try {
    const folders = execFileSync(script, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    addToPath(folders.trim(), 'first');
  } catch {
    console.log('the peers could not be had; Debian packages are tried');
  }
}

function addToPath(folders: string, place: 'first' | 'last'): void {
  const path = process.env['PATH'] ?? '';
  const parts = place === 'first' ? [folders, path] : [path, folders];
  process.env['PATH'] = parts.join(delimiter);
}

function install(packages: readonly string[]): void {
  console.log(`installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args: readonly string[]): void => {
    execFileSync('apt-get', ['-qq', ...args], { stdio: 'inherit', env });
  };
  apt(['update']);
  apt(['install', '--yes', '--no-install-recommends', ...packages]);
}
