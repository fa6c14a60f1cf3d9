/** Looks at a cluster as who connects it would: what works, what does not, and what to do. */
import { connect } from 'node:net';
import { ApiStatusError } from '../api-errors.ts';
import type { ConnectedCluster } from '../connected-cluster.ts';
import { drain } from '../connection/api-transport.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { type CheckedRule, checkAccess } from './check-access.ts';
import { type Identity, missingRoles } from './missing-roles.ts';

export type CheckState = 'ok' | 'warning' | 'failed';

export interface CheckItem {
  readonly name: string;
  readonly state: CheckState;
  readonly detail: string;
  /** What to do about it; '' for nothing. */
  readonly fix: string;
}

export interface ClusterCheck {
  readonly cluster: string;
  readonly items: readonly CheckItem[];
  /** A manifest that grants what is missing; '' when nothing is. */
  readonly missingRoles: string;
}

const CLOCK_SKEW_MS_MAX = 30_000;
const KUBELET_PORT = 10_250;
const KUBELET_CONNECT_MS_MAX = 2_000;
const KUBELETS_TRIED = 3;
/** Above, an agent in the cluster that sends samples is the better way. */
const NODES_DIRECT_MAX = 200;
const HTTP_LIST_MAX = 500;

const EXPORTERS = 'kube-state-metrics,node-exporter,prometheus-node-exporter';

/** Never throws for what is wrong with the cluster: that is an item. */
export async function checkCluster(
  cluster: ConnectedCluster,
  nowMs: number,
): Promise<ClusterCheck> {
  const items: CheckItem[] = [];
  const { name, definition } = cluster;
  const connection = await checkConnection(cluster, nowMs);
  items.push(...connection);
  if (connection[0]?.state === 'failed') return { cluster: name, items, missingRoles: '' };
  const identity = await readIdentity(cluster);
  items.push(identityItem(identity));
  const checked = await attempt('rights', () => checkAccess(cluster, definition.namespaces));
  if ('state' in checked) items.push(checked);
  else items.push(...checked.value.filter(isWorthTelling).map(accessItem));
  items.push(await checkWatchList(cluster));
  items.push(...(await checkNodes(cluster)));
  items.push(...(await checkNeighbours(cluster)));
  const roles =
    'value' in checked && typeof identity !== 'string' ? missingRoles(checked.value, identity) : '';
  return { cluster: name, items, missingRoles: roles };
}

async function checkConnection(cluster: ConnectedCluster, nowMs: number): Promise<CheckItem[]> {
  try {
    const response = await cluster.request({ path: '/version', timeoutMs: 10_000 });
    const { date } = response.headers;
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (response.status === 401) {
      const fix = 'renew the token or the certificate, or sign in anew';
      return [item('connection', 'failed', '401: the credentials are not accepted', fix)];
    }
    const version = /"gitVersion":\s*"([^"]+)"/.exec(text)?.[1];
    const detail = `${cluster.server ?? ''} answers${version === undefined ? '' : `: ${version}`}`;
    return [item('connection', 'ok', detail), ...clockItem(date, nowMs)];
  } catch (error) {
    return [item('connection', 'failed', messageOf(error), connectionFix(messageOf(error)))];
  }
}

function connectionFix(message: string): string {
  if (/certificate/.test(message)) return 'give the CA that signed the certificate of the server';
  if (/no such host/.test(message)) return 'check the name of the server, and DNS';
  if (/refused|no connection|timed out|no route/.test(message)) {
    return 'check address, port and firewalls between here and the API server';
  }
  return '';
}

function clockItem(date: unknown, nowMs: number): readonly CheckItem[] {
  const serverMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(serverMs)) return [];
  const skewMs = Math.abs(serverMs - nowMs);
  return skewMs <= CLOCK_SKEW_MS_MAX
    ? [item('clock', 'ok', `${(skewMs / 1000).toFixed(0)} s apart`)]
    : [
        item(
          'clock',
          'warning',
          `the clocks are ${(skewMs / 1000).toFixed(0)} s apart`,
          'let NTP set both',
        ),
      ];
}

/** @returns why it is not known, as a text */
async function readIdentity(cluster: ConnectedCluster): Promise<Identity | string> {
  const answer = await attempt('identity', () =>
    cluster.json<{ status?: { userInfo?: { username?: string; groups?: string[] } } }>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'SelfSubjectReview',
      }),
    }),
  );
  if ('state' in answer) return answer.detail;
  const { username = '', groups = [] } = answer.value.status?.userInfo ?? {};
  return { username, groups };
}

function identityItem(identity: Identity | string): CheckItem {
  if (typeof identity === 'string') {
    return item('identity', 'warning', `who we are is not told (before 1.28): ${identity}`);
  }
  const { username, groups } = identity;
  if (username === 'system:anonymous') {
    return item('identity', 'failed', 'we are nobody', 'give a token or a client certificate');
  }
  return groups.includes('system:masters')
    ? item(
        'identity',
        'warning',
        `${username}, an administrator`,
        'use the service account of deploy/rbac.yaml',
      )
    : item('identity', 'ok', username);
}

