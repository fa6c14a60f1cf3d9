import type { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import type { BoundQuery } from './bound-query.ts';
import { mapEngineError } from './engine-error.ts';
import { Lane } from './lane.ts';

/** Who asks. Each lane has its own connections, so that one cannot hold up another. */
export type LaneName = 'writer' | 'interactive' | 'rules' | 'background';

/** Bounds of one query; every query carries all of them. */
export interface QueryLimits {
  /** Whole seconds: the embedded engine takes no fractions. */
  readonly timeSecondsMax: number;
  readonly memoryBytesMax: number;
}

export interface QueryOptions {
  readonly lane: LaneName;
  readonly limits?: QueryLimits;
  readonly signal?: AbortSignal;
}

/** A file of `Native` blocks that becomes rows of a table. */
export interface FileInsert {
  readonly table: string;
  /** Columns of the file in order, with their types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly path: string;
  /** ClickHouse takes a second insert with the same token for the same one. */
  readonly token: string;
}

/** What differs between the embedded engine and a server, below one client type. */
export interface Transport {
  readonly kind: 'embedded' | 'server';
  /** Adds values, limits and what is needed to cancel to the text or the request. */
  prepare(connection: Connection, query: BoundQuery, limits: QueryLimits): PreparedQuery;
  /** Stops a query on the engine's side; the caller no longer waits for it. */
  cancel(queryName: string, client: ClickHouseClient): Promise<void>;
  insertFile(connection: Connection, insert: FileInsert, limits: QueryLimits): Promise<void>;
  /** A connection that can only read, for one query of a user. */
  openSandbox(limits: SandboxLimits): Promise<Sandbox>;
  close(): Promise<void>;
}

export interface SandboxLimits extends QueryLimits {
  readonly rowsMax: number;
}

export interface Sandbox {
  /** @param sql ends with `FORMAT …` */
  readText(sql: string, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

export interface PreparedQuery {
  readonly sql: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Passed on to the client; the embedded engine cannot use it. */
  readonly usesSignal: boolean;
  /** For `Transport.cancel`; undefined when the signal does it all. */
  readonly name: string | undefined;
}

export interface Connection {
  readonly client: ClickHouseClient;
  /** What was last set in this session. */
  readonly settings: Map<string, string | number>;
}

export interface EngineOptions {
  readonly transport: Transport;
  /** Connections of every lane; their number is how many queries a lane runs at once. */
  readonly connections: Readonly<Record<LaneName, readonly Connection[]>>;
  readonly limits: QueryLimits;
}

/** ClickHouse, embedded or a server: queries in, columns out. */
export class Engine {
  readonly kind: 'embedded' | 'server';
  readonly limits: QueryLimits;
  readonly #transport: Transport;
  readonly #lanes: Readonly<Record<LaneName, LaneConnections>>;

  constructor(options: EngineOptions) {
    const { connections, transport } = options;
    this.kind = transport.kind;
    this.limits = options.limits;
    this.#transport = transport;
    this.#lanes = {
      writer: new LaneConnections(connections.writer),
      interactive: new LaneConnections(connections.interactive),
      rules: new LaneConnections(connections.rules),
      background: new LaneConnections(connections.background),
    };
  }

  /**
   * The answer in format `Native`.
   * @throws QueryError, StoreUnavailableError, the signal's reason
   */
  read(query: BoundQuery, options: QueryOptions): Promise<Uint8Array> {
    return this.#exec({ ...query, sql: `${query.sql}\nFORMAT Native` }, options);
  }

  /** The answer in a text format. @param sql ends with `FORMAT …` @throws as `read` */
  async readText(query: BoundQuery, options: QueryOptions): Promise<string> {
    return Buffer.from(await this.#exec(query, options)).toString('utf8');
  }

  /** A statement without an answer. @throws as `read` */
  async run(query: BoundQuery, options: QueryOptions): Promise<void> {
    await this.#exec(query, options);
  }

  /**
   * A user's own query, which may read and nothing else.
   * @param sql ends with `FORMAT …` @throws as `read`
   */
  readSandboxed(sql: string, limits: SandboxLimits, signal: AbortSignal): Promise<string> {
    return this.#lanes.background.run(async () => {
      const sandbox = await this.#transport.openSandbox(limits);
      try {
        return await sandbox.readText(sql, signal);
      } catch (error) {
        throw mapEngineError(error);
      } finally {
        await sandbox.close();
      }
    }, signal);
  }

  /** @throws QueryError, StoreUnavailableError */
  insertFile(insert: FileInsert, options: QueryOptions): Promise<void> {
    return this.#lanes[options.lane].run(async (connection) => {
      try {
        await this.#transport.insertFile(connection, insert, options.limits ?? this.limits);
      } catch (error) {
        throw mapEngineError(error);
      }
    }, options.signal);
  }

  queued(lane: LaneName): number {
    return this.#lanes[lane].queued;
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#lanes).map((lane) => lane.close()));
    await this.#transport.close();
  }

  async #exec(query: BoundQuery, options: QueryOptions): Promise<Uint8Array> {
    const { signal } = options;
    let name: string | undefined;
    const work = this.#lanes[options.lane].run(async (connection) => {
      const limits = options.limits ?? this.limits;
      const prepared = this.#transport.prepare(connection, query, limits);
      name = prepared.name;
      try {
        const result = await connection.client.exec({
          query: prepared.sql,
          ...(prepared.params === undefined ? {} : { query_params: prepared.params }),
          ...(prepared.settings === undefined ? {} : { clickhouse_settings: prepared.settings }),
          ...(prepared.usesSignal && signal !== undefined ? { abort_signal: signal } : {}),
        });
        return await collect(result.stream);
      } catch (error) {
        throw mapEngineError(error);
      } finally {
        name = undefined;
      }
    }, signal);
    if (signal === undefined) return work;
    const cancel = () => {
      if (name !== undefined) this.#cancel(name);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await work;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** In the background; a query that cannot be stopped ends at its time limit. */
  #cancel(name: string): void {
    this.#lanes.background
      .run((connection) => this.#transport.cancel(name, connection.client))
      .catch(() => undefined);
  }
}

/** One lane: as many tasks at once as it has connections. */
class LaneConnections {
  readonly #lane: Lane;
  readonly #all: readonly Connection[];
  readonly #idle: Connection[];

  constructor(connections: readonly Connection[]) {
    this.#all = connections;
    this.#idle = [...connections];
    this.#lane = new Lane(connections.length);
  }

  get queued(): number {
    return this.#lane.waiting;
  }

  run<T>(task: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#lane.run(async () => {
      const connection = this.#idle.pop();
      if (connection === undefined) throw new Error('a lane let in more tasks than it is wide');
      try {
        return await task(connection);
      } finally {
        this.#idle.push(connection);
      }
    }, signal);
  }

  /** Waits for what runs. */
  async close(): Promise<void> {
    const waits = this.#all.map(() => this.#lane.run(() => Promise.resolve()));
    await Promise.all(waits);
    await Promise.all(this.#all.map((connection) => connection.client.close()));
  }
}

export async function collect(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
