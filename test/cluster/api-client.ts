/** The few requests that the test cluster makes of an API server. */
import { Agent } from 'undici';
import type { ClusterAccess } from './kubeconfig.ts';

const CONNECTIONS_MAX = 32;
const FIELD_MANAGER = 'watchkeeper-test-cluster';

/** An object as the API server has it; fields beyond these are read by those who know the kind. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** The API server said no. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, request: string, body: string) {
    super(`${request}: ${status} ${body}`);
    this.name = 'ApiError';
    this.status = status;
  }
}

export class ApiClient {
  readonly #access: ClusterAccess;
  readonly #agent: Agent;

  constructor(access: ClusterAccess) {
    this.#access = access;
    const { ca, cert, key } = access;
    this.#agent = new Agent({
      connections: CONNECTIONS_MAX,
      connect: {
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      },
    });
  }

  /** @throws ApiError for every status from 400 on */
  async text(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<string> {
    const { server, token } = this.#access;
    const response = await this.#agent.request({
      origin: server,
      path,
      method: method as 'GET',
      headers: {
        accept: 'application/json, text/plain',
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) {
      throw new ApiError(response.statusCode, `${method} ${path}`, text.slice(0, 1000));
    }
    return text;
  }

  async get(path: string): Promise<KubernetesObject> {
    return JSON.parse(await this.text('GET', path)) as KubernetesObject;
  }

  async list(path: string): Promise<readonly KubernetesObject[]> {
    const list = JSON.parse(await this.text('GET', path)) as {
      readonly items: readonly KubernetesObject[];
    };
    return list.items;
  }

  /** Undefined when there is none. */
  async find(path: string): Promise<KubernetesObject | undefined> {
    return this.get(path).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  }

  /** @param existing the path of what is there already, if it is */
  async createOrGet(path: string, object: unknown, existing: string): Promise<KubernetesObject> {
    try {
      return JSON.parse(await this.text('POST', path, object)) as KubernetesObject;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return this.get(existing);
      throw error;
    }
  }

  async replace(path: string, object: unknown): Promise<void> {
    await this.text('PUT', path, object);
  }

  /** Server-side apply: makes the object, or makes it so. */
  async apply(path: string, object: unknown): Promise<void> {
    const query = `fieldManager=${FIELD_MANAGER}&force=true`;
    // JSON is YAML, which is what this content type asks for.
    await this.text('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
  }

  async patch(path: string, change: unknown): Promise<void> {
    await this.text('PATCH', path, change, 'application/merge-patch+json');
  }

  /** What is not there needs no removal. */
  async remove(path: string): Promise<void> {
    await this.text('DELETE', path).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    });
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}
