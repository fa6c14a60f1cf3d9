import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { type BoundQuery, setParamStatements } from './bound-query.ts';
import { DirectoryInUseError, type DirectoryLock, lockDirectory } from './directory-lock.ts';
import {
  type Connection,
  collect,
  Engine,
  type FileInsert,
  type LaneName,
  type PreparedQuery,
  type QueryLimits,
  type Sandbox,
  type SandboxLimits,
  type Transport,
} from './engine.ts';
import { insertSelectFromFile } from './insert-sql.ts';

/** Folder below the data directory. */
export const SNAPSHOT_DIR = 'snapshots';

export interface EmbeddedOptions {
  /** The engine's files go into `clickhouse` below it. */
  readonly dataDir: string;
  /** What the engine may take: queries, merges and caches together. */
  readonly memoryBytesMax: number;
}

/** Sessions by lane. The engine runs one query at a time in each. */
const SESSIONS: Readonly<Record<LaneName, number>> = {
  writer: 1,
  interactive: 2,
  rules: 1,
  background: 1,
};
const MARK_CACHE_RATIO = 0.05;
const QUERY_MEMORY_RATIO = 0.8;
const QUERY_SECONDS_MAX = 120;
/** An `IN` of a million ids is some 21 MB of text. */
const QUERY_TEXT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * ClickHouse within this process. Its library is loaded here and nowhere else, so that a process
 * with a server never does.
 * @throws DirectoryInUseError when another process has the directory
 */
export async function openEmbeddedEngine(options: EmbeddedOptions): Promise<Engine> {
  const { dataDir, memoryBytesMax } = options;
  mkdirSync(dataDir, { recursive: true });
  const lock = lockDirectory(dataDir);
  try {
    const { Session } = await import('chdb');
    const path = join(dataDir, 'clickhouse');
    // The first session starts the engine and its arguments count; it stays open to the end.
    const args = engineArguments(memoryBytesMax, join(dataDir, SNAPSHOT_DIR));
    const holder = new Session(path, { connectionArgs: args });
    const { createChdbConnection } = await import('chdb/connection');
    const connect = (): Connection => ({
      // chdb types its connection against its own copy of the client's classes, whose private
      // members never unify with ours.
      client: createClient({ connection: createChdbConnection({ path }) as never }),
      settings: new Map(),
    });
    const connections = (count: number) => Array.from({ length: count }, connect);
    return new Engine({
      transport: new EmbeddedTransport(holder, lock, () => connect().client),
      connections: {
        writer: connections(SESSIONS.writer),
        interactive: connections(SESSIONS.interactive),
        rules: connections(SESSIONS.rules),
        background: connections(SESSIONS.background),
      },
      limits: {
        timeSecondsMax: QUERY_SECONDS_MAX,
        memoryBytesMax: Math.floor(memoryBytesMax * QUERY_MEMORY_RATIO),
      },
    });
  } catch (error) {
    lock.release();
    const text = error instanceof Error ? error.message : String(error);
    if (/Cannot lock file/i.test(text)) {
      throw new DirectoryInUseError(dataDir, undefined, { cause: error });
    }
    throw error;
  }
}

function engineArguments(memoryBytesMax: number, snapshotDir: string): string[] {
  return [
    `--max_server_memory_usage=${Math.floor(memoryBytesMax)}`,
    `--mark_cache_size=${Math.floor(memoryBytesMax * MARK_CACHE_RATIO)}`,
    '--uncompressed_cache_size=0',
    '--index_mark_cache_size=0',
    '--query_cache.max_size_in_bytes=0',
    '--timezone=UTC',
    // It reads /proc 20 times a second by default, 2 % of what we spend on ingestion.
    '--memory_worker_period_ms=1000',
    `--backups.allowed_path=${snapshotDir}/`,
  ];
}

class EmbeddedTransport implements Transport {
  readonly kind = 'embedded';
  readonly #holder: { close(): void };
  readonly #lock: DirectoryLock;
  readonly #connect: () => ClickHouseClient;
  #nextName = 1;

  constructor(holder: { close(): void }, lock: DirectoryLock, connect: () => ClickHouseClient) {
    this.#holder = holder;
    this.#lock = lock;
    this.#connect = connect;
  }

  prepare(connection: Connection, query: BoundQuery, limits: QueryLimits): PreparedQuery {
    const name = `wk${this.#nextName++}`;
    const settings = this.#settings(connection, limits);
    return {
      sql: `SET ${settings}log_comment = '${name}'; ${setParamStatements(query.params)}${query.sql}`,
      usesSignal: false,
      name,
    };
  }

  async cancel(queryName: string, client: ClickHouseClient): Promise<void> {
    await client.exec({
      query: `SET param_name = '${queryName}';
        KILL QUERY WHERE Settings['log_comment'] = {name:String} ASYNC FORMAT Null`,
    });
  }

  async insertFile(connection: Connection, insert: FileInsert, limits: QueryLimits): Promise<void> {
    const prepared = this.prepare(connection, insertSelectFromFile(insert), limits);
    await connection.client.exec({ query: prepared.sql });
  }

  /** A session of its own, which `readonly` then shuts for good: no query can open it again. */
  async openSandbox(limits: SandboxLimits): Promise<Sandbox> {
    const client = this.#connect();
    const settings = `max_execution_time = ${Math.ceil(limits.timeSecondsMax)},
      max_memory_usage = ${Math.floor(limits.memoryBytesMax)},
      max_result_rows = ${Math.floor(limits.rowsMax)}, result_overflow_mode = 'break',
      output_format_json_quote_64bit_integers = 1, output_format_json_quote_denormals = 1`;
    await client.exec({ query: `SET ${settings}; SET readonly = 1; SELECT 1 FORMAT Null` });
    return {
      readText: async (sql) => {
        const { stream } = await client.exec({ query: sql });
        return Buffer.from(await collect(stream)).toString('utf8');
      },
      close: () => client.close(),
    };
  }

  async close(): Promise<void> {
    this.#holder.close();
    this.#lock.release();
  }

  /** A setting stays in its session, so only those that change are set. */
  #settings(connection: Connection, limits: QueryLimits): string {
    const wanted: readonly (readonly [string, number])[] = [
      ['max_execution_time', limits.timeSecondsMax],
      ['max_memory_usage', limits.memoryBytesMax],
      ['max_query_size', QUERY_TEXT_BYTES_MAX],
    ];
    let text = '';
    for (const [name, value] of wanted) {
      if (connection.settings.get(name) === value) continue;
      text += `${name} = ${Math.ceil(value)}, `;
      connection.settings.set(name, value);
    }
    return text;
  }
}
