/** Compares a cache with the API server: a watch that lost an event would go unseen otherwise. */
import { type Clock, pause } from '../../model/clock.ts';
import type { ClusterRequest, ClusterResponse } from '../cluster.ts';
import { drain } from '../connection/api-transport.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { CacheSelection, ObjectCache, Resource } from '../object-cache.ts';
import { readJson, throwIfRefused } from '../read-answer.ts';
import { ListScanner } from './list-scanner.ts';
import { isNewer, keyOfObject } from './object-store.ts';
import { acceptHeader, listPath, resourcePath } from './resource-path.ts';

const PAGE_OBJECTS = 500;
const LIST_TIMEOUT_MS = 60_000;
/** What the list has, the watch has brought by then. */
const SETTLE_MS = 10_000;
/** Of objects that the cache lacks, this many are asked for one by one. */
const ASKED_MAX = 100;

export interface MismatchOptions {
  readonly resource: Resource;
  readonly selection: CacheSelection;
  readonly cache: ObjectCache<KubernetesObject>;
  readonly request: (request: ClusterRequest) => Promise<ClusterResponse>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * @returns how many objects are not in the cache as the server has them
 * @throws ClusterUnreachable, ApiStatusError, ListSyntaxError
 */
export async function countMismatches(options: MismatchOptions): Promise<number> {
  const { cache, clock, signal } = options;
  const listed = new Map<string, KubernetesObject>();
  const version = await listMetadata(options, (object) => listed.set(keyOfObject(object), object));
  const namesOf = ({ metadata }: KubernetesObject) =>
    [metadata.namespace ?? '', metadata.name] as const;
  const isBehind = (object: KubernetesObject): boolean => {
    const cached = cache.get(...namesOf(object));
    if (cached === undefined || cached.metadata.uid !== object.metadata.uid) return true;
    return isNewer(object.metadata.resourceVersion, cached.metadata.resourceVersion);
  };
  const behind = [...listed.values()].filter(isBehind);
  const { namespace } = options.selection;
  const kept = [...cache.list()].filter((object) => {
    const isOurs = namespace === undefined || object.metadata.namespace === namespace;
    const { resourceVersion } = object.metadata;
    return isOurs && !listed.has(keyOfObject(object)) && !isNewer(resourceVersion, version);
  });
  if (behind.length + kept.length === 0) return 0;
  await pause(SETTLE_MS, clock, signal);
  if (signal.aborted) return 0;
  const stillKept = kept.filter((object) => cache.get(...namesOf(object)) === object);
  return (await countPresent(options, behind.filter(isBehind))) + stillKept.length;
}

/** An object that is not in the cache may have been deleted since: the server is asked. */
async function countPresent(
  { resource, request, clock, signal }: MismatchOptions,
  missing: readonly KubernetesObject[],
): Promise<number> {
  let count = 0;
  for (const { metadata } of missing.slice(0, ASKED_MAX)) {
    const path = resourcePath(resource, metadata.namespace);
    const response = await request({
      path: `${path}/${encodeURIComponent(metadata.name)}`,
      headers: { accept: acceptHeader({ metadataOnly: true }, true) },
      signal,
    });
    if (response.status === 404) await drain(response);
    else {
      await readJson(response, clock.nowMs());
      count++;
    }
  }
  return count;
}

async function listMetadata(
  { resource, selection, request, clock, signal }: MismatchOptions,
  onObject: (object: KubernetesObject) => void,
): Promise<string> {
  let token = '';
  let version = '';
  do {
    const response = await request({
      path: listPath(resource, selection, { limit: String(PAGE_OBJECTS), continue: token }),
      headers: {
        accept: acceptHeader({ metadataOnly: true }, false),
        'accept-encoding': 'gzip',
      },
      signal,
      timeoutMs: LIST_TIMEOUT_MS,
    });
    await throwIfRefused(response, clock.nowMs());
    const scanner = new ListScanner((item) => onObject(item as KubernetesObject));
    for await (const chunk of response.body) scanner.push(chunk);
    const metadata = scanner.end().get('metadata') as
      | { resourceVersion?: string; continue?: string }
      | undefined;
    token = metadata?.continue ?? '';
    version = metadata?.resourceVersion ?? '';
  } while (token !== '');
  return version;
}
