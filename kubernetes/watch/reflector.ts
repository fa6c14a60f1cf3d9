/**
 * Keeps a store equal to what the API server has, by list and watch (design: Kubernetes' "efficient
 * detection of changes"; numbers as in client-go's reflector where it has them).
 */
import { type Clock, pause } from '../../model/clock.ts';
import { type ApiStatus, ApiStatusError, ClusterUnreachable } from '../api-errors.ts';
import type { ClusterRequest, ClusterResponse } from '../cluster.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { CacheSelection, Resource } from '../object-cache.ts';
import { throwIfRefused } from '../read-answer.ts';
import { BackOff } from './back-off.ts';
import { EventReader, type WatchEvent } from './event-stream.ts';
import { ListScanner, ListSyntaxError } from './list-scanner.ts';
import { keyOfObject, type ObjectStore } from './object-store.ts';
import { acceptHeader, listPath } from './resource-path.ts';
import type { ObjectStripper } from './strip-object.ts';

const PAGE_OBJECTS = 500;
const LIST_TIMEOUT_MS = 60_000;
/** Whole lists in one answer can be long. */
const WHOLE_LIST_TIMEOUT_MS = 300_000;
/** The server ends a watch after so long; spread, so that watches do not end together. */
const WATCH_SECONDS_MIN = 290;
const WATCH_SECONDS_MAX = 590;
/** Bookmarks come about once a minute: a connection that is silent for longer is dead. */
const SILENCE_MS_MAX = 150_000;
const FORBIDDEN_RETRY_MS = 300_000;
const ABSENT_RETRY_MS = 30_000;
/** Before a whole list anew, so that a server that lost its history is not asked by all at once. */
const RELIST_JITTER_MS_MIN = 1_000;
const RELIST_JITTER_MS_MAX = 10_000;
/** A watch that ends sooner, and without an event, was no success. */
const WATCH_MS_MIN = 1_000;
/** Parsing gives others their turn after so long. */
const PARSE_MS_MAX = 10;

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export type FollowState =
  /** Not asked yet. */
  | 'starting'
  | 'listing'
  | 'watching'
  /** The credentials may not list or watch it. */
  | 'forbidden'
  /** The API server does not have it: a custom resource that is not installed. */
  | 'absent'
  | 'failing';

export type RestartReason =
  | 'ended'
  | 'silent'
  /** The cache was found to differ from the server. */
  | 'mismatch'
  | 'expired'
  | 'broken'
  | 'unauthorized'
  | 'forbidden'
  | 'absent'
  | 'throttled'
  | 'refused';

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly resource: Resource;
  readonly selection: CacheSelection;
  readonly store: ObjectStore<T>;
  readonly request: (request: ClusterRequest) => Promise<ClusterResponse>;
  readonly stripper: ObjectStripper;
  readonly clock: Clock;
  readonly random: () => number;
  /** Shared by all of a cluster: `resource` names that answered watch-list with a refusal. */
  readonly noWatchList: Set<string>;
  readonly onRestart: (reason: RestartReason) => void;
  /** A whole list is in the store. */
  readonly onSynced: (tookMs: number) => void;
}

/** Ends a watch from within; never seen outside. */
class WatchEnded extends Error {
  readonly reason: RestartReason;

  constructor(reason: RestartReason) {
    super(reason);
    this.reason = reason;
  }
}