function isWorthTelling({ rule, missing }: CheckedRule): boolean {
  return !rule.optional || missing.length === 0;
}

function accessItem({ rule, missing }: CheckedRule): CheckItem {
  const name = `rights: ${rule.feature}`;
  const group = rule.apiGroups[0] === '' ? '' : `${rule.apiGroups[0] ?? ''} `;
  const what = `${group}${[...rule.resources, ...rule.nonResourceURLs].join(', ')}`;
  if (missing.length === 0) return item(name, 'ok', what);
  const told = [
    ...new Set(
      missing.map(({ verb, resource, nonResourceURL, namespace }) => {
        const place = namespace === '' ? '' : ` in ${namespace}`;
        return `${verb} ${resource || nonResourceURL}${place}`;
      }),
    ),
  ];
  return item(name, 'failed', `may not ${told.join(', ')}`, 'apply the manifest below');
}

async function checkWatchList(cluster: ConnectedCluster): Promise<CheckItem> {
  const name = 'watch-list';
  const stop = AbortSignal.timeout(10_000);
  const answer = await attempt(name, async () => {
    const response = await cluster.request({
      path:
        '/api/v1/namespaces?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan' +
        '&allowWatchBookmarks=true&timeoutSeconds=1',
      timeoutMs: 0,
      signal: stop,
    });
    await drain(response);
    return response.status;
  });
  if ('state' in answer) return { ...answer, state: 'warning' };
  return answer.value < 400
    ? item(name, 'ok', 'lists come as a stream')
    : item(name, 'ok', 'the server has none: lists come in pages');
}

interface NodeObject extends KubernetesObject {
  readonly status?: { readonly addresses?: readonly { type: string; address: string }[] };
}

async function checkNodes(cluster: ConnectedCluster): Promise<readonly CheckItem[]> {
  const answer = await attempt('nodes', () =>
    cluster.json<{ items: NodeObject[]; metadata?: { remainingItemCount?: number } }>({
      path: `/api/v1/nodes?limit=${HTTP_LIST_MAX}`,
    }),
  );
  if ('state' in answer) return [answer];
  const { items, metadata } = answer.value;
  const count = items.length + (metadata?.remainingItemCount ?? 0);
  const size =
    count <= NODES_DIRECT_MAX
      ? item('nodes', 'ok', String(count))
      : item('nodes', 'warning', String(count), 'let an agent in the cluster send the samples');
  const addresses = items.slice(0, KUBELETS_TRIED).flatMap(({ status }) => {
    return status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? [];
  });
  const reached = await Promise.all(addresses.map(reachesKubelet));
  const reachedCount = reached.filter(Boolean).length;
  const detail = `${reachedCount} of ${addresses.length} nodes tried answer on port ${KUBELET_PORT}`;
  return [
    size,
    reachedCount === addresses.length
      ? item('kubelets', 'ok', detail)
      : item(
          'kubelets',
          'warning',
          detail,
          `open port ${KUBELET_PORT} from here, or allow the way through the API server`,
        ),
  ];
}

function reachesKubelet(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: KUBELET_PORT });
    const end = (isReached: boolean) => (): void => {
      socket.destroy();
      resolve(isReached);
    };
    socket.setTimeout(KUBELET_CONNECT_MS_MAX, end(false));
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}

/** Others that collect the same: not wrong, but counted twice if both are scraped. */
async function checkNeighbours(cluster: ConnectedCluster): Promise<readonly CheckItem[]> {
  const selector = encodeURIComponent(`app.kubernetes.io/name in (${EXPORTERS})`);
  const pods = await attempt('exporters', () =>
    cluster.json<{ items: KubernetesObject[] }>({
      path: `/api/v1/pods?limit=${HTTP_LIST_MAX}&labelSelector=${selector}`,
    }),
  );
  if ('state' in pods) return [{ ...pods, state: 'warning' }];
  const names = new Set(
    pods.value.items.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] ?? ''),
  );
  const operator = await attempt('operator', () =>
    cluster.json<unknown>({ path: '/apis/monitoring.coreos.com' }),
  );
  const found = [...names, ...('value' in operator ? ['Prometheus operator'] : [])];
  return [item('neighbours', 'ok', found.length === 0 ? 'none' : found.join(', '))];
}

type Attempted<T> = { readonly value: T } | CheckItem;

async function attempt<T>(name: string, run: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    return item(name, 'failed', messageOf(error));
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ApiStatusError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function item(name: string, state: CheckState, detail: string, fix = ''): CheckItem {
  return { name, state, detail, fix };
}
