import type { HttpDiscovery } from '../../config/discovery-types.ts';
import { HttpClient } from '../http/http-client.ts';
import { DeadlineError, HttpStatusError } from '../http/http-error.ts';
import { type Discoverer, emptyGroup, type OnGroups, type TargetGroup } from './discoverer.ts';
import { GroupsError, readGroups } from './read-groups.ts';
import { type RefreshContext, refreshLoop } from './refresh-loop.ts';

const BODY_BYTES_MAX = 256 * 1024 * 1024;

/** As Prometheus: JSON, in UTF-8 if it says in what. */
const CONTENT_TYPE = /^application\/json(;\s*charset=("utf-8"|utf-8))?$/i;

/** Groups asked from an HTTP server, once per interval. */
export class HttpDiscoverer implements Discoverer {
  readonly #config: HttpDiscovery;
  readonly #jobName: string;
  readonly #context: RefreshContext;
  readonly #client: HttpClient;
  #groupCount = 0;

  constructor(config: HttpDiscovery, jobName: string, context: RefreshContext) {
    this.#config = config;
    this.#jobName = jobName;
    this.#context = context;
    this.#client = new HttpClient(config.httpClient);
  }

  async run(signal: AbortSignal, onGroups: OnGroups): Promise<void> {
    const options = {
      ...this.#context,
      mechanism: 'http',
      jobName: this.#jobName,
      intervalMs: this.#config.refreshIntervalMs,
      refresh: (stop: AbortSignal) => this.#refresh(stop),
    };
    await refreshLoop(options, signal, onGroups);
    this.#client.close();
  }

  async #refresh(stop: AbortSignal): Promise<readonly TargetGroup[]> {
    try {
      const groups = await this.#fetch(stop);
      // Sources that the answer no longer has must be taken away.
      const gone: TargetGroup[] = [];
      for (let index = groups.length; index < this.#groupCount; index++) {
        gone.push(emptyGroup(`${this.#config.url}:${index}`));
      }
      this.#groupCount = groups.length;
      return [...groups, ...gone];
    } catch (error) {
      this.#context.metrics.httpFailures.inc();
      throw error;
    }
  }

  async #fetch(stop: AbortSignal): Promise<readonly TargetGroup[]> {
    const { url, refreshIntervalMs } = this.#config;
    const abort = new AbortController();
    const onStop = (): void => abort.abort(stop.reason);
    stop.addEventListener('abort', onStop, { once: true });
    const cancelDeadline = this.#context.clock.schedule(refreshIntervalMs, () =>
      abort.abort(new DeadlineError()),
    );
    try {
      const response = await this.#client.request({
        method: 'GET',
        url,
        headers: {
          accept: 'application/json',
          'x-prometheus-refresh-interval-seconds': String(refreshIntervalMs / 1000),
        },
        signal: abort.signal,
        bodyBytesMax: BODY_BYTES_MAX,
      });
      if (response.status !== 200) {
        throw new HttpStatusError(response.status, response.statusText);
      }
      const contentType = String(response.headers['content-type'] ?? '').trim();
      if (!CONTENT_TYPE.test(contentType)) {
        throw new GroupsError(`unsupported content type ${JSON.stringify(contentType)}`);
      }
      const text = new TextDecoder('utf-8', { fatal: true }).decode(response.body);
      return readGroups(JSON.parse(text), url, ['__meta_url', url]);
    } finally {
      cancelDeadline();
      stop.removeEventListener('abort', onStop);
    }
  }
}