export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #backOff: BackOff;
  readonly #apiVersion: string;
  readonly #keyPrefix: string;
  #state: FollowState = 'starting';
  #error: string | undefined;
  #lastEventMs = 0;
  /** Where the next watch goes on; undefined: a whole list is needed. */
  #version: string | undefined;
  /** Keys met in the list that is being read; undefined when none is. */
  #met: Set<string> | undefined;
  #listStartMs = 0;
  /** After the server was overloaded: what its cache has is enough. */
  #listFromCache = false;
  #isPagingBroken = false;
  #wake: AbortController | undefined;
  #watching: AbortController | undefined;
  #isRelistWanted = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    const { clock, random, resource, selection } = options;
    this.#backOff = new BackOff(clock.monotonicMs, random);
    const { group, version } = resource;
    this.#apiVersion = group === '' ? version : `${group}/${version}`;
    this.#keyPrefix = selection.namespace === undefined ? '' : `${selection.namespace}/`;
  }

  get state(): FollowState {
    return this.#state;
  }

  get error(): string | undefined {
    return this.#error;
  }

  /** Unix milliseconds of the last byte that came; 0 for none. */
  get lastEventMs(): number {
    return this.#lastEventMs;
  }

  get selection(): CacheSelection {
    return this.#options.selection;
  }

  /** Resolves when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startMs = this.#options.clock.monotonicMs();
      try {
        if (this.#version === undefined && !this.#canWatchList()) await this.#list(signal);
        else await this.#watch(signal, this.#version === undefined);
      } catch (error) {
        if (signal.aborted) return;
        const waitMs = this.#afterFailure(error, startMs);
        this.#met = undefined;
        if (waitMs > 0) await this.#wait(waitMs, signal);
      }
    }
  }

  /** What waits tries again now: rights were granted, or a resource came. */
  retry(): void {
    this.#wake?.abort();
  }

  /** What is known is not trusted any more: a whole list is read. */
  relist(): void {
    this.#isRelistWanted = true;
    this.#watching?.abort();
  }

  async #wait(durationMs: number, signal: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    await pause(durationMs, this.#options.clock, AbortSignal.any([signal, this.#wake.signal]));
  }

  #canWatchList(): boolean {
    return !this.#options.noWatchList.has(this.#apiVersion + this.#options.resource.plural);
  }

  async #list(signal: AbortSignal): Promise<void> {
    this.#beginList();
    let token = '';
    let version = '';
    do {
      const fields = await this.#page(token, signal);
      const metadata = fields.get('metadata') as
        | { resourceVersion?: string; continue?: string }
        | undefined;
      token = metadata?.continue ?? '';
      version = metadata?.resourceVersion ?? '';
    } while (token !== '');
    this.#endList(version);
  }

  async #page(token: string, signal: AbortSignal): Promise<ReadonlyMap<string, unknown>> {
    const { resource, selection, request } = this.#options;
    const isWhole = this.#listFromCache || this.#isPagingBroken;
    const response = await request({
      path: listPath(resource, selection, {
        limit: isWhole ? undefined : String(PAGE_OBJECTS),
        continue: token,
        resourceVersion: this.#listFromCache ? '0' : undefined,
      }),
      headers: { accept: acceptHeader(selection, false), 'accept-encoding': 'gzip' },
      signal,
      timeoutMs: isWhole ? WHOLE_LIST_TIMEOUT_MS : LIST_TIMEOUT_MS,
    });
    try {
      await throwIfRefused(response, this.#options.clock.nowMs());
    } catch (error) {
      if (error instanceof ApiStatusError && isExpired(error) && token !== '') {
        // The list's snapshot is gone: pages come slower than the server forgets.
        this.#isPagingBroken = true;
      }
      throw error;
    }
    const scanner = new ListScanner((item) => this.#take(item as Record<string, unknown>));
    await this.#read(response, (chunk) => scanner.push(chunk));
    return scanner.end();
  }

  async #watch(signal: AbortSignal, isInitial: boolean): Promise<void> {
    const { resource, selection, request, clock, random } = this.#options;
    if (isInitial) this.#beginList();
    else this.#setState('watching');
    const seconds = WATCH_SECONDS_MIN + random() * (WATCH_SECONDS_MAX - WATCH_SECONDS_MIN);
    const silence = new AbortController();
    this.#watching = silence;
    let cancelSilence = (): void => undefined;
    const heard = (): void => {
      cancelSilence();
      cancelSilence = clock.schedule(SILENCE_MS_MAX, () => silence.abort());
      this.#lastEventMs = clock.nowMs();
    };
    try {
      const response = await request({
        path: listPath(resource, selection, {
          watch: 'true',
          allowWatchBookmarks: 'true',
          timeoutSeconds: String(Math.round(seconds)),
          resourceVersion: this.#version,
          ...(isInitial ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' } : {}),
        }),
        headers: { accept: acceptHeader(selection, true) },
        signal: AbortSignal.any([signal, silence.signal]),
        timeoutMs: 0,
      });
      heard();
      await throwIfRefused(response, clock.nowMs());
      const reader = new EventReader((event) => this.#onEvent(event));
      await this.#read(response, (chunk) => {
        heard();
        reader.push(chunk);
      });
    } catch (error) {
      if (!silence.signal.aborted) throw error;
      throw new WatchEnded(this.#isRelistWanted ? 'mismatch' : 'silent');
    } finally {
      this.#watching = undefined;
      cancelSilence();
    }
    throw new WatchEnded('ended');
  }

  async #read(response: ClusterResponse, onChunk: (chunk: Uint8Array) => void): Promise<void> {
    const { monotonicMs } = this.#options.clock;
    let startMs = monotonicMs();
    for await (const chunk of response.body) {
      onChunk(chunk);
      if (monotonicMs() - startMs > PARSE_MS_MAX) {
        await new Promise((resolve) => setImmediate(resolve));
        startMs = monotonicMs();
      }
    }
  }

  #onEvent({ type, object }: WatchEvent): void {
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#moveTo(this.#take(object));
        return;
      case 'DELETED': {
        const taken = this.#prepare(object);
        this.#options.store.remove(keyOfObject(taken), taken);
        this.#moveTo(taken);
        return;
      }
      case 'BOOKMARK': {
        const { metadata } = object as unknown as KubernetesObject;
        const isEnd = metadata.annotations?.[INITIAL_EVENTS_END] === 'true';
        if (isEnd && this.#met !== undefined) this.#endList(metadata.resourceVersion);
        else if (this.#met === undefined) this.#version = metadata.resourceVersion;
        return;
      }
      case 'ERROR': {
        const status = object as ApiStatus;
        throw new ApiStatusError(status.code ?? 500, status);
      }
      default:
    }
  }

  /** Before a whole list there is nowhere to go on from. */
  #moveTo(object: T): void {
    if (this.#met === undefined) this.#version = object.metadata.resourceVersion;
  }

  #take(item: Record<string, unknown>): T {
    const object = this.#prepare(item);
    this.#met?.add(keyOfObject(object));
    this.#options.store.put(object);
    return object;
  }

  #prepare(item: Record<string, unknown>): T {
    const { resource, stripper } = this.#options;
    const metadata = item['metadata'] as { name?: unknown } | null | undefined;
    if (typeof metadata?.name !== 'string') {
      throw new ClusterUnreachable(`the server sent a ${resource.kind} without a name`);
    }
    // Items of lists have neither, and partial ones those of the partial kind.
    item['apiVersion'] = this.#apiVersion;
    item['kind'] = resource.kind;
    return stripper.strip(item, resource.kind) as unknown as T;
  }

  #beginList(): void {
    this.#setState('listing');
    this.#met = new Set();
    this.#version = undefined;
    this.#listStartMs = this.#options.clock.monotonicMs();
  }

  #endList(version: string): void {
    const { clock, onSynced } = this.#options;
    this.#removeAllBut(this.#met);
    this.#met = undefined;
    this.#version = version === '' ? undefined : version;
    this.#listFromCache = false;
    this.#isPagingBroken = false;
    this.#setState('watching');
    this.#lastEventMs = clock.nowMs();
    onSynced(clock.monotonicMs() - this.#listStartMs);
  }

  #removeAllBut(kept: ReadonlySet<string> | undefined): void {
    const { store } = this.#options;
    for (const key of store.keys()) {
      if (key.startsWith(this.#keyPrefix) && kept?.has(key) !== true) store.remove(key);
    }
  }

  #setState(state: FollowState, error?: string): void {
    this.#state = state;
    this.#error = error;
  }

  /** @returns how long to wait before the next try */
  #afterFailure(error: unknown, startMs: number): number {
    const { onRestart, clock } = this.#options;
    if (error instanceof WatchEnded) {
      onRestart(error.reason);
      if (this.#isRelistWanted) this.#version = undefined;
      this.#isRelistWanted = false;
      const tookMs = clock.monotonicMs() - startMs;
      if (this.#version !== undefined && (tookMs >= WATCH_MS_MIN || error.reason === 'silent')) {
        return 0;
      }
      return this.#backOff.nextMs();
    }
    if (error instanceof ApiStatusError) return this.#afterRefusal(error);
    const isExpected = error instanceof ClusterUnreachable || error instanceof ListSyntaxError;
    this.#fail('broken', isExpected ? error.message : `a bug: ${String(error)}`);
    return this.#backOff.nextMs();
  }

  #afterRefusal(error: ApiStatusError): number {
    const { random, noWatchList, resource } = this.#options;
    if (isExpired(error)) {
      this.#version = undefined;
      this.#fail('expired', error.message);
      return RELIST_JITTER_MS_MIN + random() * (RELIST_JITTER_MS_MAX - RELIST_JITTER_MS_MIN);
    }
    if (this.#version === undefined && this.#canWatchList() && isInvalid(error)) {
      noWatchList.add(this.#apiVersion + resource.plural);
      return 0;
    }
    switch (error.code) {
      case 401:
        this.#fail('unauthorized', error.message);
        return this.#backOff.nextMs();
      case 403:
        this.#options.onRestart('forbidden');
        this.#setState('forbidden', error.message);
        return FORBIDDEN_RETRY_MS;
      case 404:
        this.#options.onRestart('absent');
        this.#forgetAbsent();
        return ABSENT_RETRY_MS;
      default: {
        const isOverload = error.code === 429 || error.code >= 500;
        if (isOverload && this.#version === undefined) this.#listFromCache = true;
        this.#fail(error.code === 429 ? 'throttled' : 'refused', error.message);
        const backOffMs = this.#backOff.nextMs();
        return Math.max(error.retryAfterMs ?? 0, backOffMs);
      }
    }
  }

  /** What does not exist has no objects. */
  #forgetAbsent(): void {
    if (this.#state !== 'absent') {
      this.#removeAllBut(undefined);
      this.#options.onSynced(0);
    }
    this.#version = undefined;
    this.#setState('absent');
  }

  #fail(reason: RestartReason, text: string): void {
    this.#options.onRestart(reason);
    this.#setState('failing', text);
  }
}

function isExpired(error: ApiStatusError): boolean {
  return error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone';
}

/** So an API server answers that does not know watch-list. */
function isInvalid(error: ApiStatusError): boolean {
  return error.code === 400 || error.code === 422;
}
