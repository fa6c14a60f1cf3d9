/** The machine's side of the network: the bridge that carries the control planes' addresses. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { CONTROL_BRIDGE, POD_BRIDGE, SCALE_NODE_NETWORK, SERVICE_NETWORK } from './settings.ts';

/** Bridged packets meet the rules of Services only with this. */
const BRIDGE_RULES = '/proc/sys/net/bridge/bridge-nf-call-iptables';

const FIREWALL_CHAIN = 'KUBE-FIREWALL';

/** Gives the machine an address that no other machine can reach. */
export function addAddress(address: string): void {
  if (!existsSync(`/sys/class/net/${CONTROL_BRIDGE}`)) {
    ip(['link', 'add', CONTROL_BRIDGE, 'type', 'bridge']);
    ip(['link', 'set', CONTROL_BRIDGE, 'up']);
  }
  ip(['address', 'replace', `${address}/32`, 'dev', CONTROL_BRIDGE]);
}

/** Lets Pods reach Services, and this machine too. */
export function routeServices(): void {
  if (existsSync(BRIDGE_RULES)) writeFileSync(BRIDGE_RULES, '1');
  ip(['route', 'replace', SERVICE_NETWORK, 'dev', CONTROL_BRIDGE]);
}

/** Nodes that are only objects have addresses of this machine, where nothing listens: asked, they refuse at once. */
export function keepScaleNodesHere(): void {
  ip(['route', 'replace', 'local', SCALE_NODE_NETWORK, 'dev', 'lo', 'table', 'local']);
}

export function forgetScaleNodes(): void {
  const route = ['route', 'show', 'table', 'local', 'exact', SCALE_NODE_NETWORK];
  if (execFileSync('ip', route, { encoding: 'utf8' }) === '') return;
  ip(['route', 'delete', 'local', SCALE_NODE_NETWORK, 'table', 'local']);
}

export function removeAddress(address: string): void {
  if (existsSync(`/sys/class/net/${CONTROL_BRIDGE}`)) {
    ip(['address', 'flush', 'dev', CONTROL_BRIDGE, 'to', `${address}/32`]);
  }
}

export function removeBridges(): void {
  for (const bridge of [CONTROL_BRIDGE, POD_BRIDGE]) {
    if (existsSync(`/sys/class/net/${bridge}`)) ip(['link', 'delete', bridge]);
  }
}

/** Rules that the kubelet makes and nobody removes. */
export function removeKubeletRules(): void {
  for (const program of ['iptables', 'ip6tables']) {
    for (const chain of ['INPUT', 'OUTPUT']) {
      tryRule(program, ['-t', 'filter', '-D', chain, '-j', FIREWALL_CHAIN]);
    }
    tryRule(program, ['-t', 'filter', '-F', FIREWALL_CHAIN]);
    tryRule(program, ['-t', 'filter', '-X', FIREWALL_CHAIN]);
    tryRule(program, ['-t', 'mangle', '-X', 'KUBE-IPTABLES-HINT']);
    for (const table of ['mangle', 'filter', 'nat']) {
      tryRule(program, ['-t', table, '-X', 'KUBE-KUBELET-CANARY']);
    }
  }
}

/** What is not there needs no removal. */
function tryRule(program: string, args: readonly string[]): void {
  try {
    execFileSync(program, ['--wait', ...args], { stdio: 'ignore' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
  }
}

function ip(args: readonly string[]): void {
  execFileSync('ip', [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}
